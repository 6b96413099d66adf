import { linearScale, type Scale } from "./scale.ts";
import { element, label, type Markup } from "./svg.ts";

/** Width in which charts are drawn: that of a column of the page and of a phone. */
export const CHART_WIDTH = 360;
export const CHART_HEIGHT = 236;

const MARGIN = { left: 57, right: 12, top: 12, bottom: 40 };

export interface FrameOptions {
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Text of the ticks, where it is not the number itself. */
  readonly xFormat?: (value: number) => string;
  readonly yFormat?: (value: number) => string;
  readonly nice?: boolean;
  /** Ticks at whole numbers only. Default false. */
  readonly xWhole?: boolean;
  readonly yWhole?: boolean;
  readonly height?: number;
  /** Above the plot, for a legend. Default 0. */
  readonly headroom?: number;
  /** Draw both axes with the same length, so that a diagonal is one. Default false. */
  readonly square?: boolean;
}

/** The place of a plot, with its axes drawn. */
export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly height: number;
  readonly axes: Markup;
}

/** Lays out a plot: scales, grid lines, ticks and the names of the axes. */
export function plotFrame(options: FrameOptions): Frame {
  const { headroom = 0, square = false, nice = true } = options;
  const top = MARGIN.top + headroom;
  const side = CHART_WIDTH - MARGIN.left - MARGIN.right;
  const height = square ? top + 250 + MARGIN.bottom : (options.height ?? CHART_HEIGHT + headroom);
  const bottom = height - MARGIN.bottom;
  const left = MARGIN.left;
  const right = square ? left + 250 + (side - 250) / 2 : CHART_WIDTH - MARGIN.right;
  const x = linearScale(options.xDomain, [left, right], 5, { whole: options.xWhole ?? false });
  const y = linearScale(options.yDomain, [bottom, top], 5, { nice, whole: options.yWhole ?? false });
  const frame = { x, y, left, right, top, bottom, height };
  return { ...frame, axes: drawAxes(frame, options) };
}

function drawAxes({ x, y, left, right, top, bottom }: Omit<Frame, "axes">, options: FrameOptions): Markup {
  const { xFormat = x.format, yFormat = y.format, xLabel, yLabel } = options;
  const rows = y.ticks.map((tick) => {
    const at = y.at(tick);
    return (
      element("line", { class: "grid", x1: left, x2: right, y1: at, y2: at }) +
      label(left - 7, at + 3.5, yFormat(tick), { class: "tick", "text-anchor": "end" })
    );
  });
  const columns = x.ticks.map((tick) => {
    const at = x.at(tick);
    return (
      element("line", { class: "axis", x1: at, x2: at, y1: bottom, y2: bottom + 4 }) +
      label(at, bottom + 15, xFormat(tick), { class: "tick", "text-anchor": "middle" })
    );
  });
  const middle = (top + bottom) / 2;
  return [
    ...rows,
    ...columns,
    element("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    label((left + right) / 2, bottom + 32, xLabel, { class: "axis-name", "text-anchor": "middle" }),
    label(11, middle, yLabel, { class: "axis-name", "text-anchor": "middle", transform: `rotate(-90 11 ${middle})` }),
  ].join("");
}

/** Names and signs of series, in a row above the plot. */
export function drawLegend(
  items: readonly { readonly name: string; readonly tone: number; readonly dashed?: boolean }[],
): Markup {
  let x = MARGIN.left;
  let y = 12;
  return items
    .map(({ name, tone, dashed }) => {
      const width = 26 + 6.1 * [...name].length;
      if (x > MARGIN.left && x + width > CHART_WIDTH) {
        x = MARGIN.left;
        y += 15;
      }
      const at = x;
      x += width + 8;
      return (
        element("line", {
          class: `line tone-${tone}${dashed === true ? " dashed" : ""}`,
          x1: at,
          x2: at + 16,
          y1: y - 4,
          y2: y - 4,
        }) + label(at + 21, y, name, { class: "legend" })
      );
    })
    .join("");
}

/** How much room `drawLegend` takes. */
export function legendHeight(names: readonly string[]): number {
  if (names.length === 0) return 0;
  let x = MARGIN.left;
  let rows = 1;
  for (const name of names) {
    const width = 26 + 6.1 * [...name].length;
    if (x > MARGIN.left && x + width > CHART_WIDTH) {
      x = MARGIN.left;
      rows++;
    }
    x += width + 8;
  }
  return 4 + 15 * rows;
}
