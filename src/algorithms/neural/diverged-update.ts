import { KaaykoError } from "../../core/index.ts";
import type { Lesson } from "./lesson.ts";
import type { Progress } from "./progress.ts";
import type { Batch, UpdateReport } from "./steps/index.ts";

/** The error of an update that gave no number: where it happened, and its likely cause. What was saved before is untouched. */
export function divergedUpdate(lesson: Lesson, report: UpdateReport, batch: Batch, at: number, where: Progress) {
  const { name, settings } = lesson;
  const cause = lesson.suspect?.(batch) ?? null;
  return new KaaykoError({
    action: `train the ${name}`,
    rule: "loss and gradients must stay finite",
    got: `loss ${report.loss} and gradients of length ${report.gradientNorm} at update ${where.update + 1} (epoch ${where.epoch + 1}, batch ${at + 1}, ${batch.rows} rows)`,
    remedy:
      cause ?? `Most likely the learning rate is too high: set ${name}.learningRate under ${settings.learningRate}.`,
  });
}

/** The value farthest from 0; infinite where one is no number. */
export function farthest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (!(size <= most)) most = Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
  }
  return most;
}
