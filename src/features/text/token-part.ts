import type { StringColumn, TokenPart } from "../../core/index.ts";
import { PieceSplitter } from "./piece-splitter.ts";
import { newBuffer, raggedRows } from "./ragged-rows.ts";

/** The name of the part that a text column becomes. */
export const tokenPartName = (column: string): string => `${column}.tokens`;

/** Makes what turns a text column into sequences of tokens: 1 for the first piece; 0 for what no piece fits. */
export function createTokenEncoder(column: string, pieces: readonly string[]) {
  const splitter = new PieceSplitter(pieces);
  const make = { row: (text: string) => splitter.split(text), size: (ids: readonly number[]) => ids.length };
  return (texts: StringColumn, rows: number, shared: boolean): TokenPart => {
    const { offsets, each } = raggedRows(texts, rows, shared, make);
    const ids = new Uint32Array(newBuffer(4 * offsets[rows]!, shared));
    each((row, start) => ids.set(row, start));
    return { kind: "tokens", name: tokenPartName(column), vocabulary: pieces.length + 1, offsets, ids };
  };
}
