import { type Contributions, type FeatureTable, KaaykoError } from "../../core/index.ts";
import type { TreeArrays } from "./ensemble.ts";
import type { TreeModel } from "./model.ts";
import { goesLeft, readRow } from "./row-walking.ts";

/** Deeper trees would need paths of more than this many features. */
const MAX_DEPTH = 1000;
/** Share of a child that no training row reached: none would leave paths that cannot be taken apart again. */
const LEAST_SHARE = 1e-12;

/**
 * Contributions of each feature to each row's scores: Shapley values of the trees, a feature that is not known taken as the training
 * rows were parted (path-dependent). Exact, in time that grows with leaves times depth squared (Lundberg et al., "Consistent
 * individualized feature attribution for tree ensembles", 2018, algorithm 2).
 *
 * @throws KaaykoError (input) for trees of more than 1,000 levels
 */
export function explainScores(model: TreeModel, table: FeatureTable, classes: number): Contributions {
  const { trees, base, columns, features } = model;
  const values = new Float64Array(table.rows * classes * features);
  const depth = deepestOf(trees);
  const explainer = new TreeExplainer(model, depth);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < table.rows; i++) {
    readRow(model, table.columns, i, row);
    let start = 0;
    for (let tree = 0; tree < trees.ends.length; tree++) {
      const to = (i * classes + (tree % classes)) * features;
      explainer.add(start, row, values.subarray(to, to + features));
      start = trees.ends[tree]!;
    }
    // What a score begins with is wholly the feature's, which no tree looks at.
    model.initialScore.forEach((column, k) => {
      values[(i * classes + k) * features + column] = row[column]! || 0;
    });
  }
  return { outputs: classes, base: expectedScores(trees, base, classes), values };
}

/** The scores of a row of which nothing is known. */
function expectedScores(trees: TreeArrays, base: Float64Array, classes: number): Float64Array {
  const expected = Float64Array.from({ length: classes }, (_, k) => base[k % base.length]!);
  const means = trees.value.slice();
  let start = 0;
  for (let tree = 0; tree < trees.ends.length; tree++) {
    const end = trees.ends[tree]!;
    // Children lie behind their parents.
    for (let node = end - 1; node >= start; node--) {
      if (trees.feature[node]! < 0) continue;
      const [left, right] = [start + trees.left[node]!, start + trees.right[node]!];
      const share = shareOf(trees, left, right);
      means[node] = share * means[left]! + (1 - share) * means[right]!;
    }
    expected[tree % classes]! += means[start]!;
    start = end;
  }
  return expected;
}

/** Share of the training rows that reached the first of two siblings. */
function shareOf(trees: TreeArrays, child: number, sibling: number): number {
  const rows = trees.rows[child]!;
  const all = rows + trees.rows[sibling]!;
  return all > 0 ? Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, rows / all)) : 0.5;
}

/** Levels of the deepest tree below its root. */
function deepestOf({ ends, feature, left, right }: TreeArrays): number {
  const depths = new Int32Array(feature.length);
  let deepest = 0;
  let start = 0;
  for (const end of ends) {
    for (let node = start; node < end; node++) {
      deepest = Math.max(deepest, depths[node]!);
      if (feature[node]! < 0) continue;
      depths[start + left[node]!] = depths[node]! + 1;
      depths[start + right[node]!] = depths[node]! + 1;
    }
    start = end;
  }
  if (deepest <= MAX_DEPTH) return deepest;
  throw new KaaykoError({
    action: "explain predictions",
    rule: `trees may have at most ${MAX_DEPTH} levels`,
    got: String(deepest),
    kind: "input",
  });
}

/**
 * Walks all paths of a tree with the features on them: for each the share of rows that follow the path without it (`zero`), whether
 * the row itself does (`one`), and weights of subsets by their size. Paths of a level lie behind those of the level above.
 */
class TreeExplainer {
  readonly #model: TreeModel;
  readonly #feature: Int32Array;
  readonly #zero: Float64Array;
  readonly #one: Float64Array;
  readonly #weight: Float64Array;
  #start = 0;
  #row: Float64Array = new Float64Array(0);
  #to: Float64Array = new Float64Array(0);

  constructor(model: TreeModel, depth: number) {
    this.#model = model;
    const length = ((depth + 2) * (depth + 3)) / 2;
    this.#feature = new Int32Array(length);
    this.#zero = new Float64Array(length);
    this.#one = new Float64Array(length);
    this.#weight = new Float64Array(length);
  }

  /** Adds a tree's contributions for a row, one a feature. */
  add(start: number, row: Float64Array, to: Float64Array): void {
    this.#start = start;
    this.#row = row;
    this.#to = to;
    this.#walk(start, 0, 0, 1, 1, -1);
  }

  #walk(node: number, length: number, above: number, zero: number, one: number, feature: number): void {
    const { trees, columns } = this.#model;
    const at = above + length;
    for (const array of [this.#feature, this.#zero, this.#one, this.#weight]) array.copyWithin(at, above, at);
    this.#extend(at, length, zero, one, feature);
    if (trees.feature[node]! < 0) {
      this.#addLeaf(at, length, trees.value[node]!);
      return;
    }
    const column = columns[trees.feature[node]!]!;
    const left = this.#start + trees.left[node]!;
    const right = this.#start + trees.right[node]!;
    const isLeft = goesLeft(trees, node, this.#row[trees.feature[node]!]!);
    const [hot, cold] = isLeft ? [left, right] : [right, left];
    const share = shareOf(trees, hot, cold);
    let [ownZero, ownOne, count] = [1, 1, length + 1];
    for (let i = 1; i <= length; i++) {
      if (this.#feature[at + i] !== column) continue;
      ownZero = this.#zero[at + i]!;
      ownOne = this.#one[at + i]!;
      this.#unwind(at, length, i);
      count--;
      break;
    }
    this.#walk(hot, count, at, share * ownZero, ownOne, column);
    this.#walk(cold, count, at, (1 - share) * ownZero, 0, column);
  }

  /** Puts a feature behind a path of `length` others, which subsets may or may not hold. */
  #extend(at: number, length: number, zero: number, one: number, feature: number): void {
    const weight = this.#weight;
    this.#feature[at + length] = feature;
    this.#zero[at + length] = zero;
    this.#one[at + length] = one;
    weight[at + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[at + i + 1]! += (one * weight[at + i]! * (i + 1)) / (length + 1);
      weight[at + i] = (zero * weight[at + i]! * (length - i)) / (length + 1);
    }
  }

  /** Takes a feature out of a path again. */
  #unwind(at: number, length: number, index: number): void {
    const [weight, one, zero] = [this.#weight, this.#one[at + index]!, this.#zero[at + index]!];
    let next = weight[at + length]!;
    for (let i = length - 1; i >= 0; i--) {
      if (one !== 0) {
        const before = weight[at + i]!;
        weight[at + i] = (next * (length + 1)) / ((i + 1) * one);
        next = before - (weight[at + i]! * zero * (length - i)) / (length + 1);
      } else weight[at + i] = (weight[at + i]! * (length + 1)) / (zero * (length - i));
    }
    for (const array of [this.#feature, this.#zero, this.#one])
      array.copyWithin(at + index, at + index + 1, at + length + 1);
  }

  #addLeaf(at: number, length: number, value: number): void {
    for (let index = 1; index <= length; index++) {
      const [one, zero] = [this.#one[at + index]!, this.#zero[at + index]!];
      this.#to[this.#feature[at + index]!]! += this.#unwoundSum(at, length, one, zero) * (one - zero) * value;
    }
  }

  /** The sum of the weights that a path would have without a feature. */
  #unwoundSum(at: number, length: number, one: number, zero: number): number {
    const weight = this.#weight;
    let next = weight[at + length]!;
    let sum = 0;
    for (let i = length - 1; i >= 0; i--) {
      if (one !== 0) {
        const own = (next * (length + 1)) / ((i + 1) * one);
        sum += own;
        next = weight[at + i]! - (own * zero * (length - i)) / (length + 1);
      } else sum += (weight[at + i]! * (length + 1)) / (zero * (length - i));
    }
    return sum;
  }
}
