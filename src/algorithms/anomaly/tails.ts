import { log } from "../../core/index.ts";
import type { Detector } from "./detector.ts";
import { fitTail, type Tail, tailSurprise } from "./pareto-tail.ts";

/** Different values of a feature up to which each is counted by itself. */
const MOST_COUNTED = 256;
/**
 * Numbers before the counted values of a piece: rows, share under which a tail counts, whether values are counted, and two tails
 * of three.
 */
const HEAD = 9;

/**
 * For each feature the probability of a value as far out as the row's, at either end; of categories, and of numbers with few different
 * values, the share of rows with values as rare. The score is the sum of minus the logarithms of those that are small (tail
 * probabilities: Li et al., "ECOD", 2022; small ones only: Zaykin et al., "Truncated product method", 2002), so that many usual
 * features cannot hide the odd one. Missing values say nothing.
 */
export const tails: Detector = {
  pieces: (features) => features.length,
  fit: (reader, feature, { tailShare }) => {
    const values = Float64Array.from({ length: reader.rows }, (_, row) => reader.value(feature, row));
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    return fitFeature(known, tailShare as number, reader.isCategory(feature));
  },
  isPiece: (piece) => isFitted(piece),
  score: (pieces, reader, row) => {
    let sum = 0;
    for (let feature = 0; feature < pieces.length; feature++)
      sum += surprise(pieces[feature]!, reader.value(feature, row));
    return sum;
  },
  contributions: (pieces, reader, row) =>
    Float64Array.from(pieces, (piece, feature) => surprise(piece, reader.value(feature, row))),
};

function fitFeature(sorted: Float64Array, share: number, category: boolean): Float64Array {
  const counts = countValues(sorted);
  const counted = category || counts.length <= MOST_COUNTED;
  const low = counted ? NO_TAIL : fitTail(sorted, share, -1);
  const high = counted ? NO_TAIL : fitTail(sorted, share, 1);
  const entries = counted ? rareness(counts, category).flat() : [];
  return Float64Array.from([sorted.length, share, counted ? 1 : 0, ...low, ...high, ...entries]);
}

const NO_TAIL: Tail = [0, 0, 0];

function countValues(sorted: Float64Array): [value: number, rows: number][] {
  const counts: [number, number][] = [];
  for (const value of sorted) {
    const last = counts.at(-1);
    if (last !== undefined && last[0] === value) last[1]++;
    else counts.push([value, 1]);
  }
  return counts;
}

/**
 * With each value the rows whose values are as rare or rarer: of categories those of no more rows, of numbers those at the same end as far
 * out, both ends taken together.
 */
function rareness(counts: readonly (readonly [number, number])[], category: boolean): [number, number][] {
  if (category)
    return counts.map(([value, rows]) => [
      value,
      counts.reduce((sum, [, other]) => sum + (other <= rows ? other : 0), 0),
    ]);
  const total = counts.reduce((sum, [, rows]) => sum + rows, 0);
  let below = 0;
  return counts.map(([value, rows]) => {
    const upTo = below + rows;
    const from = total - below;
    below = upTo;
    return [value, Math.min(total, 2 * Math.min(upTo, from))];
  });
}

/** Minus the logarithm of the probability of a value as far out; 0 where that is no small one. */
function surprise(piece: Float64Array, value: number): number {
  const [rows, share, counted] = piece as unknown as [number, number, number];
  if (Number.isNaN(value) || rows === 0) return 0;
  if (counted === 0)
    return tailSurprise(piece.subarray(3, 6), share, -1, value) + tailSurprise(piece.subarray(6, 9), share, 1, value);
  const probability = rareRows(piece, value) / (rows + 1);
  return probability > share ? 0 : -log(probability);
}

/** Rows as rare as a value; of one never seen, as rare as the rarer neighbour. */
function rareRows(piece: Float64Array, value: number): number {
  let least = Infinity;
  for (let at = HEAD; at < piece.length; at += 2) {
    if (piece[at] === value) return piece[at + 1]!;
    const next = piece[at]! > value;
    if (next || at + 2 === piece.length) return Math.min(least, piece[at + 1]!);
    least = piece[at + 1]!;
  }
  return least;
}

function isFitted(piece: Float64Array): boolean {
  const entries = (piece.length - HEAD) / 2;
  if (!Number.isInteger(entries) || entries < 0 || !piece.every(Number.isFinite)) return false;
  const [rows, share, counted] = piece as unknown as [number, number, number];
  const areTails = [3, 6].every((at) => piece[at + 1]! >= 0 && piece[at + 2]! >= 0);
  return rows >= 0 && share > 0 && share <= 1 && areTails && entries > 0 === (counted === 1 && rows > 0);
}
