import type { State, TypedArray } from "../../core/index.ts";

/** One node as it is appended. Children are numbers inside the tree; -1 for a leaf. */
export interface TreeNode {
  /** Feature that splits, or -1 for a leaf. */
  readonly feature: number;
  /** Last bin that goes left, for a numeric split. */
  readonly bin: number;
  readonly threshold: number;
  /** 1 where missing goes left, 2 for a split by categories. */
  readonly flags: number;
  readonly left: number;
  readonly right: number;
  /** Bits of the bins that go left, as 8 words, for a split by categories. */
  readonly categories: Uint32Array | null;
  readonly value: number;
  readonly gain: number;
  readonly rows: number;
}

export const MISSING_LEFT = 1;
export const CATEGORICAL = 2;
export const CATEGORY_WORDS = 8;

/** Trees as flat arrays, a tree's nodes behind those of the tree before it, its root first. */
export interface TreeArrays {
  readonly feature: Int32Array;
  /** A numeric split's last bin on the left; a categorical one's set, counted over all trees; 0 for a leaf. */
  readonly bin: Int32Array;
  readonly threshold: Float64Array;
  readonly flags: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
  readonly gain: Float64Array;
  readonly rows: Float64Array;
  /** Sets of categories, 8 words each. */
  readonly categories: Uint32Array;
  /** One past the last node of each tree. */
  readonly ends: Uint32Array;
}

export const ARRAY_TYPES = {
  feature: Int32Array,
  bin: Int32Array,
  threshold: Float64Array,
  flags: Uint8Array,
  left: Int32Array,
  right: Int32Array,
  value: Float64Array,
  gain: Float64Array,
  rows: Float64Array,
  categories: Uint32Array,
  ends: Uint32Array,
} as const;

export type TreeArrayName = keyof TreeArrays;
export const TREE_ARRAY_NAMES = Object.keys(ARRAY_TYPES) as readonly TreeArrayName[];

/** Growing trees. What `arrays` hands out is never changed: appending writes behind it or into a larger copy. */
export class Ensemble {
  #arrays: Record<TreeArrayName, TypedArray>;
  #lengths: Record<TreeArrayName, number>;

  constructor(arrays?: TreeArrays) {
    this.#arrays = Object.fromEntries(
      TREE_ARRAY_NAMES.map((name) => [name, arrays?.[name] ?? new ARRAY_TYPES[name](name === "ends" ? 64 : 1024)]),
    ) as Record<TreeArrayName, TypedArray>;
    this.#lengths = Object.fromEntries(TREE_ARRAY_NAMES.map((name) => [name, arrays?.[name].length ?? 0])) as Record<
      TreeArrayName,
      number
    >;
  }

  get trees(): number {
    return this.#lengths.ends;
  }

  append(nodes: readonly TreeNode[]): void {
    for (const node of nodes) {
      const isSet = (node.flags & CATEGORICAL) !== 0;
      this.#push("bin", isSet ? this.#lengths.categories / CATEGORY_WORDS : node.bin);
      if (isSet) for (const word of node.categories!) this.#push("categories", word);
      this.#push("feature", node.feature);
      this.#push("threshold", node.threshold);
      this.#push("flags", node.flags);
      this.#push("left", node.left);
      this.#push("right", node.right);
      this.#push("value", node.value);
      this.#push("gain", node.gain);
      this.#push("rows", node.rows);
    }
    this.#push("ends", this.#lengths.feature);
  }

  #push(name: TreeArrayName, value: number): void {
    const length = this.#lengths[name]++;
    let array = this.#arrays[name];
    if (length === array.length) {
      const larger = new ARRAY_TYPES[name](Math.max(64, length * 2));
      larger.set(array as never);
      array = larger;
      this.#arrays[name] = larger;
    }
    array[length] = value;
  }

  /** The first `trees` trees, sharing memory. */
  arrays(trees = this.trees): TreeArrays {
    const all = Object.fromEntries(
      TREE_ARRAY_NAMES.map((name) => [name, this.#arrays[name].subarray(0, this.#lengths[name])]),
    ) as unknown as TreeArrays;
    return trees === this.trees ? all : firstTrees(all, trees);
  }
}

/** A view of the first trees. */
export function firstTrees(arrays: TreeArrays, trees: number): TreeArrays {
  const nodes = trees === 0 ? 0 : arrays.ends[trees - 1]!;
  let sets = 0;
  for (let i = 0; i < nodes; i++) if ((arrays.flags[i]! & CATEGORICAL) !== 0) sets++;
  const length = (name: TreeArrayName): number =>
    name === "ends" ? trees : name === "categories" ? sets * CATEGORY_WORDS : nodes;
  return Object.fromEntries(
    TREE_ARRAY_NAMES.map((name) => [name, arrays[name].subarray(0, length(name))]),
  ) as unknown as TreeArrays;
}

/** The arrays of a state or a model by their names, as they lie there. */
export function arraysOf(arrays: State["arrays"]): Partial<Record<TreeArrayName, TypedArray>> {
  return Object.fromEntries(TREE_ARRAY_NAMES.map((name) => [name, arrays[name]]));
}
