import { formatNumber, formatPlural } from "../format.ts";
import { drawLegend, legendHeight, plotFrame } from "./frame.ts";
import { type ChartText, chart, element, type Markup, shortened, tooltip } from "./svg.ts";

export interface HistogramSeries {
  readonly name: string;
  readonly tone: number;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

export interface HistogramOptions extends ChartText {
  readonly xLabel: string;
  /** One; or two of the same bins, the second of which is drawn downwards. */
  readonly series: readonly HistogramSeries[];
  /** A line at this value. */
  readonly reference?: number;
  /** Shares of each series instead of rows: for series of very different sizes. */
  readonly shares?: boolean;
}

/** Rows in bins; a second series hangs below the axis, so that the two never hide each other. */
export function renderHistogram(options: HistogramOptions): Markup {
  const { series, shares = false, reference } = options;
  const totals = series.map(({ counts }) =>
    Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    ),
  );
  const heightOf = (count: number, i: number): number => (shares ? count / totals[i]! : count);
  const tops = series.map(({ counts }, i) => Math.max(heightOf(1, i), ...counts.map((count) => heightOf(count, i))));
  const { low, high } = series[0]!;
  const names = series.length > 1 ? series.map(({ name }) => shortened(name, 18)) : [];
  const percent = (value: number): string => `${Math.round(Math.abs(value) * 100)} %`;
  const frame = plotFrame({
    xDomain: [low, high],
    yDomain: [series.length > 1 ? -tops[1]! : 0, tops[0]!],
    xLabel: options.xLabel,
    yLabel: shares ? "share of its rows" : "rows",
    yWhole: !shares,
    headroom: legendHeight(names),
    ...(shares ? { yFormat: percent } : {}),
  });
  const bars = series.flatMap(({ counts, tone, name }, which) =>
    counts.map((count, bin) => {
      const size = (high - low) / counts.length;
      const [from, to] = [low + bin * size, low + (bin + 1) * size];
      const tall = heightOf(count, which) * (which === 0 ? 1 : -1);
      const [y1, y2] = [frame.y.at(Math.max(0, tall)), frame.y.at(Math.min(0, tall))];
      const text = `${name}, ${formatNumber(from)} to ${formatNumber(to)}: ${formatPlural(count, "row")}`;
      const width = Math.max(0.5, frame.x.at(to) - frame.x.at(from) - 1);
      return element(
        "rect",
        { class: `bar tone-${tone}`, x: frame.x.at(from) + 0.5, y: y1, width, height: y2 - y1 },
        tooltip(text),
      );
    }),
  );
  const line = (value: number): Markup =>
    element("line", {
      class: "reference",
      x1: frame.x.at(value),
      x2: frame.x.at(value),
      y1: frame.top,
      y2: frame.bottom,
    });
  const legend = drawLegend(names.map((name, i) => ({ name, tone: series[i]!.tone })));
  const zero = element("line", {
    class: "axis",
    x1: frame.left,
    x2: frame.right,
    y1: frame.y.at(0),
    y2: frame.y.at(0),
  });
  return chart(
    options,
    360,
    frame.height,
    [frame.axes, ...bars, zero, reference === undefined ? "" : line(reference), legend].join(""),
  );
}
