import { outputsOf, type TrainerContext } from "../../core/index.ts";
import type { Lesson } from "../neural/lesson.ts";
import { encoderBatch, newEncoderBuffers } from "./encoder-batches.ts";
import { encoderContent } from "./encoder-content.ts";
import { defineEncoder } from "./encoder-definition.ts";
import { planEncoder } from "./encoder-plan.ts";
import { countLabels, fillLabels, labelWeights, newLabelBuffers, rowsOf } from "./label-examples.ts";
import { isExclusive } from "./label-loss.ts";
import { createLabelScore } from "./label-score.ts";
import { type TextDefaults, textSettings } from "./settings.ts";

/** What text-encoder learns from: sequences of pieces of words, batch by batch. */
export async function encoderLesson(
  name: string,
  defaults: TextDefaults,
  { dataset, parameters }: TrainerContext,
): Promise<Lesson> {
  const [train, validation] = [await dataset.examples("train"), await dataset.examples("validation")];
  const [trainRows, validationRows] = [rowsOf(train), rowsOf(validation)];
  const settings = textSettings(parameters, defaults, trainRows.length);
  const { task } = dataset;
  const plan = planEncoder(name, dataset, train, trainRows, parameters, settings);
  const buffers = newEncoderBuffers(plan, settings.batchSize);
  const labels = newLabelBuffers(settings.batchSize, plan.outputs);
  const weights = labelWeights(task, countLabels(task, train, trainRows), trainRows.length, settings.balanced);
  return {
    name,
    definition: defineEncoder(plan, isExclusive(task)),
    settings,
    trainRows,
    validationRows,
    trainingBatch(rows, random) {
      fillLabels(task, train, rows, weights, labels);
      const hidden = { share: settings.tokenDropout, random };
      const { rows: count, arrays } = encoderBatch(plan, train.table, rows, buffers, hidden);
      return { rows: count, arrays: { ...arrays, ...labels } };
    },
    validationBatch: (rows) => encoderBatch(plan, validation.table, rows, buffers, null),
    score: createLabelScore(task, validation, outputsOf(task)),
    content: (arrays, epochs) => encoderContent(name, { plan, weights: arrays }, epochs),
  };
}
