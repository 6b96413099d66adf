import type { BenchmarkEntry, BenchmarkResult, DrawnLine, DrawnPredictions } from "../../core/index.ts";
import { rankedEntries } from "../benchmark-table.ts";
import { type LineSeries, renderLineChart } from "../charts/line-chart.ts";
import { escapeText, type Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatNumber } from "../format.ts";
import { card, cards, type Section } from "./parts.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Longer stretches are counted in days. */
const MOST_HOURS = 72;

type Point = readonly [x: number, y: number];

/** What each entry of a benchmark predicted, drawn against the truth. */
export function forecastSection({ benchmark, target }: TrainDocument): Section {
  const section = { id: "drawn", short: "Against the truth", title: "Predictions against the truth" };
  const drawn = benchmark?.drawn ?? null;
  if (benchmark === undefined || drawn === null || drawn.x.length === 0) return { ...section, body: "" };
  const charts = rankedEntries(benchmark).flatMap((entry) => {
    const line = drawn.lines.find(({ name }) => name === entry.name);
    return line === undefined ? [] : [lineCard(benchmark, drawn, entry, line, target ?? "value")];
  });
  return { ...section, lead: leadOf(drawn), body: charts.length === 0 ? "" : cards(...charts) };
}

function leadOf({ axis, series, step, x }: DrawnPredictions): Markup {
  if (axis === "row") return `${x.length} rows by their true value, which is the grey line.`;
  const of = series === null ? "" : ` of ${escapeText(series)}`;
  const ahead = step === 1 ? "one step" : `${step} steps`;
  return `The first ${x.length} points${of} that no model learnt from, forecast ${ahead} ahead. Grey is the truth; the shade is the 90 % interval.`;
}

function lineCard(
  { metric }: BenchmarkResult,
  drawn: DrawnPredictions,
  { name, title, metrics }: BenchmarkEntry,
  line: DrawnLine,
  target: string,
): Markup {
  const { x, xLabel } = axisOf(drawn);
  const pointsOf = (values: readonly (number | null)[]): Point[] =>
    values.flatMap((value, i) => (value === null ? [] : [[x[i]!, value] as const]));
  const own: LineSeries = { name: "predicted", tone: 1, points: pointsOf(line.values) };
  const { low, high } = line;
  const bands = low === undefined || high === undefined ? [] : [{ name: "90 % interval", tone: 1, x, low, high }];
  const chart = renderLineChart({
    id: `drawn-${name.replace(/[^a-z0-9-]/gi, "-")}`,
    title: `${title} against the truth`,
    description: `Predicted and true ${target} at ${x.length} points.`,
    xLabel,
    yLabel: target,
    bands,
    series: [{ name: "truth", tone: 0, points: pointsOf(drawn.actual) }, own],
  });
  return card(title, `${metric} ${formatNumber(metrics[metric])} on all judged rows.`, chart);
}

/** Times as hours or days since midnight of the first. */
function axisOf({ axis, x }: DrawnPredictions): { readonly x: readonly number[]; readonly xLabel: string } {
  if (axis !== "time") return { x, xLabel: axis === "row" ? "rows by true value" : "step" };
  const midnight = Math.floor(x[0]! / DAY) * DAY;
  const date = new Date(midnight).toISOString().slice(0, 10);
  const hours = x.map((time) => (time - midnight) / HOUR);
  if (hours.at(-1)! <= MOST_HOURS) return { x: hours, xLabel: `hours since ${date}, 00:00` };
  return { x: hours.map((hour) => hour / 24), xLabel: `days since ${date}` };
}
