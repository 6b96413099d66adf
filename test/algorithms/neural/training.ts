import { mlp } from "../../../src/algorithms/neural/mlp.ts";
import { MlpTrainer } from "../../../src/algorithms/neural/trainer.ts";
import { type JsonValue, resolveParameters, type TrainerContext } from "../../../src/core/index.ts";
import { type MemoryTable, memoryDataset } from "./memory-dataset.ts";

export function contextOf(
  table: MemoryTable,
  parameters: Readonly<Record<string, JsonValue>> = {},
  backend: TrainerContext["backend"] = "cpu",
  threads = 1,
): TrainerContext {
  return {
    dataset: memoryDataset(table),
    parameters: resolveParameters(mlp.parameters, parameters, "mlp"),
    seed: 7,
    threads,
    backend,
    notify: () => {},
  };
}

/** Trains to the end and gives the trainer with every epoch's metrics. */
export async function trainFully(
  context: TrainerContext,
): Promise<{ trainer: MlpTrainer; epochs: Record<string, number>[] }> {
  const trainer = await MlpTrainer.create(context);
  const epochs: Record<string, number>[] = [];
  for (;;) {
    const report = await trainer.step();
    if (Object.keys(report.metrics ?? {}).length > 0) epochs.push({ ...report.metrics });
    if (report.done) return { trainer, epochs };
  }
}
