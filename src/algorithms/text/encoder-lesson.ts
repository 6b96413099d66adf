import { outputsOf, randomStream, type TrainerContext } from "../../core/index.ts";
import type { Lesson } from "../neural/lesson.ts";
import { rowPasses } from "../neural/row-passes.ts";
import { encoderBatch, newEncoderBuffers } from "./encoder-batches.ts";
import { encoderContent } from "./encoder-content.ts";
import { defineEncoder } from "./encoder-definition.ts";
import { planEncoder, stepsOf } from "./encoder-plan.ts";
import { createLabelWriter, labelledExamples } from "./label-examples.ts";
import { isExclusive } from "./label-loss.ts";
import { createLabelScore } from "./label-score.ts";
import { type TextDefaults, textSettings } from "./settings.ts";

/** Tokens of a text whose cost is that of a usual one. */
const USUAL_STEPS = 40;

/** What text-encoder learns from: sequences of pieces of words, batch by batch. */
export async function encoderLesson(
  name: string,
  defaults: TextDefaults,
  { dataset, parameters, seed }: TrainerContext,
): Promise<Lesson> {
  const { train, validation, trainRows, validationRows } = await labelledExamples(dataset);
  const cost = Math.max(1, stepsOf(train.table, trainRows, parameters) / USUAL_STEPS);
  const settings = textSettings(parameters, defaults, trainRows.length, cost);
  const { task } = dataset;
  const plan = planEncoder(name, dataset, train, trainRows, parameters, settings);
  const buffers = newEncoderBuffers(plan, settings.batchSize);
  const labelsOf = createLabelWriter(task, train, trainRows, settings);
  const passes = rowPasses({ seed, name, trainRows, validationRows, batchSize: settings.batchSize });
  const score = createLabelScore(task, validation, outputsOf(task));
  return {
    name,
    definition: defineEncoder(plan, isExclusive(task)),
    settings,
    batches: passes.batches,
    trainingBatch({ epoch, batch, draw }) {
      const rows = passes.trainingRows(epoch, batch);
      const hidden = { share: settings.tokenDropout, random: randomStream(seed, name, "batch", draw) };
      const { rows: count, arrays } = encoderBatch(plan, train.table, rows, buffers, hidden);
      return { rows: count, arrays: { ...arrays, ...labelsOf(rows) } };
    },
    validationBatch: (batch) => encoderBatch(plan, validation.table, passes.validationRows(batch), buffers, null),
    judge: (batch, outputs) => score.add(passes.validationRows(batch), outputs),
    score,
    content: (arrays, epochs) => encoderContent(name, { plan, weights: arrays }, epochs),
  };
}
