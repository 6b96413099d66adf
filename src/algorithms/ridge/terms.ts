import { type FeatureColumn, type FeatureSpec, KaaykoError } from "../../core/index.ts";

/** Where the coefficients of a feature are: one of a number, one a category. */
export interface Term {
  readonly first: number;
  readonly count: number;
  /** Of numbers: what is taken off, and what they are divided by; 0 for one that does not vary. */
  readonly mean: number;
  readonly std: number;
}

/** More would take longer than any other algorithm: squares of this are summed. */
const MOST_COEFFICIENTS = 2000;

/** @throws KaaykoError (input) where there are too many categories */
export function planTerms(features: readonly FeatureSpec[]): { terms: Term[]; width: number } {
  let first = 0;
  const terms = features.map(({ kind, cardinality, mean, std }): Term => {
    const count = kind === "numeric" ? 1 : cardinality;
    first += count;
    return { first: first - count, count, mean, std };
  });
  if (first <= MOST_COEFFICIENTS) return { terms, width: first };
  throw new KaaykoError({
    action: "train ridge",
    rule: `all categories and numbers together may be ${MOST_COEFFICIENTS}`,
    got: String(first),
    remedy: "Leave columns of many categories out with --ignore.",
    kind: "input",
  });
}

/** The coefficient that counts for a row and its multiplier; null for a value that is missing: the mean. */
export function entryOf(
  term: Term,
  column: FeatureColumn,
  row: number,
): readonly [place: number, value: number] | null {
  if (column.kind === "categorical") {
    const code = column.codes[row]!;
    return code === 0 || code > term.count ? null : [term.first + code - 1, 1];
  }
  const value = column.values[row]!;
  return Number.isNaN(value) || term.std === 0 ? null : [term.first, (value - term.mean) / term.std];
}
