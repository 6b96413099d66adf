/**
 * Rows of a batch where none are given: about a hundred updates an epoch, in batches that stay efficient. The power of two under
 * rows / 100, from 32 to `most`.
 */
export function adaptiveBatch(rows: number, most: number): number {
  return Math.min(most, Math.max(32, 2 ** Math.floor(Math.log2(Math.max(1, rows / 100)))));
}
