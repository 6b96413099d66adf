import type { Role, Task } from "../../core/index.ts";
import type { CompactExamples } from "../compact.ts";
import type { PreparedData } from "../preparation.ts";

/** Steps of a forecast that are drawn at most: a day of five minutes. */
const DRAWN_STEPS = 288;
/** Rows of a regression that are drawn at most. */
const DRAWN_ROWS = 120;

/** Which rows are drawn, and where on the x axis. Decided by the rows alone, so that every model is drawn at the same ones. */
export interface DrawnRows {
  readonly axis: "time" | "step" | "row";
  readonly series: string | null;
  readonly step: number;
  /** Among the rows that are measured. */
  readonly rows: Uint32Array;
  readonly x: readonly number[];
  readonly actual: readonly (number | null)[];
}

/** Of a forecast the first rows of the first series, one after another; of a regression some, by their true value. Null for other tasks. */
export function drawnRows(
  { dataset, pipeline, points }: Pick<PreparedData, "dataset" | "pipeline" | "points">,
  role: Role,
  measured: CompactExamples,
): DrawnRows | null {
  if (dataset.task.kind === "regression") return regressionRows(measured);
  if (dataset.task.kind !== "forecast" || points === undefined) return null;
  const { times, series, names } = points(role);
  const first = series[0];
  let count = 0;
  while (count < Math.min(DRAWN_STEPS, measured.table.rows) && series[count] === first) count++;
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const step = dataset.task.horizon ?? 1;
  const { interval = 1, dated = false } = pipeline.series ?? {};
  return {
    axis: dated ? "time" : "step",
    series: names.length < 2 || first === undefined ? null : names[first]!,
    step,
    rows,
    x: Array.from(rows, (row) => times[row]! + (step - 1) * interval),
    actual: Array.from(rows, (row) => known(measured.target[row * step + step - 1]!)),
  };
}

function regressionRows({ table, target }: CompactExamples): DrawnRows {
  const count = Math.min(DRAWN_ROWS, table.rows);
  const spread = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * table.rows) / count));
  const rows = spread.sort((a, b) => target[a]! - target[b]! || a - b);
  return {
    axis: "row",
    series: null,
    step: 0,
    rows,
    x: Array.from(rows, (_, i) => i + 1),
    actual: Array.from(rows, (row) => known(target[row]!)),
  };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Of the outputs of all measured rows, those that are drawn: the lowest, the value and the highest of each drawn row's step. */
export function drawnOutputs(
  task: Task,
  { rows, step }: Pick<DrawnRows, "rows" | "step">,
  predictions: Float64Array,
  point: number,
): { readonly lower: Float64Array; readonly value: Float64Array; readonly upper: Float64Array } {
  const levels = task.quantiles?.length ?? 1;
  const width = Math.max(1, step) * levels;
  const at = (row: number, level: number) => predictions[row * width + (Math.max(1, step) - 1) * levels + level]!;
  return {
    lower: Float64Array.from(rows, (row) => at(row, 0)),
    value: Float64Array.from(rows, (row) => at(row, point)),
    upper: Float64Array.from(rows, (row) => at(row, levels - 1)),
  };
}
