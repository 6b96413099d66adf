import { type Examples, type Task, targetWidth } from "../../core/index.ts";
import { createMetrics } from "../../metrics/index.ts";
import { attributesOf, type CrfModel, TagRoom, tagRow } from "./model.ts";

/** Biases that are tried, from none to one that doubts most tokens outside of entities. */
const BIASES = Array.from({ length: 17 }, (_, i) => i / 4 - 1);

/** Entity F1 on labelled texts. */
export function entityF1(model: CrfModel, { table, rows, target, weight }: Examples, task: Task): number {
  const part = attributesOf(table);
  const width = targetWidth(task);
  const metrics = createMetrics(task);
  const room = new TagRoom();
  const count = rows?.length ?? table.rows;
  for (let i = 0; i < count; i++) {
    const row = rows?.[i] ?? i;
    const predictions = new Float64Array(width).fill(Number.NaN);
    predictions.set(tagRow(model, part, row, room).subarray(0, width));
    const truth = target.subarray(row * width, (row + 1) * width);
    metrics.add({ rows: 1, predictions, target: truth, weight: weight?.subarray(row, row + 1) ?? null });
  }
  return metrics.result().values.entityF1 ?? 0;
}

/** The bias under which labelled texts have the best F1, the one nearest to none where several do. */
export function bestBias({ weights }: CrfModel, examples: Examples, task: Task): number {
  const scores = BIASES.map((outsideBias) => entityF1({ weights, outsideBias }, examples, task));
  const best = Math.max(...scores);
  return BIASES.filter((_, i) => scores[i] === best).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
}
