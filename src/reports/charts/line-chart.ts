import { formatNumber } from "../format.ts";
import { drawLegend, type Frame, type FrameOptions, legendHeight, plotFrame } from "./frame.ts";
import { type ChartText, chart, element, type Markup, rounded, shortened, tooltip } from "./svg.ts";

type Point = readonly [x: number, y: number];

export interface LineSeries {
  readonly name: string;
  /** Rising in x. */
  readonly points: readonly Point[];
  /** Colour, from 1 to 6; 0 is grey. */
  readonly tone: number;
  readonly dashed?: boolean;
  /** Draw a dot at each point, with this radius. Default none. */
  readonly dots?: (point: number) => number;
  /** Draw steps: the value holds until the next point. Default false. */
  readonly steps?: boolean;
}

/** A shaded range between two lines. */
export interface Band {
  readonly name: string;
  readonly tone: number;
  readonly x: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The more opaque, the narrower what it stands for. Default 0.16. */
  readonly opacity?: number;
}

export interface LineChartOptions extends ChartText {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  readonly bands?: readonly Band[];
  /** A thin line that stands for the ideal. */
  readonly reference?: { readonly from: Point; readonly to: Point; readonly name: string };
  /** Points that are called by name. */
  readonly marks?: readonly { readonly x: number; readonly y: number; readonly text: string; readonly tone: number }[];
  /** Small signs on the x axis: where the data lies. */
  readonly rug?: readonly number[];
  readonly xDomain?: readonly [number, number];
  readonly yDomain?: readonly [number, number];
  readonly xFormat?: FrameOptions["xFormat"];
  readonly yFormat?: FrameOptions["yFormat"];
  readonly square?: boolean;
  readonly xWhole?: boolean;
  readonly legend?: boolean;
}

/** Lines over numbers: learning curves, ROC, calibration, partial dependence. */
export function renderLineChart(options: LineChartOptions): Markup {
  const { series, bands = [], legend = series.length > 1 } = options;
  const names = legend ? series.map(({ name }) => shortened(name, 22)) : [];
  const xs = [...series.flatMap(({ points }) => points.map(([x]) => x)), ...bands.flatMap(({ x }) => x)];
  const ys = [
    ...series.flatMap(({ points }) => points.map(([, y]) => y)),
    ...bands.flatMap(({ low, high }) => [...low, ...high]),
  ];
  const frame = plotFrame({
    xLabel: options.xLabel,
    yLabel: options.yLabel,
    xDomain: options.xDomain ?? extent(xs),
    yDomain: options.yDomain ?? extent(ys),
    headroom: legendHeight(names),
    square: options.square ?? false,
    xWhole: options.xWhole ?? false,
    ...(options.xFormat === undefined ? {} : { xFormat: options.xFormat }),
    ...(options.yFormat === undefined ? {} : { yFormat: options.yFormat }),
  });
  const clip = `${options.id}-clip`;
  const body = [
    frame.axes,
    clipPath(clip, frame),
    element(
      "g",
      { "clip-path": `url(#${clip})` },
      ...bands.map((band) => drawBand(band, frame)),
      options.reference === undefined ? "" : drawReference(options.reference, frame),
      ...series.map((line) => drawSeries(line, frame, options)),
    ),
    ...(options.marks ?? []).map((mark) => drawMark(mark, frame)),
    ...(options.rug ?? []).map((x) => {
      const at = frame.x.at(x);
      return element("line", { class: "rug", x1: at, x2: at, y1: frame.bottom - 5, y2: frame.bottom });
    }),
    drawLegend(names.map((name, i) => ({ name, tone: series[i]!.tone, dashed: series[i]!.dashed ?? false }))),
  ];
  return chart(options, 360, frame.height, body.join(""));
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? [low, high] : [0, 1];
}

function clipPath(id: string, { left, right, top, bottom }: Frame): Markup {
  return element(
    "clipPath",
    { id },
    element("rect", { x: left - 6, y: top - 8, width: right - left + 12, height: bottom - top + 9 }),
  );
}

function drawBand({ name, tone, x, low, high, opacity = 0.16 }: Band, frame: Frame): Markup {
  const place = (value: number, i: number) => `${rounded(frame.x.at(x[i]!))},${rounded(frame.y.at(value))}`;
  const points = [...low.map(place), ...high.map(place).reverse()].join(" ");
  return element("polygon", { class: `area tone-${tone}`, points, "fill-opacity": opacity }, tooltip(name));
}

function drawReference({ from, to, name }: NonNullable<LineChartOptions["reference"]>, { x, y }: Frame): Markup {
  const ends = { x1: x.at(from[0]), y1: y.at(from[1]), x2: x.at(to[0]), y2: y.at(to[1]) };
  return element("line", { class: "reference", ...ends }, tooltip(name));
}

function drawSeries(line: LineSeries, frame: Frame, { xLabel, yLabel }: LineChartOptions): Markup {
  const { points, tone, name, dots } = line;
  const places = points.map(([x, y]) => [frame.x.at(x), frame.y.at(y)] as const);
  const d = places
    .map(([x, y], i) =>
      i === 0
        ? `M${rounded(x)} ${rounded(y)}`
        : line.steps === true
          ? `H${rounded(x)}V${rounded(y)}`
          : `L${rounded(x)} ${rounded(y)}`,
    )
    .join("");
  const path = element(
    "path",
    { class: `line tone-${tone}${line.dashed === true ? " dashed" : ""}`, d },
    tooltip(name),
  );
  if (dots === undefined) return path;
  const circles = places.map(([cx, cy], i) => {
    const [x, y] = points[i]!;
    const text = `${name}: ${xLabel} ${formatNumber(x)}, ${yLabel} ${formatNumber(y)}`;
    return element("circle", { class: `dot tone-${tone}`, cx, cy, r: dots(i) }, tooltip(text));
  });
  return path + circles.join("");
}

function drawMark({ x, y, text, tone }: NonNullable<LineChartOptions["marks"]>[number], frame: Frame): Markup {
  const [cx, cy] = [frame.x.at(x), frame.y.at(y)];
  return element("circle", { class: `mark tone-${tone}`, cx, cy, r: 4 }, tooltip(text));
}
