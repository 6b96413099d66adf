import { type Predictor, type Role, randomStream, type Task } from "../../core/index.ts";
import { createMetrics } from "../../metrics/index.ts";
import type { CompactExamples } from "../compact.ts";

/** The model that is explained, and the rows on which. */
export interface ExplainedModel {
  readonly algorithm: string;
  readonly task: Task;
  readonly role: Role;
  /** The metric that ranks models, and whether more of it is better. */
  readonly metric: { readonly name: string; readonly higherIsBetter: boolean };
  readonly examples: CompactExamples;
  /** Rows that the model was trained on: what an explanation may cost grows with them. */
  readonly trainingRows: number;
  readonly seed: number;
  /** Makes a predictor; whoever asks disposes of it. */
  createPredictor(): Promise<Predictor>;
}

/** The ranking metric on some rows; null where it is not defined. */
export async function scoreRows(
  model: ExplainedModel,
  predictor: Predictor,
  { table, target, weight }: CompactExamples,
): Promise<number | null> {
  const metrics = createMetrics(model.task);
  metrics.add({ rows: table.rows, predictions: await predictor.predict(table), target, weight });
  return metrics.result().values[model.metric.name] ?? null;
}

/** A seeded order of rows. */
export function shuffledRows(rows: number, seed: number, ...path: readonly (string | number)[]): Uint32Array {
  return randomStream(seed, ...path).shuffle(Uint32Array.from({ length: rows }, (_, row) => row));
}
