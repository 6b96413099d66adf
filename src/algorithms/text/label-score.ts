import { type Examples, primaryMetric, type Task, targetWidth } from "../../core/index.ts";
import { createMetrics } from "../../metrics/index.ts";
import { LOG_ODDS } from "../linear/calibrate.ts";
import { toProbabilities } from "../linear/margins.ts";
import type { RowScore } from "../neural/lesson.ts";

/** Judges a network's outputs on validation rows by the task's own metric; labels get the thresholds that suit these rows best. */
export function createLabelScore(task: Task, { target, weight }: Examples, outputs: number): RowScore {
  const { name, higherIsBetter } = primaryMetric(task.kind);
  let metrics = createMetrics(task);
  return {
    metric: name,
    higherIsBetter,
    add(rows, raw) {
      const predictions = Float64Array.from(raw.subarray(0, rows.length * outputs));
      toProbabilities(predictions, outputs, task, LOG_ODDS);
      const width = targetWidth(task);
      const truth = new Float64Array(rows.length * width);
      rows.forEach((row, i) => {
        truth.set(target.subarray(row * width, (row + 1) * width), i * width);
      });
      const own = weight === null ? null : Float32Array.from(rows, (row) => weight[row]!);
      metrics.add({ rows: rows.length, predictions, target: truth, weight: own });
    },
    take() {
      const value = metrics.result().values[name] ?? null;
      metrics = createMetrics(task);
      return value;
    },
    getState: () => metrics.getState(),
    setState: (state) => {
      metrics.setState(state);
    },
  };
}
