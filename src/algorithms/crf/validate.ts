import { type Examples, type Task, targetWidth } from "../../core/index.ts";
import { createMetrics } from "../../metrics/index.ts";
import { attributesOf, type CrfModel, TagRoom, tagRow } from "./model.ts";

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
