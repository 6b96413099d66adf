import { type Column, type FeatureTable, KaaykoError, type TableSource } from "../../core/index.ts";
import { lastOrigins, originsOf, seriesOf, timeOf } from "../../data/index.ts";
import { arrangeRows, matchColumns, type SeriesPlan, type SeriesRows, seriesFeatures } from "../../features/index.ts";
import type { Model } from "../package.ts";

/** Points of a table's series that a model forecasts from. */
export interface SeriesPoints {
  readonly plan: SeriesPlan;
  readonly rows: SeriesRows;
  /** First step ahead of each point, over all steps. */
  readonly origins: Uint32Array;
}

/** A point, for a person. */
export interface PointFacts {
  /** Name of the series; empty where the table is one. */
  readonly series: string;
  /** Time of the last step before the forecast, and of the first step of it. */
  readonly origin: number;
  readonly first: number;
}

export type WhichPoints = "last" | "known" | "all";

/**
 * Reads a table as a model's series and finds points in them: `last` behind the last reading of every series, `known` those whose
 * next values the table holds, `all` both.
 *
 * @throws KaaykoError (input) for a column that is gone, or series that are shorter than a window
 */
export async function readPoints(
  model: Model,
  source: TableSource,
  which: WhichPoints,
  threads = 1,
): Promise<SeriesPoints> {
  const { columns, kinds } = matchColumns(model.pipeline, await source.describe(), source.path);
  const reader = await source.open({ columns, kinds, threads, retain: true });
  try {
    while ((await reader.next()) !== null);
    return pointsOf(model, reader.table().columns, which);
  } finally {
    await reader.close();
  }
}

/** As `readPoints`, of columns in memory. */
export function pointsOf(model: Model, columns: readonly Column[], which: WhichPoints): SeriesPoints {
  const plan = model.pipeline.series!;
  const rows = arrangeRows(plan, columns);
  const known = which === "last" ? new Uint32Array(0) : originsOf(rows.table, plan);
  const last = which === "known" ? new Uint32Array(0) : lastOrigins(rows.table, plan.steps);
  // The point behind one series has the number of the first step of the next, which is none.
  const origins = which === "all" ? Uint32Array.from([...known, ...last]).sort() : which === "last" ? last : known;
  if (origins.length > 0) return { plan, rows, origins };
  const least = which === "known" ? plan.steps + plan.horizon : plan.steps;
  throw new KaaykoError({
    action: "forecast",
    rule: `a series must have at least ${least} steps`,
    got: `${rows.table.offsets.at(-1)} in ${rows.table.names.length} series`,
    remedy: "Give more of the rows before the time that is to be forecast.",
    kind: "input",
  });
}

/** The features of some of the points. */
export function featuresOf({ plan, rows, origins }: SeriesPoints, start: number, end: number): FeatureTable {
  return seriesFeatures(plan, rows, origins.subarray(start, end));
}

export function factsOf({ rows: { table } }: SeriesPoints, origin: number): PointFacts {
  const series = seriesOf(table, origin - 1);
  return {
    series: table.names[series]!,
    origin: timeOf(table, series, origin - 1),
    first: timeOf(table, series, origin),
  };
}
