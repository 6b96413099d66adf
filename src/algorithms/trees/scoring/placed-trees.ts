import type { MemoryPlan } from "../../../kernels/trees/index.ts";
import type { TreeArrays } from "../ensemble.ts";
import { type CodePlan, NEVER_RIGHT } from "./code-columns.ts";
import { type BlockChild, type BlockedTree, cutTree, type TreeBlock } from "./tree-blocks.ts";

/** Sizes of the kernel's records, in bytes, and rows whose codes lie side by side. */
const RECORD = { tree: 16, block: 72, node: 8, result: 32 } as const;
const CODE_ROWS = 256;
const MOST_LEAVES = 256;

/** Where trees lie in a kernel's memory. */
export interface PlacedTrees {
  readonly trees: readonly PlacedTree[];
  readonly records: number;
  /** Scratch of the first thread, bytes of each thread's, and where in it results lie, behind the codes. */
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly results: number;
  /** Where the leaves' numbers lie, counted from the results. */
  readonly numbers: number;
  readonly threads: number;
}

interface PlacedTree {
  /** Null for one that is walked node by node. */
  readonly blocked: BlockedTree | null;
  readonly at: number;
  readonly values: number;
}

/** Reserves room for trees, and for what threads need to walk them. */
export function planTrees(plan: MemoryPlan, trees: TreeArrays, columns: number, threads: number): PlacedTrees {
  const records = plan.reserve(trees.ends.length * RECORD.tree);
  const placed = Array.from(trees.ends, (end, tree): PlacedTree => {
    const start = tree === 0 ? 0 : trees.ends[tree - 1]!;
    const blocked = cutTree(trees, start, end);
    const bytes = blocked === null ? (end - start) * RECORD.node : blocked.blocks.length * RECORD.block;
    const values = blocked === null ? end - start : blocked.leaves.length;
    return { blocked, at: plan.reserve(bytes), values: plan.reserve(values * 8) };
  });
  const mostBlocks = placed.reduce((most, { blocked }) => Math.max(most, blocked?.blocks.length ?? 0), 1);
  const results = columns * CODE_ROWS;
  const numbers = mostBlocks * RECORD.result;
  const scratchBytes = results + numbers + MOST_LEAVES * RECORD.result;
  const scratch = plan.reserve(scratchBytes * threads);
  return { trees: placed, records, scratch, scratchBytes, results, numbers, threads };
}

/** Writes trees where room was reserved for them; tree t adds to class t % classes. */
export function placeTrees(
  buffer: ArrayBufferLike,
  placed: PlacedTrees,
  trees: TreeArrays,
  codes: CodePlan,
  classes: number,
): void {
  const memory: Memory = {
    bytes: new Uint8Array(buffer),
    words: new Uint32Array(buffer),
    reals: new Float64Array(buffer),
  };
  placed.trees.forEach(({ blocked, at, values }, tree) => {
    const count = blocked === null ? 0 : blocked.blocks.length;
    memory.words.set([count, at, tree % classes, values], (placed.records >>> 2) + tree * 4);
    const start = tree === 0 ? 0 : trees.ends[tree - 1]!;
    if (blocked === null) placeNodes(memory, at, values, trees, codes, start);
    else {
      blocked.blocks.forEach((block, i) => {
        placeBlock(memory, at + i * RECORD.block, block, codes, placed.numbers);
      });
      blocked.leaves.forEach((leaf, number) => {
        memory.reals[(values >>> 3) + number] = leaf < 0 ? 0 : trees.value[leaf]!;
      });
    }
  });
  for (let thread = 0; thread < placed.threads; thread++) {
    const numbers = placed.scratch + thread * placed.scratchBytes + placed.results + placed.numbers;
    for (let number = 0; number < MOST_LEAVES; number++)
      memory.bytes.fill(number, numbers + number * RECORD.result, numbers + (number + 1) * RECORD.result);
  }
}

interface Memory {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly reals: Float64Array;
}

function placeBlock({ bytes, words }: Memory, at: number, block: TreeBlock, codes: CodePlan, numbers: number): void {
  const { splits, children, firstLeaf } = block;
  splits.forEach((node, i) => {
    words[(at >>> 2) + i] = node < 0 ? 0 : codes.column[node]! * CODE_ROWS;
    bytes[at + 28 + i] = node < 0 ? NEVER_RIGHT : codes.threshold[node]!;
  });
  bytes[at + 35] = children === null ? 0 : 1;
  bytes[at + 36] = firstLeaf;
  const placeOf = (child: BlockChild | null): number => {
    if (child === null) return numbers;
    return "leaf" in child ? numbers + child.leaf * RECORD.result : child.block * RECORD.result;
  };
  if (children !== null) words.set(children.map(placeOf), (at >>> 2) + 10);
}

/** Writes a tree node by node, level by level, so that the children of a node are neighbours. */
function placeNodes(
  { bytes, words, reals }: Memory,
  at: number,
  values: number,
  trees: TreeArrays,
  codes: CodePlan,
  start: number,
): void {
  const order = [start];
  for (let place = 0; place < order.length; place++) {
    const node = order[place]!;
    const to = at + place * RECORD.node;
    reals[(values >>> 3) + place] = trees.value[node]!;
    const isLeaf = trees.feature[node]! < 0;
    words[to >>> 2] = isLeaf ? 0 : codes.column[node]! * CODE_ROWS;
    words[(to >>> 2) + 1] = isLeaf ? place : order.length;
    bytes[to] = isLeaf ? NEVER_RIGHT : codes.threshold[node]!;
    if (!isLeaf) order.push(start + trees.left[node]!, start + trees.right[node]!);
  }
}
