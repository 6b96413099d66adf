import {
  type Batch,
  type Column,
  type ColumnSchema,
  intervalOf,
  type JsonObject,
  pointOutput,
} from "../../core/index.ts";
import type { Model } from "../package.ts";
import { factsOf, type SeriesPoints } from "./series-points.ts";

/**
 * The columns of forecasts, a row for each step ahead of each point: the series (where there are several) and the time under the
 * names of the table, `origin` (the last reading's time), `step`, `prediction`, `lower` and `upper` (its 90 % interval), and
 * `quantile_<level>` where quantiles are predicted.
 */
export function forecastSchema({ task, pipeline }: Model): ColumnSchema[] {
  const plan = pipeline.series!;
  const number = (name: string): ColumnSchema => ({ name, kind: "numeric", physical: "double" });
  const time = (name: string): ColumnSchema =>
    plan.dated ? { name, kind: "date", physical: "timestamp" } : number(name);
  return [
    ...(plan.group === null ? [] : [{ name: plan.group, kind: "categorical" as const, physical: "string" }]),
    time(plan.time),
    time("origin"),
    ...["step", "prediction", "lower", "upper"].map(number),
    ...(task.quantiles ?? []).map((level) => number(`quantile_${level}`)),
  ];
}

/** Forecasts of the points from `start`, as rows. */
export function forecastBatch(
  model: Model,
  points: SeriesPoints,
  predictions: Float64Array,
  start: number,
  firstRow: number,
): Batch {
  const { horizon = 1, quantiles } = model.task;
  const levels = quantiles?.length ?? 1;
  const rows = predictions.length / levels;
  const { table } = points.rows;
  const facts = Array.from({ length: rows / horizon }, (_, i) => factsOf(points, points.origins[start + i]!));
  const numbers = (of: (row: number, point: number, step: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => of(row, Math.floor(row / horizon), row % horizon));
  const intervals = Array.from({ length: rows }, (_, row) => {
    const [lower, upper] = [predictions[row * levels]!, predictions[row * levels + levels - 1]!];
    return intervalOf(model.thresholds![row % horizon]!, lower, upper);
  });
  const values: Record<string, Float64Array> = {
    [points.plan.time]: numbers((_, point, step) => facts[point]!.first + step * table.interval),
    origin: numbers((_, point) => facts[point]!.origin),
    step: numbers((_, __, step) => step + 1),
    prediction: numbers((row) => predictions[row * levels + pointOutput(model.task)]!),
    lower: numbers((row) => intervals[row]!.low),
    upper: numbers((row) => intervals[row]!.high),
  };
  quantiles?.forEach((level, k) => {
    values[`quantile_${level}`] = numbers((row) => predictions[row * levels + k]!);
  });
  const columns = forecastSchema(model).map((schema): Column => {
    if (schema.kind !== "categorical")
      return { kind: schema.kind as "numeric" | "date", name: schema.name, values: values[schema.name]! };
    const codes = Uint32Array.from(
      { length: rows },
      (_, row) => 1 + table.names.indexOf(facts[Math.floor(row / horizon)]!.series),
    );
    return { kind: "categorical", name: schema.name, codes, dictionary: table.names };
  });
  return { firstRow, rows, columns };
}

/** Rows of a batch as objects, dates as ISO 8601. */
export function forecastRows({ rows, columns }: Batch): JsonObject[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map((column) => {
        if ("codes" in column) return [column.name, column.dictionary[column.codes[row]! - 1] ?? null];
        const value = column.values[row]!;
        return [column.name, column.kind === "date" ? new Date(value).toISOString() : value];
      }),
    ),
  );
}
