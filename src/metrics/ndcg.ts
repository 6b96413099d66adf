import { log } from "../core/index.ts";

/** Rows of queries: `rows` grouped by query; query q has those from `starts[q]` up to `starts[q + 1]`, ascending. */
export interface QueryGroups {
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
}

/** Groups rows by the number of their query; queries by first appearance. */
export function groupQueries(queries: ArrayLike<number>, count: number): QueryGroups {
  const numbers = new Map<number, number>();
  const own = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const query = queries[i]!;
    const number = numbers.get(query) ?? numbers.size;
    numbers.set(query, number);
    own[i] = number;
  }
  const starts = new Uint32Array(numbers.size + 1);
  for (let i = 0; i < count; i++) starts[own[i]! + 1]!++;
  for (let q = 0; q < numbers.size; q++) starts[q + 1]! += starts[q]!;
  const next = starts.slice();
  const rows = new Uint32Array(count);
  for (let i = 0; i < count; i++) rows[next[own[i]!]!++] = i;
  return { rows, starts };
}

/** What a relevance is worth: 2^relevance - 1. */
export function gainOf(relevance: number): number {
  return Number.isInteger(relevance) && relevance < 31 ? (1 << relevance) - 1 : 2 ** relevance - 1;
}

/** What a place is worth, from 0: 1 / log2(place + 2). */
export function discountOf(place: number): number {
  return Math.LN2 / log(place + 2);
}

/**
 * Normalised discounted cumulative gain of one query at `limit` places (Järvelin and Kekäläinen, 2002), gains exponential as in
 * LightGBM and XGBoost. Rows of equal score share their places' worth, so that their order does not matter. 1 for a query
 * without a relevant row, as both have it.
 */
export function ndcg(scores: readonly number[], relevances: readonly number[], limit: number): number {
  const ideal = idealGain(relevances, limit);
  if (ideal === 0) return 1;
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let sum = 0;
  for (let start = 0; start < order.length && start < limit; ) {
    let end = start;
    let gains = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++)
      gains += gainOf(relevances[order[end]!]!);
    let worth = 0;
    for (let place = start; place < Math.min(end, limit); place++) worth += discountOf(place);
    sum += (gains / (end - start)) * worth;
    start = end;
  }
  return sum / ideal;
}

/** The most that an order of these rows can gain in `limit` places. */
export function idealGain(relevances: readonly number[], limit: number): number {
  const sorted = [...relevances].sort((a, b) => b - a);
  let sum = 0;
  for (let place = 0; place < Math.min(limit, sorted.length); place++)
    sum += gainOf(sorted[place]!) * discountOf(place);
  return sum;
}
