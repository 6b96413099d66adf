/** One line of a LIBSVM file. Used again for every line. */
export interface SparseRow {
  target: string;
  qid: string | undefined;
  readonly indices: number[];
  readonly values: string[];
}

const DECIMAL = /^[-+.0-9eE]+$/;
const WORDS: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["na", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["+inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
]);

/** A number as these files write it; undefined where it is none. */
export function sparseNumber(text: string): number | undefined {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? WORDS.get(text.toLowerCase()) : value;
}

/**
 * Splits a line into `row`. Gives "row", "blank" (nothing, or a comment), or what is wrong with it.
 *
 * @param largest largest index allowed
 */
export function readSparseRow(line: string, row: SparseRow, largest: number): "row" | "blank" | { wrong: string } {
  const comment = line.indexOf("#");
  const parts = (comment < 0 ? line : line.slice(0, comment)).trim().split(/[ \t]+/);
  row.target = parts[0]!;
  row.qid = undefined;
  row.indices.length = 0;
  row.values.length = 0;
  if (row.target === "") return "blank";
  for (let at = 1; at < parts.length; at++) {
    const part = parts[at]!;
    const colon = part.indexOf(":");
    const name = part.slice(0, colon);
    const value = part.slice(colon + 1);
    if (colon < 1) return { wrong: `${shown(part)} instead of index:value` };
    if (name === "qid") {
      if (!/^\d{1,15}$/.test(value)) return { wrong: `the query ${shown(value)} instead of a whole number` };
      row.qid = value;
      continue;
    }
    const index = /^\d{1,9}$/.test(name) ? Number(name) : Number.NaN;
    if (!(index <= largest))
      return { wrong: `the index ${shown(name)} instead of a whole number from 0 to ${largest}` };
    row.indices.push(index);
    row.values.push(value);
  }
  return "row";
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
