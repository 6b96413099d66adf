import { log } from "../../core/index.ts";

/** Scores of training rows that are kept: the highest each, of the others one in so many. */
const HIGHEST = 1024;
const OTHERS = 512;
/** How far beyond the highest score, in widths of the highest tenth, one is still told from another: scores may lie arbitrarily close. */
const FARTHEST = 1e6;

/** How rare a score is among those of the training rows: pairs of a score, rising, and minus the logarithm of the share of rows over it. */
export function measureRarity(scores: Float64Array): Float64Array {
  const sorted = scores.slice().sort();
  const rows = sorted.length;
  const apart = Math.max(1, Math.floor((rows - HIGHEST) / OTHERS));
  const pairs: number[] = [];
  for (let i = 0; i < rows; i++) {
    if (i < rows - HIGHEST && i % apart !== 0) continue;
    const [last, rarity] = [pairs.at(-2), log((rows + 1) / (rows - i))];
    if (last === sorted[i]) pairs[pairs.length - 1] = rarity;
    else pairs.push(sorted[i]!, rarity);
  }
  return Float64Array.from(pairs);
}

/** The rarity of a score, linear between those that were measured, and beyond the highest as steep as among the highest tenth. */
export function rarityOf(pairs: Float64Array, score: number): number {
  const count = pairs.length / 2;
  if (count === 0) return 0;
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pairs[2 * middle]! <= score) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  const at = (i: number): readonly [number, number] => [pairs[2 * i]!, pairs[2 * i + 1]!];
  const [from, base] = at(low - 1);
  if (low < count) {
    const [to, next] = at(low);
    return base + ((score - from) / (to - from)) * (next - base);
  }
  const [start, first] = at(Math.floor(0.9 * (count - 1)));
  if (!(from > start)) return base + (score > from ? 1 : 0);
  return base + Math.min(FARTHEST, (score - from) / (from - start)) * (base - first);
}

export function isRarity(pairs: unknown): pairs is Float64Array {
  if (!(pairs instanceof Float64Array) || pairs.length % 2 === 1 || !pairs.every(Number.isFinite)) return false;
  for (let i = 2; i < pairs.length; i += 2)
    if (!(pairs[i]! > pairs[i - 2]!) || pairs[i + 1]! < pairs[i - 1]!) return false;
  return true;
}
