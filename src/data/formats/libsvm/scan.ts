import type { ColumnSchema } from "../../../core/index.ts";
import { LineCursor, needsDouble } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError, lineOf } from "../text/problems.ts";
import { readSparseRow, type SparseRow, sparseNumber } from "./sparse-row.ts";

/** Features are columns, so their number is bounded: hashed features in the millions need another kind of model. */
export const MAX_FEATURES = 1_000_000;
export const TARGET = -1;
export const QUERY = -2;

/** What one pass over the file tells. */
export interface LibsvmScan {
  readonly bytes: number;
  readonly modified: number;
  /** Byte of the first line, after a byte-order mark. */
  readonly start: number;
  readonly rows: number;
  readonly hasQuery: boolean;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Columns with numbers that float32 would merge. */
  readonly wide: ReadonlySet<number>;
}

export async function scanLibsvm(path: string): Promise<LibsvmScan> {
  const { file, bytes, modified } = await openTextFile(path);
  const mark = Buffer.alloc(3);
  await file.read(mark, 0, 3, 0);
  await file.close();
  const start = mark.toString("hex") === "efbbbf" ? 3 : 0;
  const found = await scanLines(path, start);
  if (found.rows === 0)
    throw inputError(path, "a table must have at least one row", "only blank lines", "Check how it was written.");
  return { bytes, modified, start, ...found };
}

async function scanLines(path: string, start: number) {
  const row: SparseRow = { target: "", qid: undefined, indices: [], values: [] };
  const found = { rows: 0, hasQuery: false, firstIndex: 1, lastIndex: 0, wide: new Set<number>() };
  const cursor = await LineCursor.open(path, start);
  try {
    while (await cursor.fill()) {
      for (;;) {
        const offset = cursor.offset;
        const line = cursor.line();
        if (line === undefined) break;
        const outcome = readSparseRow(line, row, MAX_FEATURES);
        if (outcome === "blank") continue;
        const wrong = outcome === "row" ? noteRow(row, found) : outcome.wrong;
        if (wrong !== undefined)
          throw inputError(
            path,
            "every row must read: target index:value …",
            `${wrong}, in line ${await lineOf(path, offset)}`,
            "Mend that row, or check that this is a LIBSVM file.",
          );
      }
    }
  } finally {
    await cursor.close();
  }
  return found;
}

type Found = Awaited<ReturnType<typeof scanLines>>;

/** Adds a row to what was found; what is wrong with it, or undefined. */
function noteRow(row: SparseRow, found: Found): string | undefined {
  found.rows++;
  const target = sparseNumber(row.target);
  if (target === undefined) return `the target ${JSON.stringify(row.target.slice(0, 40))}, not a number`;
  if (needsDouble(target)) found.wide.add(TARGET);
  if (row.qid !== undefined) {
    found.hasQuery = true;
    if (needsDouble(Number(row.qid))) found.wide.add(QUERY);
  }
  for (let at = 0; at < row.indices.length; at++) {
    const index = row.indices[at]!;
    const value = sparseNumber(row.values[at]!);
    if (value === undefined) return `the value ${JSON.stringify(row.values[at]!.slice(0, 40))} of index ${index}`;
    if (needsDouble(value)) found.wide.add(index);
    if (index === 0) found.firstIndex = 0;
    if (index > found.lastIndex) found.lastIndex = index;
  }
  return undefined;
}

export function describeColumns(scan: LibsvmScan): ColumnSchema[] {
  const names = ["target", ...(scan.hasQuery ? ["qid"] : [])];
  for (let index = scan.firstIndex; index <= scan.lastIndex; index++) names.push(`f${index}`);
  return names.map((name) => ({ name, kind: "numeric", physical: name.startsWith("f") ? "sparse text" : "text" }));
}
