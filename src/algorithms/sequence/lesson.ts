import { type Examples, KaaykoError, type TrainerContext } from "../../core/index.ts";
import { farthest } from "../neural/diverged-update.ts";
import type { Lesson } from "../neural/lesson.ts";
import { rowPasses } from "../neural/row-passes.ts";
import type { Batch } from "../neural/steps/index.ts";
import { inputBatch, newBuffers, trainingBatch } from "./batches.ts";
import { modelContent } from "./content.ts";
import { defineSequence } from "./definition.ts";
import { planEncoding } from "./encoding.ts";
import { createSequenceScore } from "./score.ts";
import { planSequence, resolveSettings, type SequenceModel } from "./settings.ts";

/** Rows of a validation batch. */
const VALIDATION_ROWS = 1024;
/** Standardised values beyond this are a likely cause of an update that gives no number. */
const EXTREME = 1e4;

/**
 * What a network over windows learns from.
 *
 * @throws KaaykoError (input) where no row has a window and a target
 */
export async function sequenceLesson(model: SequenceModel, context: TrainerContext): Promise<Lesson> {
  const { dataset, parameters, seed } = context;
  const { name } = model;
  const [train, validation] = [await dataset.examples("train"), await dataset.examples("validation")];
  const { horizon = 1 } = dataset.task;
  const trainRows = trainingRows(name, train, horizon);
  const validationRows = rowsWithTarget(validation, horizon);
  const settings = resolveSettings(parameters, trainRows.length);
  const encoding = planEncoding(dataset, train);
  const plan = planSequence(name, model, parameters, encoding, dataset.task);
  const { batchSize } = settings;
  const capacity = Math.max(Math.min(batchSize, trainRows.length), Math.min(VALIDATION_ROWS, validationRows.length));
  const buffers = newBuffers(encoding, plan.horizon, capacity);
  const passes = rowPasses({ seed, name, trainRows, validationRows, batchSize, validationSize: VALIDATION_ROWS });
  const score = createSequenceScore(plan, encoding, validation);
  return {
    name,
    definition: defineSequence(model.network, plan),
    settings,
    batches: passes.batches,
    trainingBatch: ({ epoch, batch }) =>
      trainingBatch(encoding, train, passes.trainingRows(epoch, batch), plan.horizon, buffers),
    validationBatch: (batch) => inputBatch(encoding, validation.table, passes.validationRows(batch), buffers),
    judge: (batch, outputs) => score.add(passes.validationRows(batch), outputs),
    score,
    suspect,
    content: (weights, epochs) => modelContent(name, { plan, encoding, weights }, epochs),
  };
}

function trainingRows(name: string, train: Examples, horizon: number): Uint32Array {
  const rows = rowsWithTarget(train, horizon);
  if (rows.length > 0) return rows;
  throw new KaaykoError({
    action: `train the ${name}`,
    rule: "there must be a training row with a window and a target",
    got: "none",
    remedy: "Give a longer series, or shorter windows.",
  });
}

/** Rows of which at least one target is known. */
function rowsWithTarget({ rows, table, target }: Examples, horizon: number): Uint32Array {
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i);
  return all.filter((row) => target.subarray(row * horizon, (row + 1) * horizon).some((value) => !Number.isNaN(value)));
}

function suspect({ arrays }: Batch): string | null {
  const names = ["window", "target"] as const;
  const sizes = names.map((name) => farthest(arrays[name]!));
  const at = sizes[1]! > sizes[0]! ? 1 : 0;
  if (sizes[at]! <= EXTREME) return null;
  return `Most likely its ${names[at]} holds extreme values (up to ${sizes[at]!.toPrecision(3)} deviations from the mean): look for wrong readings.`;
}
