import { type Batch, type Column, isStringColumn, KaaykoError } from "../core/index.ts";

/** Watches a table grow in memory: its strings are known only when they are read. */
export class MemoryGuard {
  readonly #maxBytes: number;
  #textBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Refuses before memory runs out.
   *
   * @param kept rows kept so far, with those of this batch
   * @param all rows to be kept in all
   * @throws KaaykoError (input) with the sample size that would fit
   */
  check(batch: Batch, kept: number, all: number): void {
    if (kept === 0) return;
    this.#textBytes = Math.max(this.#textBytes, dictionaryBytes(batch));
    const cell = (column: Column) => (isStringColumn(column) ? column.codes : column.values).BYTES_PER_ELEMENT;
    const bytes = kept * batch.columns.reduce((sum, column) => sum + cell(column), 0) + this.#textBytes;
    if (bytes <= this.#maxBytes) return;
    const fitting = Math.max(1, Math.floor((kept * this.#maxBytes * 0.9) / bytes));
    throw new KaaykoError({
      action: "load the table",
      rule: `it must fit ${Math.round(this.#maxBytes / 1e6)} MB`,
      got: `${Math.round(bytes / 1e6)} MB after ${kept.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} rows`,
      remedy: `Use --sample-size ${fitting}, or a larger --max-memory.`,
      kind: "input",
    });
  }
}

/** Bytes of the strings of a batch's dictionaries, roughly: counted by the longest and the first hundred. */
function dictionaryBytes(batch: Batch): number {
  return batch.columns.reduce((sum, column) => {
    if (!isStringColumn(column)) return sum;
    const some = column.dictionary.slice(-100);
    const length = some.reduce((total, text) => total + text.length, 0) / Math.max(1, some.length);
    return sum + column.dictionary.length * (2 * length + 48);
  }, 0);
}
