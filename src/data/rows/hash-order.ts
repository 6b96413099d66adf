import { rowHash } from "../../core/index.ts";

/** Rows in the order of a hash, by stratum. */
export interface HashOrder {
  readonly key: readonly [number, number];
  /** Places of rows, 0 to `rows` - 1. */
  readonly rows: number;
  /** The row number that is hashed; default the place itself. */
  readonly rowNumbers?: ArrayLike<number> | null;
  /** Number of strata; default 1. */
  readonly strata?: number;
  /** The stratum of a place, or -1 where it takes no part; default 0. */
  readonly stratumOf?: (place: number) => number;
}

/** Where a part of the order ends: pairs (hash, row) under it belong to the part. */
export interface HashBorder {
  readonly hash: number;
  readonly row: number;
}

const BEYOND: HashBorder = { hash: 2 ** 32, row: 0 };
/** Counters of the histogram: its memory, whatever the number of rows. */
const MAX_COUNTERS = 2 ** 21;

/**
 * For every stratum, the borders under which its smallest `quotas` pairs (hash, row number) lie. Two passes of arithmetic
 * over the row numbers and a histogram: nothing is sorted and memory does not grow with the rows.
 *
 * @param quotas for every stratum, the sizes of its parts
 */
export function hashBorders(order: HashOrder, quotas: readonly (readonly number[])[]): HashBorder[][] {
  const { key, rows, rowNumbers, stratumOf } = order;
  const bits = Math.max(4, Math.min(16, Math.floor(Math.log2(MAX_COUNTERS / quotas.length))));
  const shift = 32 - bits;
  const histogram = new Uint32Array(quotas.length << bits);
  for (let place = 0; place < rows; place++) {
    const stratum = stratumOf === undefined ? 0 : stratumOf(place);
    if (stratum < 0) continue;
    const hash = rowHash(key, rowNumbers?.[place] ?? place);
    histogram[(stratum << bits) + (hash >>> shift)]!++;
  }
  const sought = quotas.map((sizes, stratum) => sizes.map((size) => bucketOf(histogram, stratum << bits, bits, size)));
  const candidates = new Map<number, HashBorder[]>(
    sought.flat().flatMap((found) => (found === null ? [] : [[found.bucket, [] as HashBorder[]]])),
  );
  for (let place = 0; place < rows; place++) {
    const stratum = stratumOf === undefined ? 0 : stratumOf(place);
    if (stratum < 0) continue;
    const row = rowNumbers?.[place] ?? place;
    const hash = rowHash(key, row);
    const list = candidates.get((stratum << bits) + (hash >>> shift));
    if (list !== undefined) list.push({ hash, row });
  }
  for (const list of candidates.values()) list.sort((a, b) => a.hash - b.hash || a.row - b.row);
  return sought.map((row) =>
    row.map((found) => (found === null ? BEYOND : candidates.get(found.bucket)![found.rank]!)),
  );
}

/** The histogram's bucket that holds the pair of a rank, and its rank in there; null where there are not that many. */
function bucketOf(histogram: Uint32Array, start: number, bits: number, rank: number) {
  let before = 0;
  for (let bucket = start; bucket < start + 2 ** bits; bucket++) {
    const count = histogram[bucket]!;
    if (before + count > rank) return { bucket, rank: rank - before };
    before += count;
  }
  return null;
}

/** True where a pair lies under a border. */
export function isUnder(border: HashBorder, hash: number, row: number): boolean {
  return hash < border.hash || (hash === border.hash && row < border.row);
}
