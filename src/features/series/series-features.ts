import {
  type CategoricalFeature,
  type FeatureColumn,
  type FeatureTable,
  newCodes,
  type Season,
  seasonFeature,
  usualFeature,
} from "../../core/index.ts";
import { timeOf } from "../../data/index.ts";
import { type CalendarPart, calendarParts } from "../calendar.ts";
import type { SeriesRows } from "./arrange-rows.ts";
import { dayOf } from "./holidays.ts";
import { contextOf, numeric, type PointContext } from "./point-context.ts";
import { channelNames, type SeriesPlan, windowSpec } from "./series-plan.ts";
import { type Usual, usualOfDay, usualOfWeek, usualReadings } from "./usual-readings.ts";

/** Readings that are features of their own at most; older ones go into means. */
const MOST_LAGS = 24;
/** Steps ahead that get seasonal features of their own at most. */
export const MOST_SEASONAL_STEPS = 48;
/** Means are over these parts of the window. */
const MEAN_PARTS = [4, 2, 1] as const;

/** Steps that a step ahead looks back at most: what a test table needs of the readings before it. */
export function reachOf({ steps, day, week, usualWeek }: SeriesPlan): number {
  const usual = [
    ...(day === null ? [] : [usualOfDay(day)]),
    ...(week === null || usualWeek !== true ? [] : [usualOfWeek(week)]),
  ];
  return Math.max(steps, week ?? 0, ...usual.map(({ period, reach }) => period * reach));
}

/**
 * Features of points to forecast from: windows that share the series, and columns of numbers made of what lies before each point
 * (readings, means, the same time a day and a week before) and of what is known ahead (calendar, holidays).
 *
 * @param origins the first step ahead of each point, counted over all steps; may be the one behind the end of its series
 */
export function seriesFeatures(plan: SeriesPlan, rows: SeriesRows, origins: Uint32Array): FeatureTable {
  const { steps, channels } = windowSpec(plan).size as { steps: number; channels: number };
  const part = { kind: "windows", name: windowSpec(plan).name, steps, channels } as const;
  const context = contextOf(plan, rows, origins);
  return {
    rows: origins.length,
    columns: [
      ...lagColumns(context),
      ...seasonColumns(context),
      ...otherColumns(context),
      ...calendarColumns(context),
      ...seriesColumn(context),
    ],
    parts: [{ ...part, series: rows.table.values, ends: origins }],
  };
}

function lagColumns(context: PointContext): FeatureColumn[] {
  const { plan, at } = context;
  const lags = Array.from({ length: Math.min(plan.steps, MOST_LAGS) }, (_, k) => k + 1);
  const parts = [...new Set(MEAN_PARTS.map((part) => Math.ceil(plan.steps / part)))].filter((steps) => steps > 1);
  return [
    ...lags.map((lag) => numeric(context, `${plan.target} ${lag} before`, (i, origin) => at(i, origin - lag, 0))),
    ...parts.map((steps) =>
      numeric(context, `${plan.target} mean of ${steps}`, (i, origin) => meanOf(at, i, origin, steps)),
    ),
  ];
}

function meanOf(at: PointContext["at"], i: number, origin: number, steps: number): number {
  let [sum, count] = [0, 0];
  for (let step = origin - steps; step < origin; step++) {
    const value = at(i, step, 0);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

function seasonColumns(context: PointContext): FeatureColumn[] {
  const { plan, at } = context;
  const ahead = Array.from({ length: Math.min(plan.horizon, MOST_SEASONAL_STEPS) }, (_, k) => k + 1);
  const seasons: readonly (readonly [Season, number | null])[] = [
    ["day", plan.day],
    ["week", plan.week],
  ];
  const before = seasons.flatMap(([season, period]) =>
    period === null
      ? []
      : ahead.map((step) =>
          numeric(context, seasonFeature(plan.target, season, step), (i, origin) =>
            at(i, origin + step - 1 - Math.ceil(step / period) * period, 0),
          ),
        ),
  );
  return [...before, ...usualColumns(context, ahead)];
}

/** What is usual at the time of day, from the last step on, and at the time of the week. */
function usualColumns(context: PointContext, ahead: readonly number[]): FeatureColumn[] {
  const { day, week, usualWeek, target } = context.plan;
  const columnsOf = (season: Season, usual: Usual, steps: readonly number[]): FeatureColumn[] => {
    const reading = usualReadings(context, usual);
    return steps.map((step) =>
      numeric(context, usualFeature(target, season, step), (i, origin) => reading(i, origin + step - 1)),
    );
  };
  return [
    ...(day === null ? [] : columnsOf("day", usualOfDay(day), [0, ...ahead])),
    ...(week === null || usualWeek !== true ? [] : columnsOf("week", usualOfWeek(week), ahead)),
  ];
}

function otherColumns(context: PointContext): FeatureColumn[] {
  const { plan, at } = context;
  return channelNames(plan)
    .slice(1)
    .map((name, k) => numeric(context, name, (i, origin) => at(i, origin - 1, k + 1)));
}

/** The calendar of the first step ahead. */
function calendarColumns(context: PointContext): FeatureColumn[] {
  const { plan, rows, series } = context;
  if (!plan.dated) return [];
  const parts: CalendarPart[] = [
    ...(plan.interval < 86_400_000 ? (["hour"] as const) : []),
    "weekday",
    ...(plan.yearly ? (["month", "dayOfYear"] as const) : []),
  ];
  const times = Float64Array.from(context.origins, (origin, i) => timeOf(rows.table, series[i]!, origin));
  const values = parts.map(() => new Float32Array(times.length));
  calendarParts(times, parts, values);
  const calendar = parts.map((name, k): FeatureColumn => ({ kind: "numeric", name, values: values[k]! }));
  const { holidays } = rows;
  if (plan.holiday === null || holidays === null) return calendar;
  return [...calendar, numeric(context, plan.holiday, (i) => (holidays.has(dayOf(times[i]!)) ? 1 : 0))];
}

function seriesColumn({ plan, rows, series }: PointContext): CategoricalFeature[] {
  if (plan.group === null || plan.names.length < 2) return [];
  const known = new Map(plan.names.map((name, code) => [name, code + 1]));
  const codes = newCodes(series.length, plan.names.length);
  series.forEach((index, i) => {
    codes[i] = known.get(rows.table.names[index]!) ?? 0;
  });
  return [{ kind: "categorical", name: plan.group, codes, cardinality: plan.names.length }];
}
