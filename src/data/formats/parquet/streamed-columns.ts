import { type CodeArray, newCodes } from "../../../core/typed-arrays.ts";
import type { FileBytes } from "../file-bytes.ts";
import { createStringCoder } from "../string-coder.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type ColumnReader, openColumn } from "./column-reader.ts";
import type { GroupLayout } from "./file-layout.ts";
import type { NumberArray } from "./number-conversion.ts";
import { reusedBytes, sharedMemory } from "./page-bytes.ts";

/** Memory of a batch's number columns, one buffer a column; undefined for a column of strings. */
export type BatchBuffers = readonly (ArrayBuffer | SharedArrayBuffer | undefined)[];

/** The strings of one column in one batch, with a dictionary of its own: what appears in the batch, in that order. */
export interface StringPart {
  readonly codes: CodeArray;
  readonly dictionary: string[];
}

/** Decodes columns batch by batch, keeping nothing but the page that each column is in. */
export interface StreamedColumns {
  /** Decodes `rows` rows from `row` on: numbers into `buffers`, strings into what it returns. */
  decode(row: number, rows: number, buffers: BatchBuffers): (StringPart | undefined)[];
}

export function openStreamed(
  file: FileBytes,
  groups: readonly GroupLayout[],
  plans: readonly ColumnPlan[],
): StreamedColumns {
  const shared = sharedMemory();
  // A batch ends within pages, so every column keeps the one that it is in.
  const readers = plans.map((plan) => openColumn(file, groups, plan, { ...shared, page: reusedBytes() }));
  let codes = new Uint32Array(0);
  let at = 0;
  return {
    decode(row, rows, buffers) {
      if (row !== at) for (const reader of readers) reader.seek(row);
      at = Number.NaN;
      if (codes.length < rows) codes = new Uint32Array(rows);
      const parts = readers.map((reader, i) => decodePart(reader, rows, buffers[i], codes));
      at = row + rows;
      return parts;
    },
  };
}

function decodePart(
  reader: ColumnReader,
  rows: number,
  buffer: ArrayBuffer | SharedArrayBuffer | undefined,
  scratch: Uint32Array,
): StringPart | undefined {
  if (buffer !== undefined) {
    reader.readNumbers(numbersOver(reader.plan, buffer, rows), 0, rows);
    return undefined;
  }
  const coder = createStringCoder();
  reader.readCodes(scratch, 0, rows, coder);
  const codes = newCodes(rows, coder.dictionary.length);
  codes.set(scratch.subarray(0, rows));
  return { codes, dictionary: coder.dictionary };
}

/** The first rows of a buffer as the array type of the column. */
export function numbersOver(plan: ColumnPlan, buffer: ArrayBuffer | SharedArrayBuffer, rows: number): NumberArray {
  return plan.array === "float64" ? new Float64Array(buffer, 0, rows) : new Float32Array(buffer, 0, rows);
}

/** Bytes of one value of a column of numbers. */
export function numberBytes(plan: ColumnPlan): number {
  return plan.array === "float64" ? 8 : 4;
}
