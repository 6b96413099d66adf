import {
  type JsonObject,
  type ModelContent,
  outputsOf,
  type RandomStream,
  randomStream,
  type TrainerContext,
} from "../../core/index.ts";
import type { SparseMatrix } from "../../kernels/linear/index.ts";
import type { Lesson } from "../neural/lesson.ts";
import { rowPasses } from "../neural/row-passes.ts";
import type { Batch } from "../neural/steps/index.ts";
import { defineBag } from "./bag-definition.ts";
import { planBag } from "./bag-plan.ts";
import { createLabelWriter, labelledExamples } from "./label-examples.ts";
import { isExclusive } from "./label-loss.ts";
import { createLabelScore } from "./label-score.ts";
import { type TextDefaults, textSettings } from "./settings.ts";

export const BAG_FORMAT = 1;

/** What text-mlp learns from: the rows of a sparse matrix, batch by batch. */
export async function bagLesson(
  name: string,
  defaults: TextDefaults,
  { dataset, parameters, seed }: TrainerContext,
): Promise<Lesson> {
  const { train, validation, trainRows, validationRows } = await labelledExamples(dataset);
  const settings = textSettings(parameters, defaults, trainRows.length);
  const { task } = dataset;
  const { plan, columns, matrices } = planBag(dataset, train, validation, settings);
  const capacity = settings.batchSize;
  const labelsOf = createLabelWriter(task, train, trainRows, settings);
  // Rows of the matrices are counted from 0, those of the table are not.
  const placeOf = new Map([...trainRows].map((row, place) => [row, place]));
  const validationPlace = new Map([...validationRows].map((row, place) => [row, place]));
  const places = (rows: Uint32Array, known: Map<number, number>) => Uint32Array.from(rows, (row) => known.get(row)!);
  const passes = rowPasses({ seed, name, trainRows, validationRows, batchSize: capacity });
  const score = createLabelScore(task, validation, outputsOf(task));
  return {
    name,
    definition: defineBag(plan, capacity, isExclusive(task)),
    settings,
    batches: passes.batches,
    trainingBatch({ epoch, batch, draw }) {
      const rows = passes.trainingRows(epoch, batch);
      const random = randomStream(seed, name, "batch", draw);
      const { arrays } = bagBatch(matrices.train, places(rows, placeOf), { share: settings.tokenDropout, random });
      return { rows: capacity, arrays: { ...arrays, ...labelsOf(rows) } };
    },
    validationBatch(batch) {
      const rows = places(passes.validationRows(batch), validationPlace);
      return { rows: capacity, arrays: bagBatch(matrices.validation, rows, null).arrays };
    },
    judge: (batch, outputs) => score.add(passes.validationRows(batch), outputs),
    score,
    content: (arrays, epochs): ModelContent => ({
      algorithm: name,
      formatVersion: BAG_FORMAT,
      json: JSON.parse(JSON.stringify({ plan, epochs })) as JsonObject,
      arrays: { ...arrays, columns },
    }),
  };
}

/** The entries of some rows of a matrix, of which a share is hidden (the others then count more). */
function bagBatch(
  { offsets, indices, values }: SparseMatrix,
  rows: Uint32Array,
  hidden: { readonly share: number; readonly random: RandomStream } | null,
): Batch {
  const most = rows.reduce((sum, row) => sum + offsets[row + 1]! - offsets[row]!, 0);
  const columns = new Int32Array(Math.max(1, most));
  const numbers = new Int32Array(Math.max(1, most));
  const weights = new Float32Array(Math.max(1, most));
  const scale = hidden === null ? 1 : 1 / (1 - hidden.share);
  let at = 0;
  rows.forEach((row, i) => {
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
      if (hidden !== null && hidden.share > 0 && hidden.random.float() < hidden.share) continue;
      columns[at] = indices[k]!;
      numbers[at] = i;
      weights[at++] = values[k]! * scale;
    }
  });
  // An entry of weight 0 stands for none at all: no backend is fed an empty vector.
  const used = Math.max(1, at);
  return {
    rows: rows.length,
    arrays: {
      columns: columns.subarray(0, used),
      values: weights.subarray(0, used),
      rows: numbers.subarray(0, used),
    },
  };
}
