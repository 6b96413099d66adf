import { formatNumber } from "../format.ts";
import { linearScale } from "./scale.ts";
import { type ChartText, chart, element, label, type Markup, shortened, tooltip } from "./svg.ts";

export interface RangeRow {
  readonly name: string;
  /** One or several dots, each in its tone. */
  readonly dots: readonly {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly tone: number;
    readonly name: string;
  }[];
}

export interface RangeChartOptions extends ChartText {
  readonly valueLabel: string;
  readonly rows: readonly RangeRow[];
  readonly format?: (value: number) => string;
}

const LEFT = 112;
const ROW = 22;

/** A dot and a range for each of several names: partial dependence on categories. */
export function renderRangeChart(options: RangeChartOptions): Markup {
  const all = options.rows.flatMap(({ dots }) => dots.flatMap(({ low, high, value }) => [low, high, value]));
  const scale = linearScale([Math.min(...all), Math.max(...all)], [LEFT, 348], 4, { nice: true });
  const bottom = 6 + options.rows.length * ROW;
  const format = options.format ?? scale.format;
  const ticks = scale.ticks.map((tick) => {
    const x = scale.at(tick);
    const text = label(x, bottom + 15, format(tick), { class: "tick", "text-anchor": "middle" });
    return element("line", { class: "grid", x1: x, x2: x, y1: 4, y2: bottom }) + text;
  });
  const rows = options.rows.map(({ name, dots }, i) => {
    const y = 6 + (i + 0.5) * ROW;
    const marks = dots.map((dot) => {
      const text = `${name}${dot.name === "" ? "" : `, ${dot.name}`}: ${formatNumber(dot.value)} (${formatNumber(dot.low)} to ${formatNumber(dot.high)})`;
      const range = { x1: scale.at(dot.low), x2: scale.at(dot.high), y1: y, y2: y };
      return element(
        "g",
        {},
        tooltip(text),
        dots.length === 1 ? element("line", { class: `range tone-${dot.tone}`, ...range }) : "",
        element("circle", { class: `dot tone-${dot.tone}`, cx: scale.at(dot.value), cy: y, r: 4.5 }),
      );
    });
    return label(LEFT - 8, y + 4, shortened(name, 16), { class: "name", "text-anchor": "end" }) + marks.join("");
  });
  const name = label((LEFT + 348) / 2, bottom + 32, options.valueLabel, {
    class: "axis-name",
    "text-anchor": "middle",
  });
  return chart(options, 360, bottom + 40, [...ticks, ...rows, name].join(""));
}
