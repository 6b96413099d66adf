import type { RegressionSummary } from "../core/index.ts";
import { formatNumber } from "./format.ts";
import { type Style, sign } from "./style.ts";

const SHADES = [" ", "·", "░", "▒", "▓", "█"];
const ASCII_SHADES = [" ", ".", ":", "+", "*", "#"];

/** Predicted (to the right) against actual values (upwards): the darker, the more rows. Two bins in height share a cell. */
export function renderDensityText({ density }: RegressionSummary, style: Style): string {
  const { bins, cells, low, high } = density;
  const rows = Math.ceil(bins / 2);
  const counts = new Float64Array(rows * bins);
  for (const [predicted, actual, count] of cells) counts[Math.floor(actual / 2) * bins + predicted]! += count;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const shades = style.unicode ? SHADES : ASCII_SHADES;
  const shade = (count: number): string =>
    shades[count === 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(count / most) * (shades.length - 1)))]!;
  const labels = [formatNumber(high), formatNumber(low)] as const;
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = Array.from({ length: rows }, (_, i) => {
    const row = rows - 1 - i;
    const label = i === 0 ? labels[0] : i === rows - 1 ? labels[1] : "";
    const line = Array.from(counts.subarray(row * bins, (row + 1) * bins), shade).join("");
    return `${label.padStart(margin)} ${sign(style, "┤", "|")}${line}`.trimEnd();
  });
  const axis = `${" ".repeat(margin)} ${sign(style, "└", "+")}${sign(style, "─", "-").repeat(bins)}`;
  const ends = `${" ".repeat(margin + 2)}${labels[1]}${labels[0].padStart(Math.max(1, bins - labels[1].length))}`;
  return [...lines, axis, ends].join("\n");
}
