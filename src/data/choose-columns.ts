import { type ColumnKind, type ColumnSchema, kindFor, type TableSource } from "../core/index.ts";
import { readError } from "./load-problems.ts";
import { missingColumn } from "./missing-column.ts";

/** Which columns of a source are wanted. */
export interface ColumnChoice {
  readonly source: TableSource;
  /** In this order. Default all readable ones. */
  readonly columns?: readonly string[];
  /** Kinds that differ from the source's, by column. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
}

/**
 * The columns that a load reads, with the kinds that it reads them as.
 *
 * @throws KaaykoError where the source has no such column, or none that can be read
 */
export function chooseColumns(readable: readonly ColumnSchema[], request: ColumnChoice): ColumnSchema[] {
  const { source, kinds = {} } = request;
  if (readable.length === 0) throw readError(source.path, "it must have a column that can be read", "none");
  const names = readable.map(({ name }) => name);
  for (const name of [...(request.columns ?? []), ...Object.keys(kinds)])
    if (!names.includes(name)) throw missingColumn(source.path, name, names);
  const chosen = request.columns ?? names;
  return chosen.map((name) => {
    const column = readable.find((candidate) => candidate.name === name)!;
    return { ...column, kind: kindFor(name, kinds) ?? column.kind };
  });
}
