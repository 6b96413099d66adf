import type { Backend } from "../../../backends/index.ts";
import type { Definition, TrainingStep } from "./definition.ts";
import type { Optimiser } from "./optimiser.ts";

export type { Batch, Definition, Input, TrainingStep, Update, UpdateRates, UpdateReport } from "./definition.ts";
export { ADAMW, AVERAGE, arrayNames, modelArrays, type Optimiser, slotsOf } from "./optimiser.ts";

/**
 * The training step of a definition on a backend: one graph on TensorFlow, single operations elsewhere.
 *
 * @param optimiser null for a model that only runs: `train` must not be called
 * @param stepsPerCall updates that TensorFlow makes in one call where so many are given; of an optimiser that gathers none, 1
 */
export async function openStep(
  backend: Backend,
  definition: Definition,
  optimiser: Optimiser | null,
  stepsPerCall = 1,
): Promise<TrainingStep> {
  if (backend.tensorflow !== null)
    return new (await import("./graph-step.ts")).GraphStep(backend.tensorflow, definition, optimiser, stepsPerCall);
  return new (await import("./core-step.ts")).CoreStep(backend, definition, optimiser);
}
