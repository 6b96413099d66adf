import { KaaykoError, type ParameterValues } from "../../core/index.ts";
import {
  type ColumnDecision,
  decideColumns,
  type LoadedTable,
  profileOf,
  type TableProfile,
} from "../../data/index.ts";
import type { ArrangePlan, SeriesPlan, SeriesRows } from "../../features/index.ts";

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Seasons that the longest series must hold before they are learnt from. */
const SEASONS = 2.5;
const DEFAULT_STEPS = 12;

/** Which columns are series, and what becomes of the others. */
export interface SeriesColumns {
  readonly plan: ArrangePlan;
  readonly decisions: readonly ColumnDecision[];
  readonly notices: readonly string[];
}

/**
 * Decides what the columns of a table are to a forecast: the target, the time (named, or the only column of dates), what tells
 * series apart, a column of holidays by its name, other numbers. Other texts are left out.
 *
 * @throws KaaykoError (usage) where the time is not clear
 */
export function decideSeries({ profile }: LoadedTable, settings: ParameterValues): SeriesColumns {
  const target = String(settings.target);
  const time = timeColumn(profile, settings.time as string | undefined, target);
  const group = (settings.group as string | undefined) ?? null;
  const roles = { target, time, ...(group === null ? {} : { group }) };
  const ignore = (settings.ignore as string[] | undefined) ?? [];
  const holiday = profile.columns.find(
    ({ name }) => /holiday/i.test(name) && name !== target && name !== time && name !== group && !ignore.includes(name),
  );
  const decisions = decideColumns(profile, { ...roles, ignore, keep: holiday === undefined ? [] : [holiday.name] }).map(
    (decision) => decideForSeries(decision, holiday?.name),
  );
  const others = decisions.filter(({ use, name }) => use === "feature" && name !== holiday?.name);
  const leftOut = decisions.filter(({ use, reason }) => use === "left out" && reason !== "ignored");
  return {
    plan: { target, time, group, others: others.map(({ name }) => name), holiday: holiday?.name ?? null },
    decisions,
    notices: [
      ...(settings.time === undefined ? [`Times are taken from ${time}.`] : []),
      ...(holiday === undefined ? [] : [`${holiday.name} is taken as known ahead.`]),
      ...leftOut.map(({ name, reason }) => `${name} is left out: ${reason}.`),
    ],
  };
}

function decideForSeries(decision: ColumnDecision, holiday: string | undefined): ColumnDecision {
  if (decision.name === holiday) return { ...decision, use: "feature", as: "boolean", reason: "" };
  if (decision.use === "time") return { ...decision, reason: "" };
  if (decision.use !== "feature" || decision.as === "numeric" || decision.as === "boolean") return decision;
  return { ...decision, use: "left out", as: null, reason: "no numbers" };
}

function timeColumn(profile: TableProfile, named: string | undefined, target: string): string {
  if (named !== undefined) return named;
  const dates = profile.columns.filter(({ kind, name }) => kind === "date" && name !== target);
  if (dates.length === 1) return dates[0]!.name;
  throw new KaaykoError({
    action: "forecast",
    rule: "the column of times must be named",
    got: dates.length === 0 ? "no column of dates" : `${dates.length} columns of dates`,
    remedy: "Use --time COL.",
    kind: "usage",
  });
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
  const { target, time, group, others, holiday } = arranged;
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
    holiday: dated ? holiday : null,
    day: season(DAY),
    week: season(WEEK),
    yearly: dated && longest * interval >= 366 * DAY,
  };
}
