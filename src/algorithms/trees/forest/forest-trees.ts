import type { TypedArray } from "../../../core/index.ts";

/** Words of a set of bins. */
export const SET_WORDS = 8;
/** Stands for a leaf among features. */
export const LEAF = 0xffff;
/** Added to a split's bin where missing goes left. */
export const MISSING_LEFT = 256;

/**
 * Trees in about 5 bytes a node. A tree's nodes lie level by level, so that nothing needs to say where children are: those of its k-th
 * split are its nodes 2k + 1 and 2k + 2. Splits, leaves and sets lie in the order of their nodes.
 */
export interface ForestTrees {
  /** For each node what splits it (a number in the model's list of bins), or 65,535 for a leaf. */
  readonly feature: Uint16Array;
  /** For each split the last bin that goes left, 256 more where missing does; 0 for a split by a set. */
  readonly split: Uint16Array;
  /** For each split by a set the bins that go left, 8 words. */
  readonly categories: Uint32Array;
  /** For each leaf its value; with more than two classes nothing. */
  readonly value: Float32Array;
  /** For each leaf, with more than two classes: its only class, or the number of classes plus that of its distribution in the tree. */
  readonly distribution: Uint32Array;
  /** Shares of the classes, one row a distribution. */
  readonly shares: Float32Array;
  /** One past the last node of each tree. */
  readonly ends: Uint32Array;
  /** One past the last set of each tree. */
  readonly setEnds: Uint32Array;
  /** One past the last distribution of each tree. */
  readonly distributionEnds: Uint32Array;
}

export const FOREST_ARRAY_TYPES = {
  feature: Uint16Array,
  split: Uint16Array,
  categories: Uint32Array,
  value: Float32Array,
  distribution: Uint32Array,
  shares: Float32Array,
  ends: Uint32Array,
  setEnds: Uint32Array,
  distributionEnds: Uint32Array,
} as const;

export type ForestArrayName = keyof ForestTrees;
export const FOREST_ARRAY_NAMES = Object.keys(FOREST_ARRAY_TYPES) as readonly ForestArrayName[];

/** Trees that grow in number. What `arrays` hands out is never changed: appending writes behind it or into a larger copy. */
export class GrowingForest {
  readonly #arrays: Record<ForestArrayName, TypedArray>;
  readonly #lengths: Record<ForestArrayName, number>;

  constructor(trees?: ForestTrees) {
    const make = (name: ForestArrayName): TypedArray => trees?.[name] ?? new FOREST_ARRAY_TYPES[name](0);
    this.#arrays = Object.fromEntries(FOREST_ARRAY_NAMES.map((name) => [name, make(name)])) as Record<
      ForestArrayName,
      TypedArray
    >;
    this.#lengths = Object.fromEntries(FOREST_ARRAY_NAMES.map((name) => [name, trees?.[name].length ?? 0])) as Record<
      ForestArrayName,
      number
    >;
  }

  get trees(): number {
    return this.#lengths.ends;
  }

  lengthOf(name: ForestArrayName): number {
    return this.#lengths[name];
  }

  /** Room for as many more elements behind those that there are, to be written at once. */
  extend<Name extends ForestArrayName>(name: Name, count: number): ForestTrees[Name] {
    const length = this.#lengths[name];
    const needed = length + count;
    if (needed > this.#arrays[name].length) {
      const larger = new FOREST_ARRAY_TYPES[name](Math.max(64, needed, Math.ceil(length * 1.5)));
      larger.set(this.#arrays[name].subarray(0, length) as never);
      this.#arrays[name] = larger;
    }
    this.#lengths[name] = needed;
    return this.#arrays[name].subarray(length, needed) as ForestTrees[Name];
  }

  /** All trees, sharing memory. */
  arrays(): ForestTrees {
    return Object.fromEntries(
      FOREST_ARRAY_NAMES.map((name) => [name, this.#arrays[name].subarray(0, this.#lengths[name])]),
    ) as unknown as ForestTrees;
  }
}

/** Where a tree begins in each array, and how much of it there is. */
export interface TreeRange {
  readonly nodes: number;
  readonly nodeCount: number;
  /** Splits before this tree. */
  readonly splits: number;
  readonly leaves: number;
  readonly sets: number;
  readonly setCount: number;
  readonly distributions: number;
  readonly distributionCount: number;
}

/** A tree of n nodes has (n - 1) / 2 splits, so those before it can be counted from the nodes before it. */
export function treeRange(trees: Pick<ForestTrees, "ends" | "setEnds" | "distributionEnds">, tree: number): TreeRange {
  const before = (ends: Uint32Array): number => (tree === 0 ? 0 : ends[tree - 1]!);
  const nodes = before(trees.ends);
  return {
    nodes,
    nodeCount: trees.ends[tree]! - nodes,
    splits: (nodes - tree) / 2,
    leaves: (nodes + tree) / 2,
    sets: before(trees.setEnds),
    setCount: trees.setEnds[tree]! - before(trees.setEnds),
    distributions: before(trees.distributionEnds),
    distributionCount: trees.distributionEnds[tree]! - before(trees.distributionEnds),
  };
}
