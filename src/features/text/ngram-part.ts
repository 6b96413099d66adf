import type { SparsePart, StringColumn } from "../../core/index.ts";
import { type TextRow, TextVectoriser } from "./vectoriser.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The name of the part that a text column becomes. */
export const ngramPartName = (column: string): string => `${column}.ngrams`;

/** Makes what turns a text column into rows of a sparse matrix; a missing text gives an empty row. */
export function createNgramEncoder(column: string, vocabulary: Vocabulary) {
  const vectoriser = new TextVectoriser(vocabulary);
  return ({ codes, dictionary }: StringColumn, rows: number, shared: boolean): SparsePart => {
    const texts = new Map<number, TextRow>();
    const offsets = new Uint32Array(newBuffer(4 * (rows + 1), shared));
    for (let i = 0; i < rows; i++) {
      const code = codes[i]!;
      if (code !== 0 && !texts.has(code)) texts.set(code, vectoriser.row(dictionary[code - 1]!));
      offsets[i + 1] = offsets[i]! + (texts.get(code)?.columns.length ?? 0);
    }
    const indices = new Uint32Array(newBuffer(4 * offsets[rows]!, shared));
    const values = new Float32Array(newBuffer(4 * offsets[rows]!, shared));
    for (let i = 0; i < rows; i++) {
      const row = texts.get(codes[i]!);
      if (row === undefined) continue;
      indices.set(row.columns, offsets[i]);
      values.set(row.values, offsets[i]);
    }
    return { kind: "sparse", name: ngramPartName(column), width: vocabulary.terms.length, offsets, indices, values };
  };
}

function newBuffer(bytes: number, shared: boolean): ArrayBuffer | SharedArrayBuffer {
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
