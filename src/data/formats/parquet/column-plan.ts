import { type ColumnKind, kindFor } from "../../../core/columns.ts";
import { KaaykoError, suggest } from "../../../core/errors.ts";
import type { OpenOptions } from "../../../core/source.ts";
import type { ColumnLayout, FileLayout } from "./file-layout.ts";

/** A column that was asked for, as what it was asked for. Plain data that threads can be sent. */
export interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly stored: "numbers" | "strings";
  /** Of its numbers. */
  readonly array: "float32" | "float64";
  readonly column: ColumnLayout;
}

/**
 * The columns to read, in the order asked for.
 *
 * @throws KaaykoError of kind `usage` for a column that is not in the file, cannot be read, or is named twice
 */
export function planColumns(layout: FileLayout, options: OpenOptions): ColumnPlan[] {
  const names = options.columns ?? layout.columns.map((column) => column.schema.name);
  for (const name of Object.keys(options.kinds ?? {})) findColumn(layout, name);
  if (new Set(names).size < names.length) {
    throw new KaaykoError({
      action: `read ${layout.path}`,
      rule: "a column may be named only once",
      got: names.find((name, i) => names.indexOf(name) < i) ?? "",
      kind: "usage",
    });
  }
  return names.map((name) => {
    const column = findColumn(layout, name);
    return planColumn(column, kindFor(name, options.kinds) ?? column.schema.kind);
  });
}

function findColumn(layout: FileLayout, name: string): ColumnLayout {
  const column = layout.columns.find((one) => one.schema.name === name);
  if (column !== undefined) return column;
  const unreadable = layout.unreadable.find((one) => one.name === name);
  const near = suggest(
    name,
    layout.columns.map((one) => one.schema.name),
  );
  throw new KaaykoError({
    action: `read ${layout.path}`,
    rule:
      unreadable === undefined ? "the column must be in the file" : `the column cannot be read: ${unreadable.reason}`,
    got: JSON.stringify(name),
    kind: "usage",
    ...(near === undefined ? {} : { remedy: `Did you mean ${JSON.stringify(near)}?` }),
  });
}

function planColumn(column: ColumnLayout, kind: ColumnKind): ColumnPlan {
  const stored = isNumberKind(kind) ? "numbers" : "strings";
  const { name } = column.schema;
  const natural = column.list === undefined ? column.decoding.values : "strings";
  // Dates do not fit float32; numbers that become strings, or that strings become, must be exact.
  const exact = kind === "date" || (natural === "numbers" && stored === "strings");
  const parsed = natural === "strings" && kind === "numeric" ? "float32" : column.array;
  const array = exact ? "float64" : kind === "boolean" ? "float32" : parsed;
  return { name, kind, stored, array, column: column.list === undefined ? { ...column, array } : column };
}

function isNumberKind(kind: ColumnKind): kind is "numeric" | "boolean" | "date" {
  return kind === "numeric" || kind === "boolean" || kind === "date";
}
