import type { FeatureBins } from "./feature-bins.ts";

/** Where a feature lies: the byte of a row, and how its code is got from that byte: `floor(byte / divisor) % codes`. */
export interface FeaturePlace {
  readonly feature: number;
  readonly column: number;
  readonly divisor: number;
  readonly codes: number;
}

/**
 * Cells that large columns leave free behind them. Processors tell a load from the stores before it by the address within a page: were
 * columns 4 KiB apart, the cells of a row whose codes are alike (zeros, missing values) would wait for each other.
 */
const FREE_CELLS = 2;
const LARGE_COLUMN = 32;

export interface ColumnLayout {
  /** Features that can split at all, by column, then by divisor. */
  readonly places: readonly FeaturePlace[];
  /** First cell of each column in a histogram, and the number of cells at the end. Even, so that 16-byte steps stay inside a column. */
  readonly cellOffsets: Uint32Array;
  readonly columns: number;
  /** Bytes of a row. */
  readonly stride: number;
}

/**
 * Lays features out in bytes. Features of few codes share a byte as digits of a mixed radix number: fewer columns to add up, and each
 * one's own histogram is still exact as a marginal sum. That pays only where adding rows costs more than looking through cells.
 *
 * @param join whether features may share bytes
 */
export function layoutColumns(bins: readonly FeatureBins[], join: boolean): ColumnLayout {
  const useful = bins.flatMap(({ codes }, feature) => (codes > 1 ? [feature] : []));
  const order = join ? useful.sort((a, b) => bins[b]!.codes - bins[a]!.codes || a - b) : useful;
  const sizes: number[] = [];
  const places: FeaturePlace[] = [];
  let open: number[] = [];
  for (const feature of order) {
    const { codes } = bins[feature]!;
    let column = join ? open.find((candidate) => sizes[candidate]! * codes <= 256) : undefined;
    if (column === undefined) {
      column = sizes.push(1) - 1;
      open.push(column);
    }
    places.push({ feature, column, divisor: sizes[column]!, codes });
    sizes[column]! *= codes;
    if (open.length > 64 || sizes[column]! > 128)
      open = open.filter((candidate) => sizes[candidate]! <= 128).slice(-64);
  }
  if (sizes.length === 0) sizes.push(1);
  const cellOffsets = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, column) => {
    cellOffsets[column + 1] = cellOffsets[column]! + size + (size & 1) + (size < LARGE_COLUMN ? 0 : FREE_CELLS);
  });
  places.sort((a, b) => a.column - b.column || a.divisor - b.divisor);
  return { places, cellOffsets, columns: sizes.length, stride: Math.ceil(sizes.length / 4) * 4 };
}
