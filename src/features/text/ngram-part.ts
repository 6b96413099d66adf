import type { SparsePart, StringColumn } from "../../core/index.ts";
import { TEXT_MEASURES } from "./measures.ts";
import { newBuffer, raggedRows } from "./ragged-rows.ts";
import { type TextRow, TextVectoriser } from "./vectoriser.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The name of the part that a text column becomes. */
export const ngramPartName = (column: string): string => `${column}${SUFFIX}`;
const SUFFIX = ".ngrams";

/** Names of the features that say how the text of such a part is written; none for another part. */
export function measuresBeside(part: string): string[] {
  if (!part.endsWith(SUFFIX)) return [];
  const column = part.slice(0, -SUFFIX.length);
  return TEXT_MEASURES.map((measure) => `${column}.${measure}`);
}

/** Makes what turns a text column into rows of a sparse matrix; a missing text gives an empty row. */
export function createNgramEncoder(column: string, vocabulary: Vocabulary) {
  const vectoriser = new TextVectoriser(vocabulary);
  const make = { row: (text: string) => vectoriser.row(text), size: ({ columns }: TextRow) => columns.length };
  return (texts: StringColumn, rows: number, shared: boolean): SparsePart => {
    const { offsets, each } = raggedRows(texts, rows, shared, make);
    const indices = new Uint32Array(newBuffer(4 * offsets[rows]!, shared));
    const values = new Float32Array(newBuffer(4 * offsets[rows]!, shared));
    each((row, start) => {
      indices.set(row.columns, start);
      values.set(row.values, start);
    });
    return { kind: "sparse", name: ngramPartName(column), width: vocabulary.terms.length, offsets, indices, values };
  };
}
