import type { FeatureBins } from "../binning/feature-bins.ts";
import { missingCode } from "./encode-rows.ts";
import { type ForestTrees, type GrowingForest, LEAF, MISSING_LEFT, SET_WORDS, treeRange } from "./forest-trees.ts";
import { type KernelMemory, RECORD_BYTES } from "./kernel-memory.ts";

const BY_SET = 0x80000000;

/** How the kernel's features are numbered in the model's list of bins. */
export interface FeatureNumbers {
  /** The model's number of each of the kernel's features. */
  readonly numbers: readonly number[];
  /** All bins of the model. */
  readonly bins: readonly FeatureBins[];
  /** 1 for numbers and for two classes. */
  readonly classes: number;
}

/** Takes a grown tree out of the kernel's memory. */
export function takeTree(memory: KernelMemory, slot: number, forest: GrowingForest, features: FeatureNumbers): void {
  const { words } = memory;
  const record = slot >>> 2;
  const field = (name: string): number => words[record + (memory.constant(name) >>> 2)]!;
  const count = field("SLOT_NODE_COUNT");
  takeNodes(words, field("SLOT_NODES") >>> 2, count, forest, features);
  const sets = field("SLOT_SETS") >>> 2;
  const setCount = field("SLOT_SET_COUNT");
  forest.extend("categories", setCount * SET_WORDS).set(words.subarray(sets, sets + setCount * SET_WORDS));
  const distributions = features.classes > 1 ? field("SLOT_DISTRIBUTION_COUNT") : 0;
  const shares = new Float32Array(memory.buffer, field("SLOT_DISTRIBUTIONS"), distributions * features.classes);
  forest.extend("shares", shares.length).set(shares);
  const before = { sets: forest.lengthOf("categories"), shares: forest.lengthOf("shares") };
  forest.extend("ends", 1)[0] = forest.lengthOf("feature");
  forest.extend("setEnds", 1)[0] = before.sets / SET_WORDS;
  forest.extend("distributionEnds", 1)[0] = features.classes > 1 ? before.shares / features.classes : 0;
}

function takeNodes(
  words: Uint32Array,
  nodes: number,
  count: number,
  forest: GrowingForest,
  { numbers, bins, classes }: FeatureNumbers,
): void {
  const feature = forest.extend("feature", count);
  const split = forest.extend("split", (count - 1) / 2);
  const leaves = forest.extend(classes > 1 ? "distribution" : "value", (count + 1) / 2);
  const contents =
    classes > 1 ? (leaves as Uint32Array) : new Uint32Array(leaves.buffer, leaves.byteOffset, leaves.length);
  let splits = 0;
  for (let node = 0, at = nodes; node < count; node++, at += 2) {
    const word = words[at]!;
    const own = word & LEAF;
    if (own === LEAF) {
      feature[node] = LEAF;
      contents[node - splits] = words[at + 1]!;
      continue;
    }
    const number = numbers[own]!;
    feature[node] = number;
    split[splits++] = bins[number]!.kind === "categorical" ? 0 : splitOf((word >>> 16) & 255, word >>> 24);
  }
}

/** The shift brings the code of missing to 0 where missing goes left. */
function splitOf(threshold: number, shift: number): number {
  return shift === 0 ? threshold : ((threshold - shift) & 255) + MISSING_LEFT;
}

/** Where a tree lies in a kernel's memory. */
export interface PlacedTree {
  readonly nodes: number;
  readonly sets: number;
  readonly distributions: number;
}

/** Bytes that a tree needs there. */
export function placedBytes(trees: ForestTrees, tree: number, classes: number): Record<keyof PlacedTree, number> {
  const { nodeCount, setCount, distributionCount } = treeRange(trees, tree);
  return {
    nodes: nodeCount * RECORD_BYTES.node,
    sets: setCount * RECORD_BYTES.set,
    distributions: distributionCount * classes * 4,
  };
}

/**
 * Writes a tree for the kernel.
 *
 * @param placeOf the kernel's number of each entry of the model's list of bins
 */
export function placeTree(
  memory: KernelMemory,
  to: PlacedTree,
  trees: ForestTrees,
  tree: number,
  { bins, classes }: Pick<FeatureNumbers, "bins" | "classes">,
  placeOf: readonly number[],
): void {
  const range = treeRange(trees, tree);
  const { words } = memory;
  const leaves =
    classes > 1 ? trees.distribution : new Uint32Array(trees.value.buffer, trees.value.byteOffset, trees.value.length);
  const missing = bins.map(missingCode);
  let splits = 0;
  let sets = 0;
  for (let node = 0, at = to.nodes >>> 2; node < range.nodeCount; node++, at += 2) {
    const number = trees.feature[range.nodes + node]!;
    if (number === LEAF) {
      words[at] = LEAF;
      words[at + 1] = leaves[range.leaves + node - splits]!;
      continue;
    }
    const split = trees.split[range.splits + splits]!;
    const child = 2 * splits++ + 1;
    if (missing[number]! < 0) {
      words[at] = placeOf[number]! | (sets++ << 16);
      words[at + 1] = (child | BY_SET) >>> 0;
      continue;
    }
    const shift = split >= MISSING_LEFT ? 256 - missing[number]! : 0;
    words[at] = placeOf[number]! | (((split + shift) & 255) << 16) | (shift << 24);
    words[at + 1] = child;
  }
  words.set(
    trees.categories.subarray(range.sets * SET_WORDS, (range.sets + range.setCount) * SET_WORDS),
    to.sets >>> 2,
  );
  const end = range.distributions + range.distributionCount;
  const shares = trees.shares.subarray(range.distributions * classes, end * classes);
  if (classes > 1) new Float32Array(memory.buffer, to.distributions, shares.length).set(shares);
}
