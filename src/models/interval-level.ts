import { INTERVAL_RANGE, KaaykoError } from "../core/index.ts";
import type { Model } from "./package.ts";

/**
 * A model whose intervals are to cover another share of true values than they were trained for.
 *
 * @param level from 0.5 to 0.99
 * @throws KaaykoError (usage) for another level, or a model without intervals of numbers
 */
export function withIntervalLevel(model: Model, level: number): Model {
  const { low, high } = INTERVAL_RANGE;
  if (!(level >= low && level <= high))
    throw new KaaykoError({
      action: "predict intervals",
      rule: `their level must be a number from ${low} to ${high}`,
      got: String(level),
      kind: "usage",
    });
  if (model.task.interval === undefined || model.task.kind !== "regression")
    throw new KaaykoError({
      action: "predict intervals",
      rule: "the model must have been trained with --interval",
      got: `${model.task.kind} without`,
      remedy: "Train one with --interval 0.9; any level can be asked of it then.",
      kind: "usage",
    });
  return { ...model, task: { ...model.task, interval: level } };
}
