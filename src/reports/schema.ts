import { formatCount, formatNumber, formatShare } from "./format.ts";
import { paint, printable, type Style } from "./style.ts";
import { renderTable, type TableColumn } from "./table.ts";

/** What is known of a column. Only name and kind are always there. */
export interface SchemaRow {
  readonly name: string;
  /** "numeric", "categorical", "boolean", "date", "text", or "unreadable". */
  readonly kind: string;
  /** "target", "weight", "ignored": shown where it is not a plain feature. */
  readonly role?: string;
  /** Share of rows in which it is missing. */
  readonly missing?: number;
  /** Different values that were seen. */
  readonly distinct?: number;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly mean?: number | null;
  /** A few values as text. */
  readonly examples?: readonly string[];
  /** Why it cannot be read, or what was noticed. */
  readonly note?: string;
}

type Cell = { readonly column: TableColumn; readonly text: (row: SchemaRow, style: Style) => string };

const CELLS: readonly Cell[] = [
  { column: { title: "column" }, text: (row) => printable(row.name) },
  {
    column: { title: "kind" },
    text: (row, style) => (row.kind === "unreadable" ? paint(style, "red", row.kind) : row.kind),
  },
  { column: { title: "role", optional: 2 }, text: (row, style) => paint(style, "cyan", row.role ?? "") },
  {
    column: { title: "missing", align: "right" },
    text: (row, style) =>
      row.missing === undefined ? "" : row.missing === 0 ? paint(style, "dim", "0 %") : formatShare(row.missing),
  },
  {
    column: { title: "distinct", align: "right", optional: 4 },
    text: (row) => (row.distinct === undefined ? "" : formatCount(row.distinct)),
  },
  { column: { title: "min", align: "right", optional: 3 }, text: (row) => numeric(row.min) },
  { column: { title: "mean", align: "right", optional: 5 }, text: (row) => numeric(row.mean) },
  { column: { title: "max", align: "right", optional: 3 }, text: (row) => numeric(row.max) },
  { column: { title: "for example", optional: 6 }, text: (row) => examples(row) },
];

/** The columns of a table, one a line. Facts that no column has get no heading. */
export function renderSchema(rows: readonly SchemaRow[], style: Style): string {
  const used = CELLS.filter((cell, index) => index < 2 || rows.some((row) => cell.text(row, style) !== ""));
  const table = renderTable(
    used.map((cell) => cell.column),
    rows.map((row) => used.map((cell) => cell.text(row, style))),
    style,
  );
  const notes = rows
    .filter((row) => row.note !== undefined)
    .map((row) => paint(style, "yellow", `${printable(row.name)}: ${printable(row.note!)}`));
  return [table, ...notes].join("\n");
}

function numeric(value: number | null | undefined): string {
  return value === undefined || value === null ? "" : formatNumber(value);
}

function examples(row: SchemaRow): string {
  const text = (row.examples ?? []).map((example) => printable(example)).join(", ");
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
