import { outputsOf, type TrainerContext } from "../../core/index.ts";
import type { Lesson } from "../neural/lesson.ts";
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
  { dataset, parameters }: TrainerContext,
): Promise<Lesson> {
  const { train, validation, trainRows, validationRows } = await labelledExamples(dataset);
  const cost = Math.max(1, stepsOf(train.table, trainRows, parameters) / USUAL_STEPS);
  const settings = textSettings(parameters, defaults, trainRows.length, cost);
  const { task } = dataset;
  const plan = planEncoder(name, dataset, train, trainRows, parameters, settings);
  const buffers = newEncoderBuffers(plan, settings.batchSize);
  const labelsOf = createLabelWriter(task, train, trainRows, settings);
  return {
    name,
    definition: defineEncoder(plan, isExclusive(task)),
    settings,
    trainRows,
    validationRows,
    trainingBatch(rows, random) {
      const hidden = { share: settings.tokenDropout, random };
      const { rows: count, arrays } = encoderBatch(plan, train.table, rows, buffers, hidden);
      return { rows: count, arrays: { ...arrays, ...labelsOf(rows) } };
    },
    validationBatch: (rows) => encoderBatch(plan, validation.table, rows, buffers, null),
    score: createLabelScore(task, validation, outputsOf(task)),
    content: (arrays, epochs) => encoderContent(name, { plan, weights: arrays }, epochs),
  };
}
