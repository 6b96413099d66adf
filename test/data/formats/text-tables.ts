import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";
import {
  type Column,
  isStringColumn,
  KaaykoError,
  type OpenOptions,
  type TableSource,
} from "../../../src/core/index.ts";

export type Cell = number | string | null;

/** The values of a column, null where missing. */
export function cellsOf(column: Column): Cell[] {
  if (!isStringColumn(column)) return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => (code === 0 ? null : column.dictionary[code - 1]!));
}

/** All columns of a source by name, read batch after batch. */
export async function readAll(source: TableSource, options: OpenOptions = {}): Promise<Record<string, Cell[]>> {
  const reader = await source.open(options);
  const columns = new Map<string, Cell[]>();
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      for (const column of batch.columns) {
        const cells = columns.get(column.name) ?? [];
        columns.set(column.name, cells);
        for (const cell of cellsOf(column)) cells.push(cell);
      }
    }
  } finally {
    await reader.close();
  }
  return Object.fromEntries(columns);
}

/** The message and remedy of the error that something ends with; it must be one of kind `input`. */
export async function inputErrorOf(action: () => Promise<unknown>): Promise<string> {
  const error = await action().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KaaykoError);
  const { kind, message, remedy } = error as KaaykoError;
  expect(kind).toBe("input");
  expect(message).not.toContain("\n");
  expect(remedy).toBeTruthy();
  return `${message}. ${remedy}`;
}

/** A temporary folder for the tests of a file, and a function that puts a file into it. */
export function temporaryFiles(): {
  path: (name: string) => string;
  file: (name: string, bytes: string | Uint8Array) => string;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-text-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    file: (name, bytes) => {
      writeFileSync(path(name), bytes);
      return path(name);
    },
  };
}

const REAL_DATA = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

/** A real file, or undefined where this clone has none beside it; the test is then skipped. */
export function realFile(name: string): string | undefined {
  const path = join(REAL_DATA, name);
  return existsSync(path) ? path : undefined;
}
