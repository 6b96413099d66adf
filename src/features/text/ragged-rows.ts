import type { StringColumn } from "../../core/index.ts";

/** Rows of different lengths, made from the texts of a column: each different text is worked on once. */
export interface RaggedRows<R> {
  /** One more than there are rows. */
  readonly offsets: Uint32Array;
  /** Calls `visit` with every row that has a text, and where its numbers begin. */
  each(visit: (row: R, start: number) => void): void;
}

/** @param make what becomes of a text, and how many numbers it is; a missing text is an empty row */
export function raggedRows<R>(
  { codes, dictionary }: StringColumn,
  rows: number,
  shared: boolean,
  make: { readonly row: (text: string) => R; readonly size: (row: R) => number },
): RaggedRows<R> {
  const made = new Map<number, R>();
  const offsets = new Uint32Array(newBuffer(4 * (rows + 1), shared));
  for (let i = 0; i < rows; i++) {
    const code = codes[i]!;
    if (code !== 0 && !made.has(code)) made.set(code, make.row(dictionary[code - 1]!));
    offsets[i + 1] = offsets[i]! + (code === 0 ? 0 : make.size(made.get(code)!));
  }
  return {
    offsets,
    each(visit) {
      for (let i = 0; i < rows; i++) {
        const row = made.get(codes[i]!);
        if (row !== undefined) visit(row, offsets[i]!);
      }
    },
  };
}

/** Memory for the numbers of a part; shared where threads read it. */
export function newBuffer(bytes: number, shared: boolean): ArrayBuffer | SharedArrayBuffer {
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
