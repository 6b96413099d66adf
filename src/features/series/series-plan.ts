import type { ColumnKind, PartSpec } from "../../core/index.ts";

/** How rows of a table become series and their steps features. Plain data: it is part of the model. */
export interface SeriesPlan {
  readonly target: string;
  readonly time: string;
  /** Column that tells series apart; null where the table is one. */
  readonly group: string | null;
  /** Series that training rows came from, in the order of their codes from 1; empty where the table is one series. */
  readonly names: readonly string[];
  /** Milliseconds between two steps. */
  readonly interval: number;
  /** True where times are dates, so that there are days and weeks. */
  readonly dated: boolean;
  /** Steps of a window. */
  readonly steps: number;
  readonly horizon: number;
  /** Other columns of numbers that are known up to the last reading, such as weather. */
  readonly others: readonly string[];
  /** Column that says of a day whether it is a holiday; known ahead. Null for none. */
  readonly holiday: string | null;
  /** Steps of a day and of a week; null where the training series are too short to learn from them, or a step is longer. */
  readonly day: number | null;
  readonly week: number | null;
  /** True where the series span a year, so that months say more than the trend. */
  readonly yearly: boolean;
}

/** The window part of a plan: the target and the other columns of numbers, step by step. */
export function windowSpec({ target, steps, others }: SeriesPlan): PartSpec {
  return { name: `${target} windows`, kind: "windows", size: { steps, channels: 1 + others.length } };
}

/** Source columns that a plan reads. */
export function seriesColumns(
  plan: Pick<SeriesPlan, "time" | "group" | "target" | "others" | "holiday">,
  kindOf: (name: string) => ColumnKind,
): { readonly name: string; readonly kind: ColumnKind }[] {
  const names = [plan.time, plan.group, plan.target, ...plan.others, plan.holiday].filter((name) => name !== null);
  return names.map((name) => ({ name, kind: kindOf(name) }));
}

/** Whether stored data is a plan that features can be made by. */
export function isSeriesPlan(value: SeriesPlan): boolean {
  const isCount = (count: unknown, least: number) =>
    typeof count === "number" && Number.isInteger(count) && count >= least;
  const isSeason = (season: unknown) => season === null || isCount(season, 2);
  const areTexts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === "string");
  const isName = (name: unknown) => name === null || typeof name === "string";
  return (
    typeof value === "object" &&
    value !== null &&
    typeof value.target === "string" &&
    typeof value.time === "string" &&
    [value.group, value.holiday].every(isName) &&
    areTexts(value.names) &&
    areTexts(value.others) &&
    typeof value.interval === "number" &&
    value.interval > 0 &&
    Number.isFinite(value.interval) &&
    isCount(value.steps, 1) &&
    isCount(value.horizon, 1) &&
    [value.day, value.week].every(isSeason) &&
    [value.dated, value.yearly].every((flag) => typeof flag === "boolean")
  );
}
