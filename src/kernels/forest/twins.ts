import { rowHash } from "../../core/index.ts";

/** Naive forms of the forest's kernels: the same decisions, each sum taken anew over the rows. For tests. */

export type Key = readonly [number, number];

/** How often each row is drawn: as often as one of `draws` numbers falls on it, or, for null, once where its hash is low enough. */
export function drawTwin(rows: number, key: Key, draws: number | null, limit: number): Uint8Array {
  const counts = new Uint8Array(rows);
  if (draws === null) return counts.map((_, row) => (rowHash(key, row) <= limit ? 1 : 0));
  for (let i = 0; i < draws; i++) {
    const row = below(rowHash(key, i), rows);
    counts[row] = Math.min(255, counts[row]! + 1);
  }
  return counts;
}

function below(hash: number, count: number): number {
  return Number((BigInt(hash) * BigInt(count)) >> 32n);
}

export interface ForestTable {
  readonly rows: number;
  /** Bins, one array a feature. */
  readonly bins: readonly Uint8Array[];
  /** Code of missing of each feature, or -1 for categories. */
  readonly missing: readonly number[];
  /** Values, or codes of classes. */
  readonly target: Float64Array;
  readonly weight: Float32Array | null;
  /** 1 for values. */
  readonly classes: number;
}

export interface GrowthRules {
  readonly key: Key;
  readonly maxDepth: number;
  readonly minLeaf: number;
  readonly candidates: number;
  /** Features that are looked at together. */
  readonly group: number;
  readonly randomSplits: boolean;
}

export interface TwinLeaf {
  /** The mean, or the share of each class. */
  readonly value: readonly number[];
}

export interface TwinSplit {
  readonly feature: number;
  /** Which of the 256 bins go left. */
  readonly isLeft: readonly boolean[];
  readonly left: TwinNode;
  readonly right: TwinNode;
}

export type TwinNode = TwinLeaf | TwinSplit;

interface Candidate {
  readonly feature: number;
  readonly score: number;
  readonly isLeft: readonly boolean[];
}

/** Grows a tree over rows that were drawn `counts` times each. */
export function growTwin(table: ForestTable, counts: Uint8Array, rules: GrowthRules): TwinNode {
  const order = table.bins.map((_, feature) => feature);
  const weightOf = (row: number): number => counts[row]! * (table.weight?.[row] ?? 1);
  let drawn = 0;
  const draw = (): number => rowHash(rules.key, drawn++);
  const sumsOf = (rows: readonly number[]): Sums => sums(table, rows, weightOf);

  const bestSplit = (rows: readonly number[]): Candidate | null => {
    let best: Candidate | null = null;
    let varied = false;
    for (let seen = 0; seen < order.length && (seen < rules.candidates || !varied); ) {
      const count = seen < rules.candidates ? Math.min(rules.group, rules.candidates - seen) : 1;
      for (let i = seen; i < seen + count; i++) {
        const other = i + below(draw(), order.length - i);
        [order[i], order[other]] = [order[other]!, order[i]!];
      }
      for (let i = seen; i < seen + count; i++) {
        const random = draw();
        const places = splitsOf(table, rows, order[i]!, sumsOf, random);
        if (places === null) continue;
        varied = true;
        const chosen = rules.randomSplits ? below(random, places.length) : -1;
        for (const split of places.filter((_, place) => chosen < 0 || place === chosen).flat()) {
          const score = scoreOf(table, split.rows, rows, sumsOf, rules.minLeaf);
          if (score > (best?.score ?? Number.NEGATIVE_INFINITY))
            best = { feature: order[i]!, score, isLeft: split.isLeft() };
        }
      }
      seen += count;
    }
    return best;
  };

  const grow = (rows: readonly number[], depth: number): TwinNode => {
    const total = sumsOf(rows);
    const isPure = new Set(rows.map((row) => table.target[row]!)).size < 2;
    const split = isPure || depth >= rules.maxDepth || total.weight < 2 * rules.minLeaf ? null : bestSplit(rows);
    // Without any row: no value, every class alike.
    const empty = table.classes > 1 ? 1 / table.classes : 0;
    if (split === null)
      return { value: total.values.map((value) => (total.weight > 0 ? value / total.weight : empty)) };
    const goesLeft = (row: number): boolean => split.isLeft[table.bins[split.feature]![row]!]!;
    const left = grow(rows.filter(goesLeft), depth + 1);
    const right = grow(
      rows.filter((row) => !goesLeft(row)),
      depth + 1,
    );
    return { feature: split.feature, isLeft: split.isLeft, left, right };
  };
  const all = Array.from({ length: table.rows }, (_, row) => row);
  return grow(
    all.filter((row) => weightOf(row) > 0),
    0,
  );
}

interface Sums {
  readonly weight: number;
  /** Weight × value, or the weight of each class. */
  readonly values: readonly number[];
}

function sums({ target, classes }: ForestTable, rows: readonly number[], weightOf: (row: number) => number): Sums {
  const values = new Array<number>(classes).fill(0);
  let weight = 0;
  for (const row of rows) {
    weight += weightOf(row);
    if (classes === 1) values[0]! += weightOf(row) * target[row]!;
    else values[target[row]!]! += weightOf(row);
  }
  return { weight, values };
}

interface Place {
  readonly rows: readonly number[];
  readonly isLeft: () => boolean[];
}

/** The places where a feature may be split, in order, one or two splits at each; null where it is constant. */
function splitsOf(
  table: ForestTable,
  rows: readonly number[],
  feature: number,
  sumsOf: (rows: readonly number[]) => Sums,
  random: number,
): Place[][] | null {
  const bins = table.bins[feature]!;
  const missing = table.missing[feature]!;
  const found = [...new Set(rows.map((row) => bins[row]!))].sort((a, b) => a - b);
  if (found.length < 2) return null;
  const total = sumsOf(rows).weight;
  if (missing < 0) {
    const chosen = table.classes === 1 ? 0 : below(random, table.classes);
    const means = new Map(
      found.map((bin) => {
        const { weight, values } = sumsOf(rows.filter((row) => bins[row] === bin));
        return [bin, values[chosen]! / weight];
      }),
    );
    found.sort((a, b) => means.get(a)! - means.get(b)! || a - b);
    return found.slice(0, -1).map((_, at) => {
      const lefts = new Set(found.slice(0, at + 1));
      const left = rows.filter((row) => lefts.has(bins[row]!));
      const others = sumsOf(left).weight * 2 >= total;
      const isLeft = (): boolean[] =>
        Array.from({ length: 256 }, (_, bin) => (found.includes(bin) ? lefts.has(bin) : others));
      return [{ rows: left, isLeft }];
    });
  }
  const hasMissing = found.at(-1) === missing;
  return found.slice(0, -1).map((bin, at) => {
    const next = found[at + 1]!;
    const threshold = next === missing ? missing - 1 : Math.floor((bin + next - 1) / 2);
    const left = rows.filter((row) => bins[row]! <= bin);
    const heavier = sumsOf(left).weight * 2 >= total;
    const sides = hasMissing && next !== missing ? [false, true] : [false];
    return sides.map((missingLeft) => ({
      rows: missingLeft ? rows.filter((row) => bins[row]! <= bin || bins[row] === missing) : left,
      isLeft: () =>
        Array.from({ length: 256 }, (_, code) =>
          code === missing ? (hasMissing ? missingLeft : heavier) : code <= threshold,
        ),
    }));
  });
}

function scoreOf(
  { classes }: ForestTable,
  left: readonly number[],
  all: readonly number[],
  sumsOf: (rows: readonly number[]) => Sums,
  minLeaf: number,
): number {
  const a = sumsOf(left);
  const total = sumsOf(all);
  const rest = total.weight - a.weight;
  if (a.weight < minLeaf || rest < minLeaf) return Number.NEGATIVE_INFINITY;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let k = 0; k < classes; k++) {
    leftSquares += a.values[k]! ** 2;
    rightSquares += (total.values[k]! - a.values[k]!) ** 2;
  }
  return leftSquares / a.weight + rightSquares / rest;
}
