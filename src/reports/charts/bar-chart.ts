import { type ChartText, chart, element, label, type Markup, shortened, tooltip } from "./svg.ts";

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The value for a person. */
  readonly text: string;
  /** Half the length of the sign for its uncertainty. Default none. */
  readonly spread?: number;
  /** Colour, from 1 to 6; 0 is grey. Default 1. */
  readonly tone?: number;
}

const WIDTH = 360;
const ROW = 22;
const NAME_WIDTH = 148;
/** Of a character of a value, at most. */
const LETTER = 6.9;

/** Bars side by side, one a line, from zero; values under zero go to the left. */
export function renderBarChart(text: ChartText, bars: readonly Bar[]): Markup {
  const low = Math.min(0, ...bars.map(({ value, spread = 0 }) => value - spread));
  const high = Math.max(1e-300, ...bars.map(({ value, spread = 0 }) => value + spread));
  const left = NAME_WIDTH + 8;
  const longest = Math.max(...bars.map(({ text }) => text.length));
  const scale = (WIDTH - left - 10 - LETTER * longest) / (high - low);
  const at = (value: number): number => left + (value - low) * scale;
  const rows = bars.map((bar, i) => drawBar(bar, 4 + i * ROW, at));
  const height = bars.length * ROW + 8;
  const zero = element("line", { class: "axis", x1: at(0), x2: at(0), y1: 2, y2: height - 2 });
  return chart(text, WIDTH, height, rows.join("") + zero);
}

function drawBar({ name, value, text, spread, tone = 1 }: Bar, y: number, at: (value: number) => number): Markup {
  const middle = y + ROW / 2;
  const [from, to] = value < 0 ? [at(value), at(0)] : [at(0), at(value)];
  const whisker =
    spread === undefined || spread === 0
      ? ""
      : element("line", { class: "whisker", x1: at(value - spread), x2: at(value + spread), y1: middle, y2: middle });
  return element(
    "g",
    {},
    tooltip(`${name}: ${text}`),
    label(NAME_WIDTH, middle + 4, shortened(name, 24), { class: "name", "text-anchor": "end" }),
    element("rect", {
      class: `bar tone-${tone}`,
      x: from,
      y: y + 4,
      width: Math.max(0.5, to - from),
      height: ROW - 8,
      rx: 2,
    }),
    whisker,
    label(at(Math.max(0, value + (spread ?? 0))) + 6, middle + 4, text, { class: "value" }),
  );
}
