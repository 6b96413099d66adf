const BLOCK_ROWS = 4096;

/**
 * A weighted sum over rows, taken in blocks of 4,096 rows that start at the first row ever added: the result depends on the
 * rows and their order only, not on how callers cut them. Plain data: `[total, sum of the open block, rows in the open block]`.
 * Float64, because billions of float32 terms would lose the small ones.
 */
export type BlockSum = [total: number, open: number, rows: number];

export function newBlockSum(): BlockSum {
  return [0, 0, 0];
}

/** Adds the term of the next row. */
export function addTerm(sum: BlockSum, term: number): void {
  sum[1] += term;
  if (++sum[2] === BLOCK_ROWS) {
    sum[0] += sum[1];
    sum[1] = 0;
    sum[2] = 0;
  }
}

export function sumOf(sum: BlockSum): number {
  return sum[0] + sum[1];
}
