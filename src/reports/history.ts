import type { LearningHistory } from "../core/index.ts";

/** A series of a history without its gaps. */
export interface WatchedSeries {
  /** "validation rmse". */
  readonly name: string;
  readonly values: readonly number[];
}

/** What training watched: the first series of the validation rows, else the first there is; undefined where there is none. */
export function watchedSeries({ series }: LearningHistory): WatchedSeries | undefined {
  const names = Object.keys(series).sort();
  const watched = names.find((name) => name.startsWith("validation.")) ?? names[0];
  if (watched === undefined) return undefined;
  return { name: watched.replace(".", " "), values: series[watched]!.filter((value) => value !== null) };
}
