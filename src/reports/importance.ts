import { renderBar } from "./bars.ts";
import type { ImportanceItem } from "./document.ts";
import { formatPlural, formatShare } from "./format.ts";
import { paint, printable, type Style } from "./style.ts";

/**
 * Features by importance, as bars: the longest is the most important.
 *
 * @param limit how many are shown; the rest is one line. Default 10.
 */
export function renderImportance(items: readonly ImportanceItem[], style: Style, limit = 10): string {
  const sorted = [...items].sort((a, b) => b.share - a.share);
  const shown = sorted.slice(0, limit);
  if (shown.length === 0) return "";
  const names = shown.map((item) => printable(item.feature));
  const nameWidth = Math.min(Math.max(...names.map((name) => name.length)), Math.floor(style.width / 2));
  const barWidth = Math.max(4, Math.min(40, style.width - nameWidth - 12));
  const top = shown[0]!.share || 1;
  const lines = shown.map((item, index) => {
    const name = names[index]!;
    const label = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name.padEnd(nameWidth);
    const bar = renderBar(item.share / top, barWidth, style);
    return `${label}  ${formatShare(item.share).padStart(7)}  ${paint(style, "cyan", bar)}`;
  });
  const rest = sorted.slice(limit);
  if (rest.length > 0) {
    const share = rest.reduce((sum, item) => sum + item.share, 0);
    lines.push(
      paint(style, "dim", `and ${formatPlural(rest.length, "more feature")} with ${formatShare(share)} together`),
    );
  }
  return lines.join("\n");
}
