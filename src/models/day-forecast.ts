import { type Column, type FeatureTable, type JsonObject, KaaykoError } from "../core/index.ts";
import { DAY_SEASONS, firstDayOf, lastDayOf } from "../features/index.ts";
import { intervalOfPrediction } from "./outputs.ts";
import type { ModelPredictor } from "./predictor.ts";

const DAY = 86_400_000;

/** The days behind the last one that a model was made from. */
export interface DayForecast {
  /** ISO 8601, such as 2026-03-31. */
  readonly dates: readonly string[];
  readonly values: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** What each season adds to each day; with the trend they sum up to the values. Null where the algorithm cannot say. */
  readonly components: { readonly [season: string]: readonly number[] } | null;
}

/**
 * Forecasts days, with an interval of the level asked for, which grows as the trend that is drawn out may turn (`widening`).
 *
 * @param level from 0.5 to 0.99
 * @throws KaaykoError (input) for a model that is not one of days, or has no intervals
 */
export async function forecastDays(predictor: ModelPredictor, days: number, level: number): Promise<DayForecast> {
  const { task, pipeline } = predictor.model;
  if (pipeline.derived?.by !== "days" || task.interval === undefined)
    throw new KaaykoError({
      action: "forecast days",
      rule: "the model must be one of days, with intervals",
      got: `${task.kind} of ${task.target}`,
      remedy: "Train one with --recipe transactions-cashflow.",
      kind: "input",
    });
  const last = lastDayOf(pipeline.derived.state);
  const times = Float64Array.from({ length: days }, (_, i) => (last + 1 + i) * DAY);
  const columns: Column[] = predictor.inputs.map(({ name, kind }) =>
    kind === "date"
      ? { kind, name, values: times }
      : { kind: "numeric", name, values: new Float64Array(days).fill(Number.NaN) },
  );
  const table = predictor.encodeChecked({ firstRow: 0, rows: days, columns });
  const values = Array.from(await predictor.predictTable(table));
  const known = last + 1 - (firstDayOf(pipeline.derived.state) ?? -Infinity);
  const intervals = values.map((value, i) => {
    const { lower, upper } = intervalOfPrediction(predictor.model, value, false, level);
    const wider = widening(known, i + 1);
    return { lower: value + wider * (lower - value), upper: value + wider * (upper - value) };
  });
  return {
    dates: Array.from(times, (time) => new Date(time).toISOString().slice(0, 10)),
    values,
    lower: intervals.map(({ lower }) => lower),
    upper: intervals.map(({ upper }) => upper),
    components: predictor.explains ? await componentsOf(predictor, table) : null,
  };
}

/**
 * How many times as wide as at the last of `known` days an interval is `ahead` of it: the spread of a straight line that was fitted to
 * so many days and is drawn out, and of a day around it (Draper and Smith, "Applied regression analysis", 1998, section 3.1).
 */
export function widening(known: number, ahead: number): number {
  if (!Number.isFinite(known)) return 1;
  const spread = (days: number) => 1 + 1 / known + (12 * (known / 2 + days) ** 2) / known ** 3;
  return Math.sqrt(spread(ahead) / spread(0));
}

async function componentsOf(
  predictor: ModelPredictor,
  table: FeatureTable,
): Promise<NonNullable<DayForecast["components"]>> {
  const { base, values } = await predictor.explain(table);
  const features = predictor.model.pipeline.features;
  const sums: Record<string, number[]> = { trend: new Array<number>(table.rows).fill(base[0]!) };
  for (const season of ["weekly", "monthly", "yearly"]) sums[season] = new Array<number>(table.rows).fill(0);
  features.forEach(({ name }, feature) => {
    const season = Object.hasOwn(DAY_SEASONS, name) ? DAY_SEASONS[name]! : "trend";
    for (let row = 0; row < table.rows; row++) sums[season]![row]! += values[row * features.length + feature]!;
  });
  return sums;
}

/** A forecast as the document of `/forecast/cashflow`. */
export function dayForecastJson(
  { dates, values, lower, upper, components }: DayForecast,
  seasonal: boolean,
): JsonObject {
  return {
    forecast_dates: [...dates],
    predicted_amounts: [...values],
    confidence_bands: { lower: [...lower], upper: [...upper] },
    seasonal_components:
      seasonal && components !== null
        ? Object.fromEntries(Object.entries(components).map(([season, own]) => [season, [...own]]))
        : null,
  };
}
