import type { ColumnKind, PartSpec } from "../../core/index.ts";
import type { ReadingLimits } from "./reading-limits.ts";

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
  /** Columns of few different texts: each text is a number of its own, 1 where a reading comes with it. Default none. */
  readonly texts?: readonly SeriesTexts[];
  /** True where 0 of the target stands for a reading that failed. Default false. */
  readonly zeroIsMissing?: boolean;
  /** Limits of other columns: what lies beyond them counts as missing. Default none. */
  readonly limits?: readonly ReadingLimits[];
  /**
   * By number of a series, those of others (by `names`) whose targets its windows hold as well; as many for each. Default none.
   */
  readonly neighbours?: readonly (readonly number[])[];
  /** Column that says of a day whether it is a holiday; known ahead. Null for none. */
  readonly holiday: string | null;
  /** Steps of a day and of a week; null where the training series are too short to learn from them, or a step is longer. */
  readonly day: number | null;
  readonly week: number | null;
  /** True where the usual reading of a time of the week is a feature. Default false, as in models of before. */
  readonly usualWeek?: boolean;
  /** True where the series span a year, so that months say more than the trend. */
  readonly yearly: boolean;
}

/** A column of texts, and those that it may hold. */
export interface SeriesTexts {
  readonly column: string;
  readonly values: readonly string[];
}

/** What the numbers of a step are, the target first. */
export function channelNames(plan: WindowPlan): string[] {
  const { target, others, texts = [] } = plan;
  const ofTexts = texts.flatMap(({ column, values }) => values.map((value) => `${column} = ${value}`));
  return [target, ...others, ...ofTexts, ...neighbourNames(plan)];
}

/** What the channels of neighbours are called, the most telling first. */
export function neighbourNames({ target, neighbours = [] }: Pick<SeriesPlan, "target" | "neighbours">): string[] {
  return (neighbours[0] ?? []).map((_, k) => `${target} of neighbour ${k + 1}`);
}

/** What the channels of a window follow from. */
type WindowPlan = Pick<SeriesPlan, "target" | "others" | "texts" | "neighbours">;

/** The window part of a plan: the target and the other columns, step by step. */
export function windowSpec(plan: WindowPlan & Pick<SeriesPlan, "steps">): PartSpec {
  const { target, steps } = plan;
  return { name: `${target} windows`, kind: "windows", size: { steps, channels: channelNames(plan).length } };
}

/** Source columns that a plan reads. */
export function seriesColumns(
  plan: Pick<SeriesPlan, "time" | "group" | "target" | "others" | "texts" | "holiday">,
  kindOf: (name: string) => ColumnKind,
): { readonly name: string; readonly kind: ColumnKind }[] {
  const texts = (plan.texts ?? []).map(({ column }) => column);
  const named = [plan.time, plan.group, plan.target, ...plan.others, ...texts, plan.holiday];
  const names = named.filter((name) => name !== null);
  return names.map((name) => ({ name, kind: kindOf(name) }));
}

/** Whether stored data is a plan that features can be made by. */
export function isSeriesPlan(value: SeriesPlan): boolean {
  const isCount = (count: unknown, least: number) =>
    typeof count === "number" && Number.isInteger(count) && count >= least;
  const isSeason = (season: unknown) => season === null || isCount(season, 2);
  const areTexts = (list: unknown) => Array.isArray(list) && list.every((text) => typeof text === "string");
  const isName = (name: unknown) => name === null || typeof name === "string";
  const isTextColumn = (texts: unknown) =>
    typeof texts === "object" &&
    texts !== null &&
    typeof (texts as SeriesTexts).column === "string" &&
    areTexts((texts as SeriesTexts).values);
  return (
    typeof value === "object" &&
    value !== null &&
    typeof value.target === "string" &&
    typeof value.time === "string" &&
    [value.group, value.holiday].every(isName) &&
    areTexts(value.names) &&
    areTexts(value.others) &&
    (value.texts === undefined || (Array.isArray(value.texts) && value.texts.every(isTextColumn))) &&
    [value.zeroIsMissing, value.usualWeek].every((flag) => flag === undefined || typeof flag === "boolean") &&
    areNeighbours(value.neighbours, value.names.length) &&
    (value.limits === undefined || (Array.isArray(value.limits) && value.limits.every(areLimits))) &&
    typeof value.interval === "number" &&
    value.interval > 0 &&
    Number.isFinite(value.interval) &&
    isCount(value.steps, 1) &&
    isCount(value.horizon, 1) &&
    [value.day, value.week].every(isSeason) &&
    [value.dated, value.yearly].every((flag) => typeof flag === "boolean")
  );
}

/** Bound on what a stored plan may claim: every one widens all windows. */
const MOST_NEIGHBOURS = 64;

function areNeighbours(value: unknown, series: number): boolean {
  if (value === undefined) return true;
  const isOther = (number: unknown) => Number.isInteger(number) && Number(number) >= 0 && Number(number) < series;
  const count = Array.isArray(value) && Array.isArray(value[0]) ? value[0].length : 0;
  return (
    count >= 1 &&
    count <= MOST_NEIGHBOURS &&
    (value as unknown[]).length === series &&
    (value as unknown[]).every((own) => Array.isArray(own) && own.length === count && own.every(isOther))
  );
}

function areLimits(value: unknown): boolean {
  const { column, low, high } = (value ?? {}) as Partial<ReadingLimits>;
  return typeof column === "string" && Number.isFinite(low) && Number.isFinite(high);
}
