import { type Style, sign } from "./style.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII_LEVELS = ["_", ".", ":", "-", "=", "+", "*", "#"];

/** A bar of at most `width` cells for a share of 1, in eighths of a cell where Unicode is safe. */
export function renderBar(share: number, width: number, style: Style): string {
  const clamped = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0));
  if (!style.unicode) return "#".repeat(Math.round(clamped * width));
  const eighths = Math.round(clamped * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

/** Progress: a filled and an empty part, always `width` cells. */
export function renderProgressBar(share: number, width: number, style: Style): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return sign(style, "━", "=").repeat(filled) + sign(style, "┄", "-").repeat(width - filled);
}

/**
 * A line of values as characters of eight heights, in at most `width` cells; longer series are averaged in equal blocks.
 * Values that are not finite are left out.
 */
export function renderSparkline(values: readonly number[], width: number, style: Style): string {
  const series = condense(values.filter(Number.isFinite), width);
  if (series.length === 0) return "";
  const low = Math.min(...series);
  const span = Math.max(...series) - low;
  const levels = style.unicode ? LEVELS : ASCII_LEVELS;
  return series.map((value) => levels[span === 0 ? 0 : Math.round(((value - low) / span) * 7)]).join("");
}

/** Averages a series into at most `length` values. */
export function condense(values: readonly number[], length: number): number[] {
  if (values.length <= length) return [...values];
  return Array.from({ length }, (_, cell) => {
    const from = Math.floor((cell * values.length) / length);
    const to = Math.floor(((cell + 1) * values.length) / length);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });
}
