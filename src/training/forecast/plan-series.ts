import { columnNamed, isStringColumn, KaaykoError, type ParameterValues } from "../../core/index.ts";
import {
  type ColumnDecision,
  type ColumnProfile,
  decideColumns,
  type LoadedTable,
  profileOf,
  type TableProfile,
} from "../../data/index.ts";
import type { ArrangePlan, SeriesPlan, SeriesRows, SeriesTexts } from "../../features/index.ts";

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Seasons that the longest series must hold before they are learnt from. */
const SEASONS = 2.5;
const DEFAULT_STEPS = 12;
/** Different texts of a column that are learnt from; more would widen every window. */
const MOST_TEXTS = 16;

/** Which columns are series, and what becomes of the others. */
export interface SeriesColumns {
  readonly plan: ArrangePlan;
  readonly decisions: readonly ColumnDecision[];
  readonly notices: readonly string[];
}

/**
 * Decides what the columns of a table are to a forecast: the target, the time (named, or the only column of dates), what tells
 * series apart, a column of holidays by its name, other numbers, and texts of
 * few different values, such as the weather. Other texts are left out.
 *
 * @throws KaaykoError (usage) where the time is not clear
 */
export function decideSeries({ profile, table }: LoadedTable, settings: ParameterValues): SeriesColumns {
  const target = String(settings.target);
  const time = timeColumn({ profile, table }, settings.time as string | undefined, target);
  const named = settings.group as string | undefined;
  const group = named ?? groupColumn(profile, [target, time, ...((settings.ignore as string[] | undefined) ?? [])]);
  const roles = { target, time, ...(group === null ? {} : { group }) };
  const ignore = (settings.ignore as string[] | undefined) ?? [];
  const holiday = profile.columns.find(
    ({ name }) => /holiday/i.test(name) && name !== target && name !== time && name !== group && !ignore.includes(name),
  );
  const decisions = decideColumns(profile, { ...roles, ignore, keep: holiday === undefined ? [] : [holiday.name] }).map(
    (decision) => decideForSeries(decision, profileOf(profile, decision.name), holiday?.name),
  );
  const features = decisions.filter(({ use, name }) => use === "feature" && name !== holiday?.name);
  const others = features.filter(({ as }) => as !== "categorical").map(({ name }) => name);
  const texts = features.filter(({ as }) => as === "categorical").map(({ name }) => textsOf(table, name));
  const leftOut = decisions.filter(({ use, reason }) => use === "left out" && reason !== "ignored");
  return {
    plan: { target, time, group, others, texts, holiday: holiday?.name ?? null },
    decisions,
    notices: [
      ...(settings.time === undefined ? [`Times are taken from ${time}.`] : []),
      ...(named === undefined && group !== null ? [`Series are told apart by ${group}.`] : []),
      ...(holiday === undefined ? [] : [`${holiday.name} is taken as known ahead.`]),
      ...texts.map(({ column, values }) => `${column} becomes a number for each of its ${values.length} texts.`),
      ...leftOut.map(({ name, reason }) => `${name} is left out: ${reason}.`),
    ],
  };
}

function decideForSeries(
  decision: ColumnDecision,
  column: ColumnProfile | undefined,
  holiday: string | undefined,
): ColumnDecision {
  if (decision.name === holiday) return { ...decision, use: "feature", as: "boolean", reason: "" };
  if (decision.use === "time") return { ...decision, reason: "" };
  if (decision.use !== "feature" || decision.as === "numeric" || decision.as === "boolean") return decision;
  const { kind, distinct = null } = column ?? {};
  if (kind === "categorical" && distinct !== null && distinct >= 2 && distinct <= MOST_TEXTS)
    return { ...decision, as: "categorical" };
  return { ...decision, use: "left out", as: null, reason: "no numbers, and more than a few different texts" };
}

/** The texts of a column, in their alphabetical order. */
function textsOf(table: LoadedTable["table"], name: string): SeriesTexts {
  const column = columnNamed(table?.columns ?? [], name);
  const values = column !== undefined && isStringColumn(column) ? [...new Set(column.dictionary)].sort() : [];
  return { column: name, values };
}

function timeColumn(
  { profile, table }: Pick<LoadedTable, "profile" | "table">,
  named: string | undefined,
  target: string,
): string {
  if (named !== undefined) return named;
  const dates = profile.columns.filter(({ kind, name }) => kind === "date" && name !== target);
  if (dates.length === 1) return dates[0]!.name;
  throw dates.length > 1 ? unclearTime(dates) : noTime(profile, table);
}

function unclearTime(dates: readonly ColumnProfile[]): KaaykoError {
  return new KaaykoError({
    action: "forecast",
    rule: "the column of times must be named where there are several of dates",
    got: dates.map(({ name }) => JSON.stringify(name)).join(", "),
    remedy: "Use --time COL.",
    kind: "usage",
  });
}

/** Names of columns that are likely to be times. */
const TIME_NAME = /time|date|stamp|period|minute|hour|day|^at$|^when$/i;

function noTime({ columns }: TableProfile, table: LoadedTable["table"]): KaaykoError {
  const likely = columns.find(({ name, kind }) => kind !== "numeric" && TIME_NAME.test(name));
  const column = columnNamed(table?.columns ?? [], likely?.name ?? "");
  const texts = column !== undefined && isStringColumn(column) ? column.dictionary : [];
  return new KaaykoError({
    action: "forecast",
    rule: "there must be a column of times",
    got: likely === undefined ? "no column of dates" : `texts in ${JSON.stringify(likely.name)} that are not all dates`,
    remedy:
      likely === undefined || texts.length === 0
        ? "Name a column of dates or of ascending numbers with --time COL."
        : `Write all times alike, such as 2024-03-31T08:05:00Z; there are ${someTexts(texts)}.`,
    kind: "usage",
  });
}

/** The first text, and another that is written otherwise. */
function someTexts(texts: readonly string[]): string {
  const form = (text: string) => text.replace(/\d+/g, "0");
  const other = texts.find((text) => form(text) !== form(texts[0]!));
  return [texts[0]!, ...(other === undefined ? [] : [other])].map((text) => JSON.stringify(text)).join(" and ");
}

/** Names of columns that tell series apart, where nobody named one. */
const GROUP_NAME = /^(?:sensor|station|detector|series)(?:[_ ]?id)?$/i;

function groupColumn({ columns, rows }: TableProfile, taken: readonly string[]): string | null {
  const found = columns.find(
    ({ name, distinct }) => GROUP_NAME.test(name) && !taken.includes(name) && distinct !== null && 2 * distinct <= rows,
  );
  return found?.name ?? null;
}

/** The whole plan, once the rows are arranged. */
export function planOf(
  arranged: ArrangePlan,
  loaded: LoadedTable,
  { table }: SeriesRows,
  settings: ParameterValues,
): SeriesPlan {
  const { interval, offsets, names } = table;
  const dated = profileOf(loaded.profile, arranged.time)?.kind === "date";
  const longest = names.reduce((most, _, i) => Math.max(most, offsets[i + 1]! - offsets[i]!), 0);
  const season = (length: number) => {
    const period = length / interval;
    return dated && Number.isInteger(period) && period >= 2 && longest >= SEASONS * period ? period : null;
  };
  const { target, time, group, others, texts = [], limits = [], zeroIsMissing = false, holiday } = arranged;
  return {
    target,
    time,
    group,
    names: group === null ? [] : names,
    interval,
    dated,
    steps: (settings.steps as number | undefined) ?? DEFAULT_STEPS,
    horizon: (settings.horizon as number | undefined) ?? 1,
    others,
    texts,
    ...(limits.length > 0 ? { limits } : {}),
    ...(zeroIsMissing ? { zeroIsMissing } : {}),
    holiday: dated ? holiday : null,
    day: season(DAY),
    week: season(WEEK),
    usualWeek: season(WEEK) !== null,
    yearly: dated && longest * interval >= 366 * DAY,
  };
}
