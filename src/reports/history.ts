import type { LearningHistory } from "../core/index.ts";

/** A series of a history without its gaps. */
export interface WatchedSeries {
  /** "validation rmse". */
  readonly name: string;
  /** Rising; one a value. */
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** What training watched: the first series of the validation rows, else the first there is; undefined where there is none. */
export function watchedSeries({ series, steps }: LearningHistory): WatchedSeries | undefined {
  const names = Object.keys(series).sort();
  const watched = names.find((name) => name.startsWith("validation.")) ?? names[0];
  if (watched === undefined) return undefined;
  const points = series[watched]!.flatMap((value, i) => (value === null ? [] : [{ step: steps[i]!, value }]));
  return {
    name: watched.replace(".", " "),
    steps: points.map(({ step }) => step),
    values: points.map(({ value }) => value),
  };
}
