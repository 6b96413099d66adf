import { formatNumber, formatPlural } from "../format.ts";
import { plotFrame } from "./frame.ts";
import { type ChartText, chart, element, type Markup, tooltip } from "./svg.ts";

export interface DensityOptions extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly low: number;
  readonly high: number;
  readonly bins: number;
  /** `[x bin, y bin, rows]`. */
  readonly cells: readonly (readonly [number, number, number])[];
}

/** Where rows lie on two equal axes: the darker a cell, the more (by the square root, so that single rows are seen). */
export function renderDensity(options: DensityOptions): Markup {
  const { low, high, bins, cells } = options;
  const frame = plotFrame({
    xDomain: [low, high],
    yDomain: [low, high],
    xLabel: options.xLabel,
    yLabel: options.yLabel,
    nice: false,
    square: true,
  });
  const most = Math.max(1, ...cells.map(([, , rows]) => rows));
  const width = (frame.right - frame.left) / bins;
  const height = (frame.bottom - frame.top) / bins;
  const size = (high - low) / bins;
  const marks = cells.map(([column, row, rows]) => {
    const text = `${formatPlural(rows, "row")}: ${options.xLabel} about ${formatNumber(low + (column + 0.5) * size)}, ${options.yLabel} about ${formatNumber(low + (row + 0.5) * size)}`;
    return element(
      "rect",
      {
        class: "cell tone-1",
        x: frame.left + column * width,
        y: frame.bottom - (row + 1) * height,
        width: width - 0.4,
        height: height - 0.4,
        "fill-opacity": 0.1 + 0.9 * Math.sqrt(rows / most),
      },
      tooltip(text),
    );
  });
  const ends = { x1: frame.left, y1: frame.bottom, x2: frame.right, y2: frame.top };
  const ideal = element("line", { class: "reference", ...ends }, tooltip("predicted as it was"));
  return chart(options, 360, frame.height, frame.axes + marks.join("") + ideal);
}
