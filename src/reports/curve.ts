import { condense } from "./bars.ts";
import { formatCount, formatNumber, formatPlural } from "./format.ts";
import type { WatchedSeries } from "./history.ts";
import { type Style, sign } from "./style.ts";

const HEIGHT = 8;

/**
 * A learning curve as a small plot with its scale: first value at the left, last at the right.
 *
 * @param watched values by step, and what they are: "validation rmse"; those that are not finite are left out; nothing is drawn
 *   for fewer than two
 * @param unit what a step is: "tree"
 */
export function renderCurve(watched: WatchedSeries, unit: string, style: Style): string {
  const { name, steps, values } = watched;
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const high = Math.max(...finite);
  const low = Math.min(...finite);
  const labels = [formatNumber(high), formatNumber(low)];
  const margin = Math.max(...labels.map((label) => label.length));
  const columns = condense(finite, Math.max(10, Math.min(70, style.width - margin - 3)));
  const level = columns.map((value) =>
    high === low ? 0 : Math.round(((value - low) / (high - low)) * (HEIGHT * 2 - 1)),
  );
  const rows = Array.from({ length: HEIGHT }, (_, index) => {
    const row = HEIGHT - 1 - index;
    const label = index === 0 ? labels[0]! : index === HEIGHT - 1 ? labels[1]! : "";
    const cells = level.map((at) => (Math.floor(at / 2) !== row ? " " : dot(at % 2 === 1, style)));
    return `${label.padStart(margin)} ${sign(style, "┤", "|")}${cells.join("")}`.trimEnd();
  });
  const best = steps[values.indexOf(low)]!;
  const from = formatCount(steps[0]!);
  const to = formatPlural(steps.at(-1)!, unit);
  const axis = `${" ".repeat(margin)} ${sign(style, "└", "+")}${sign(style, "─", "-").repeat(columns.length)}`;
  const ends = `${from} ${to.padStart(Math.max(0, columns.length - from.length - 1))}`;
  return [
    `${name} (lowest ${formatNumber(low)} at ${unit} ${formatCount(best)})`,
    ...rows,
    axis,
    `${" ".repeat(margin + 2)}${ends}`,
  ].join("\n");
}

function dot(upper: boolean, style: Style): string {
  return style.unicode ? (upper ? "▀" : "▄") : upper ? "'" : ".";
}
