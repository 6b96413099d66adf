import { readFileSync } from "node:fs";
import { type Batch, type Column, type ColumnKind, isStringColumn } from "../../../src/core/columns.ts";
import type { OpenOptions, TableSource } from "../../../src/core/source.ts";

export type Cell = number | string | null;

/** A table as cells: missing is null, infinities are words, as JSON says them. */
export type Cells = Record<string, { kind: ColumnKind; values: Cell[] }>;

export interface Expected {
  readonly rows: number;
  readonly columns: Cells;
  readonly unreadable: readonly string[];
}

export function readExpected(path: string | URL): Expected {
  return JSON.parse(readFileSync(path, "utf8")) as Expected;
}

export function cellsOf(column: Column): Cell[] {
  if (isStringColumn(column))
    return Array.from(column.codes, (code) => (code === 0 ? null : column.dictionary[code - 1]!));
  return Array.from(column.values, numberCell);
}

function numberCell(value: number): Cell {
  if (Number.isNaN(value)) return null;
  return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
}

/** Everything that a source gives under some options. */
export async function readCells(source: TableSource, options: OpenOptions = {}): Promise<Cells> {
  const cells: Cells = {};
  await eachBatch(source, options, (batch) => {
    for (const column of batch.columns) {
      cells[column.name] ??= { kind: column.kind, values: [] };
      const { values } = cells[column.name]!;
      for (const cell of cellsOf(column)) values.push(cell);
    }
  });
  return cells;
}

export async function eachBatch(
  source: TableSource,
  options: OpenOptions,
  visit: (batch: Batch) => void,
): Promise<void> {
  const reader = await source.open(options);
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) visit(batch);
  } finally {
    await reader.close();
  }
}

/** The same cells with numbers as float32 holds them. */
export function rounded(cells: Cells): Cells {
  return Object.fromEntries(
    Object.entries(cells).map(([name, { kind, values }]) => [
      name,
      { kind, values: values.map((cell) => (typeof cell === "number" ? numberCell(Math.fround(cell)) : cell)) },
    ]),
  );
}
