import type { ColumnSchema } from "../../../core/index.ts";
import { needsDouble } from "../text/index.ts";
import { type ScannedFile, scanLines } from "../text/scan-lines.ts";
import { readSparseRow, type SparseRow, sparseNumber } from "./sparse-row.ts";

/** Features are columns, so their number is bounded: hashed features in the millions need another kind of model. */
export const MAX_FEATURES = 1_000_000;
export const TARGET = -1;
export const QUERY = -2;

/** What one pass over the file tells. */
export interface LibsvmScan extends ScannedFile {
  readonly rows: number;
  readonly hasQuery: boolean;
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Columns with numbers that float32 would merge. */
  readonly wide: ReadonlySet<number>;
}

export async function scanLibsvm(path: string): Promise<LibsvmScan> {
  const row: SparseRow = { target: "", qid: undefined, indices: [], values: [] };
  const found = { hasQuery: false, firstIndex: 1, lastIndex: 0, wide: new Set<number>() };
  const rule = {
    rule: "every row must read: target index:value …",
    remedy: "Mend that row, or check that this is a LIBSVM file.",
  };
  const scanned = await scanLines(path, rule, (line) => {
    const outcome = readSparseRow(line, row, MAX_FEATURES);
    if (outcome === "blank") return false;
    return (outcome === "row" ? noteRow(row, found) : outcome.wrong) ?? true;
  });
  return { ...scanned, ...found };
}

interface Found {
  hasQuery: boolean;
  firstIndex: number;
  lastIndex: number;
  readonly wide: Set<number>;
}

/** Adds a row to what was found; what is wrong with it, or undefined. */
function noteRow(row: SparseRow, found: Found): string | undefined {
  const target = sparseNumber(row.target);
  if (target === undefined) return `the target ${JSON.stringify(row.target.slice(0, 40))} instead of a number`;
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
