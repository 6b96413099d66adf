import { createRequire } from "node:module";
import type CliTable from "cli-table3";
import { paint, type Style, sign } from "./style.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** When the table is too wide, columns with the highest number go first; those without one never go. */
  readonly optional?: number;
}

const GAP = 2;

const require = createRequire(import.meta.url);

/**
 * A table without borders: a header, a rule, rows. Columns that do not fit are left out by their `optional` rank; then the
 * widest column that is aligned left is cut with an ellipsis.
 *
 * @param rows one text a column; cells may be painted, foreign text must have been made `printable`
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  let kept = columns.map((_, index) => index);
  for (;;) {
    const lines = layout(columns, rows, kept, style, null);
    if (widthOf(lines) <= style.width) return finished(lines, style);
    const leaving = worstOptional(columns, kept);
    if (leaving === undefined) break;
    kept = kept.filter((index) => index !== leaving);
  }
  return finished(layout(columns, rows, kept, style, shrunkWidths(columns, rows, kept, style)), style);
}

function worstOptional(columns: readonly TableColumn[], kept: readonly number[]): number | undefined {
  return kept
    .filter((index) => columns[index]!.optional !== undefined)
    .sort((a, b) => columns[b]!.optional! - columns[a]!.optional! || b - a)[0];
}

function layout(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  kept: readonly number[],
  style: Style,
  widths: number[] | null,
): string[] {
  // Loaded behind the first line that a command prints: it takes as long as all of them.
  const Table = require("cli-table3") as typeof CliTable;
  const rule = sign(style, "─", "-");
  const table = new Table({
    head: kept.map((index) => columns[index]!.title),
    colAligns: kept.map((index) => columns[index]!.align ?? "left"),
    ...(widths === null ? {} : { colWidths: widths }),
    truncate: sign(style, "…", "~"),
    style: { head: [], border: [], "padding-left": 0, "padding-right": GAP },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: rule,
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
  for (const row of rows) table.push(kept.map((index) => row[index] ?? ""));
  const lines = table.toString().split("\n");
  return lines.filter((_line, index) => index <= 1 || index % 2 === 0);
}

/** The rule is exactly as wide as the table, whatever widths the characters in the cells have. */
function widthOf(lines: readonly string[]): number {
  return (lines[1]?.length ?? 0) - GAP;
}

function shrunkWidths(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  kept: readonly number[],
  style: Style,
): number[] {
  const widths = kept.map((index) => widthOf(layout(columns, rows, [index], style, null)) + GAP);
  const excess = widths.reduce((sum, width) => sum + width, 0) - GAP - style.width;
  const flexible = kept
    .map((index, at) => ((columns[index]!.align ?? "left") === "left" ? at : -1))
    .filter((at) => at >= 0);
  const widest = (flexible.length > 0 ? flexible : [0]).sort((a, b) => widths[b]! - widths[a]!)[0]!;
  widths[widest] = Math.max(6, widths[widest]! - Math.max(0, excess));
  return widths;
}

function finished(lines: readonly string[], style: Style): string {
  return lines
    .map((line, index) => {
      const text = index === 1 ? line.slice(0, -GAP) : line.trimEnd();
      return index === 0 ? paint(style, "bold", text) : index === 1 ? paint(style, "dim", text) : text;
    })
    .join("\n");
}
