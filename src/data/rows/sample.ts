import { KaaykoError, rowHash, streamKey } from "../../core/index.ts";
import { hashBorders, isUnder } from "./hash-order.ts";

/** How many rows to use: a number, a share in (0, 1], or at most so many (the named sizes). */
export type SampleSize =
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "share"; readonly share: number }
  | { readonly kind: "atMost"; readonly rows: number };

const NAMED: Readonly<Record<string, number>> = { small: 100_000, medium: 500_000, large: Infinity, all: Infinity };

/**
 * Reads `small` (100,000), `medium` (500,000), `large` and `all` (every row), a number of rows, or a share such as `5%`.
 *
 * @throws KaaykoError (usage) for anything else, and for 0
 */
export function parseSampleSize(text: string): SampleSize {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(NAMED, word)) return { kind: "atMost", rows: NAMED[word]! };
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(word);
  if (share !== null && Number(share[1]) > 0 && Number(share[1]) <= 100)
    return { kind: "share", share: Number(share[1]) / 100 };
  const rows = /^\d[\d_,]*(?:e\d{1,2})?$/.test(word) ? Number(word.replace(/[_,]/g, "")) : Number.NaN;
  if (share === null && Number.isSafeInteger(rows) && rows > 0) return { kind: "rows", rows };
  throw new KaaykoError({
    action: "choose the rows",
    rule: "--sample-size must be small, medium, large, all, a number over 0, or a share up to 100%",
    got: JSON.stringify(text),
    remedy: "For example --sample-size 10%, 5000 or all.",
    kind: "usage",
  });
}

/**
 * Rows that a sample size means for a table.
 *
 * @throws KaaykoError (usage) where more rows are asked for than there are
 */
export function sampleRowCount(size: SampleSize, rows: number): number {
  if (size.kind === "atMost") return Math.min(size.rows, rows);
  if (size.kind === "share") return Math.min(rows, Math.max(1, Math.round(size.share * rows)));
  if (size.rows <= rows) return size.rows;
  throw new KaaykoError({
    action: "choose the rows",
    rule: `--sample-size must be at most the table's ${rows.toLocaleString("en-US")} rows`,
    got: size.rows.toLocaleString("en-US"),
    remedy: "Use --sample-size all for every row.",
    kind: "usage",
  });
}

/** A sample of a table's rows. */
export interface RowSample {
  /** Rows in the table. */
  readonly of: number;
  /** Rows in the sample. */
  readonly rows: number;
  has(row: number): boolean;
}

/**
 * The rows with the smallest hashes of seed and row number, exactly `rows` of them, ties by row number: the rows of a
 * smaller sample are rows of every larger one of the same seed. Needs memory for none of them.
 */
export function sampleRows(of: number, rows: number, seed: number): RowSample {
  if (rows >= of) return { of, rows: of, has: (row) => row >= 0 && row < of };
  const key = streamKey(seed, "sample");
  const border = hashBorders({ key, rows: of }, [[rows]])[0]![0]!;
  return { of, rows, has: (row) => isUnder(border, rowHash(key, row), row) };
}
