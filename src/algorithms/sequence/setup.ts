import { type Examples, KaaykoError, type TrainerContext } from "../../core/index.ts";
import { ADAMW, type Definition, type Optimiser } from "../neural/steps/index.ts";
import { type BatchBuffers, newBuffers } from "./batches.ts";
import { defineSequence } from "./definition.ts";
import { planEncoding, type SequenceEncoding } from "./encoding.ts";
import type { SequencePlan } from "./plan.ts";
import { planSequence, resolveSettings, type SequenceModel, type Settings } from "./settings.ts";

/** Rows of a validation chunk: one step. */
export const VALIDATION_ROWS = 1024;

/** What does not change while a network is trained. */
export interface Setup {
  readonly settings: Settings;
  readonly encoding: SequenceEncoding;
  readonly plan: SequencePlan;
  readonly definition: Definition;
  readonly optimiser: Optimiser;
  readonly train: Examples;
  readonly validation: Examples;
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  readonly buffers: BatchBuffers;
}

/**
 * Decides everything about a training before its first step.
 *
 * @throws KaaykoError (input) where no row has a window and a target
 */
export async function prepareSetup(model: SequenceModel, { dataset, parameters }: TrainerContext): Promise<Setup> {
  const [train, validation] = [await dataset.examples("train"), await dataset.examples("validation")];
  const { horizon = 1 } = dataset.task;
  const trainRows = rowsWithTarget(train, horizon);
  if (trainRows.length === 0)
    throw new KaaykoError({
      action: `train the ${model.name}`,
      rule: "there must be a training row with a window and a target",
      got: "none",
      remedy: "Give a longer series, or shorter windows.",
    });
  const settings = resolveSettings(parameters, trainRows.length);
  const encoding = planEncoding(dataset, train);
  const plan = planSequence(model.name, model, parameters, encoding, dataset.task);
  const validationRows = rowsWithTarget(validation, horizon);
  const capacity = Math.max(
    Math.min(settings.batchSize, trainRows.length),
    Math.min(VALIDATION_ROWS, validationRows.length),
  );
  return {
    settings,
    encoding,
    plan,
    definition: defineSequence(model.network, plan),
    optimiser: {
      ...ADAMW,
      clipNorm: settings.clipNorm,
      averages: settings.averaging > 0,
      gathers: settings.gather > 1,
    },
    train,
    validation,
    trainRows,
    validationRows,
    buffers: newBuffers(encoding, plan.horizon, capacity),
  };
}

/** Rows of which at least one target is known. */
function rowsWithTarget({ rows, table, target }: Examples, horizon: number): Uint32Array {
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i);
  return all.filter((row) => target.subarray(row * horizon, (row + 1) * horizon).some((value) => !Number.isNaN(value)));
}
