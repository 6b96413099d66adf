import { log } from "../../core/index.ts";
import type { SparseMatrix } from "../../kernels/linear/index.ts";

/** Rows in which every term is taken to have been seen besides, as often as chance would have it: rare terms say little. */
const PSEUDO_ROWS = 1;
/** How much of a term's scale is the same for all. */
const COMMON = 0.5;

/** Rows, by their weight, and in how many of them each term occurs. */
interface Counts {
  readonly terms: Float64Array;
  readonly rows: number;
}

/** What terms are scaled by. */
export interface TermRows {
  readonly matrix: SparseMatrix;
  /** How many of the first columns are terms of texts. */
  readonly terms: number;
  /** One a row; null for 1 everywhere. */
  readonly weights: Float32Array | null;
  /** 1 or -1 a row, by label. */
  readonly labels: readonly Int8Array[];
}

/**
 * How much each term is to weigh: one half alike, one half by how well it tells labels, which is the logarithm of how much more often its
 * rows are of a label than chance would have it, over that of the other rows (the naive Bayes features of Wang and Manning, "Baselines
 * and bigrams: simple, good sentiment and topic classification", ACL 2012); of several labels the root of the mean square, each by
 * its share of the rows. One scale serves all labels: scaled each by its own, hyperplanes of few rows cannot be compared.
 *
 * @returns one a column, 1 for those that are not terms; rows are as long, on average, as they were
 */
export function termScales({ matrix, terms, weights, labels }: TermRows): Float64Array {
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const all = countTerms(matrix, terms, weightOf);
  const squares = new Float64Array(terms);
  for (const own of labels)
    addRatios(
      squares,
      all,
      countTerms(matrix, terms, (row) => (own[row]! > 0 ? weightOf(row) : 0)),
    );
  const mean = squares.reduce((sum, square) => sum + Math.sqrt(square), 0) / Math.max(1, terms);
  const scales = new Float64Array(matrix.width).fill(1);
  for (let term = 0; term < terms; term++) scales[term] = COMMON * mean + (1 - COMMON) * Math.sqrt(squares[term]!);
  const length = lengthening(matrix, scales, terms);
  // Where no term tells anything they stay alike.
  for (let term = 0; term < terms; term++) scales[term] = length > 0 ? scales[term]! / length : 1;
  return scales;
}

/** Scales the columns of a matrix in place. */
export function scaleColumns({ values, indices }: SparseMatrix, scales: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = values[k]! * scales[indices[k]!]!;
}

function countTerms(
  { rows, offsets, indices }: SparseMatrix,
  terms: number,
  weightOf: (row: number) => number,
): Counts {
  const counts = new Float64Array(terms);
  let all = 0;
  for (let row = 0; row < rows; row++) {
    const weight = weightOf(row);
    if (weight === 0) continue;
    all += weight;
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) if (indices[k]! < terms) counts[indices[k]!]! += weight;
  }
  return { terms: counts, rows: all };
}

function addRatios(squares: Float64Array, all: Counts, own: Counts): void {
  const share = all.rows > 0 ? own.rows / all.rows : 0;
  for (let term = 0; term < squares.length; term++) {
    const [seen, hits] = [all.terms[term]!, own.terms[term]!];
    const above = (hits + PSEUDO_ROWS) / (seen * share + PSEUDO_ROWS);
    const below = (seen - hits + PSEUDO_ROWS) / (seen * (1 - share) + PSEUDO_ROWS);
    squares[term]! += share * log(above / below) ** 2;
  }
}

/** How much longer rows of terms become, as the root of the mean square. */
function lengthening({ indices, values }: SparseMatrix, scales: Float64Array, terms: number): number {
  let [before, after] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    if (indices[k]! >= terms) continue;
    const square = values[k]! * values[k]!;
    before += square;
    after += square * scales[indices[k]!]! ** 2;
  }
  return before > 0 ? Math.sqrt(after / before) : 0;
}
