import type { FeaturePlace } from "./binning/column-layout.ts";
import type { FeatureBins } from "./binning/feature-bins.ts";
import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT, type TreeArrays } from "./ensemble.ts";
import type { TreeMachine } from "./machine/machine.ts";
import type { RowSet } from "./machine/row-set.ts";
import { depthOf } from "./tree-heights.ts";

const TABLE_BYTES = 256;
const NODE_BYTES = 24;
/** Trees up to this deep are walked as complete ones, whose tables then still fit the first-level cache. */
const COMPLETE_DEPTH = 7;

/** What of a split decides which way a bin goes. */
export interface Direction {
  readonly bin: number;
  readonly flags: number;
  readonly categories: Uint32Array | null;
}

/** Writes for each of the 256 values of a column's byte 1 where the split sends it right, else 0. */
export function writeDirections(
  to: Uint8Array,
  at: number,
  { divisor, codes }: FeaturePlace,
  bins: FeatureBins,
  split: Direction,
): void {
  const missing = bins.kind === "numeric" && bins.missing ? bins.codes - 1 : -1;
  const end = at + TABLE_BYTES;
  let code = 0;
  for (let byte = at; byte < end; ) {
    const side = sideOf(code, missing, split);
    for (const next = Math.min(end, byte + divisor); byte < next; byte++) to[byte] = side;
    if (++code === codes) code = 0;
  }
}

/** 1 where a split sends a code right. */
function sideOf(code: number, missing: number, { bin, flags, categories }: Direction): number {
  if ((flags & CATEGORICAL) !== 0) return (categories![code >> 5]! >>> (code & 31)) & 1 ? 0 : 1;
  if (code === missing) return (flags & MISSING_LEFT) === 0 ? 1 : 0;
  return code > bin ? 1 : 0;
}

/** Adds finished trees to the scores of binned rows: of validation rows after each round, of all rows after a resume. */
export class TreeWalker {
  readonly #machine: TreeMachine;
  readonly #bins: readonly FeatureBins[];
  readonly #placeOf: Map<number, FeaturePlace>;

  constructor(machine: TreeMachine, bins: readonly FeatureBins[]) {
    this.#machine = machine;
    this.#bins = bins;
    this.#placeOf = new Map(machine.sizes.layout.places.map((place) => [place.feature, place]));
  }

  /** Whether a split can be walked in this machine: its feature has a column. */
  knows(feature: number): boolean {
    return this.#placeOf.has(feature);
  }

  /** Adds trees from number `from` on, tree t to class t % classes, in order. */
  add(sets: readonly RowSet[], arrays: TreeArrays, from: number, classes: number): void {
    if (sets.length === 0) return;
    const machine = this.#machine;
    machine.set("TREES", machine.address.walkTrees);
    for (let tree = from; tree < arrays.ends.length; ) {
      const count = this.#writeBatch(arrays, tree, classes);
      tree += count;
      machine.set("TREE_COUNT", count);
      for (const set of sets) {
        this.#aimAt(set);
        machine.run("walkPass");
      }
    }
  }

  /** Makes walks add to the scores of a set, or to the residuals that it has instead. */
  #aimAt(set: RowSet): void {
    const machine = this.#machine;
    machine.select(set);
    const whole = machine.sizes.residual && set === machine.train;
    machine.set("WHOLE_STEPS", whole ? 1 : 0);
    if (whole) machine.set("SCORES", machine.address.quantised);
  }

  /** Adds the last tree to the scores of the training rows that it did not see. */
  addLeftOut(arrays: TreeArrays, classes: number): void {
    const machine = this.#machine;
    this.#aimAt(machine.train);
    machine.set("TREES", machine.address.walkTrees);
    this.#writeBatch(arrays, arrays.ends.length - 1, classes);
    machine.run("leftOutPass");
  }

  /** Writes as many trees as there is room for, one at least. Returns their number. */
  #writeBatch(arrays: TreeArrays, first: number, classes: number): number {
    const { words, address } = this.#machine;
    const { walkNodes } = this.#machine.sizes;
    let nodes = 0;
    let tree = first;
    for (; tree < arrays.ends.length; tree++) {
      const shape = this.#shapeOf(arrays, tree);
      if (nodes > 0 && nodes + shape.nodes > walkNodes) break;
      const record = (address.walkTrees >>> 2) + (tree - first) * 4;
      const complete = shape.depth > 0;
      words.set(complete ? this.#writeComplete(arrays, shape, nodes) : this.#write(arrays, shape, nodes), record);
      words[record + 2] = tree % classes;
      nodes += shape.nodes;
    }
    return tree - first;
  }

  /** Where a tree lies, and how it is written: complete of a depth over 0, or as it is. */
  #shapeOf(arrays: TreeArrays, tree: number): TreeShape {
    const start = tree === 0 ? 0 : arrays.ends[tree - 1]!;
    const end = arrays.ends[tree]!;
    const depth = depthOf(arrays, start, end);
    const complete = depth > 0 && depth <= COMPLETE_DEPTH;
    return { start, end, depth: complete ? depth : 0, nodes: complete ? 1 << depth : end - start };
  }

  /** Writes a tree filled up to a complete one: a leaf above the ground leads left, down to where its value lies. */
  #writeComplete(arrays: TreeArrays, { start, depth }: TreeShape, firstNode: number): number[] {
    const { address, reals, bytes } = this.#machine;
    const size = 1 << depth;
    const values = address.walkNodes + firstNode * NODE_BYTES;
    const columns = new Uint16Array(bytes.buffer, values + size * 8, size).fill(0);
    const tables = address.walkTables + firstNode * TABLE_BYTES;
    bytes.fill(0, tables, tables + size * TABLE_BYTES);
    const place = (node: number, at: number): void => {
      const feature = arrays.feature[start + node]!;
      if (feature < 0) {
        const level = 31 - Math.clz32(at);
        reals[(values >>> 3) + (at << (depth - level)) - size] = arrays.value[start + node]!;
        return;
      }
      const column = this.#placeOf.get(feature)!;
      columns[at] = column.column;
      const split = splitOf(arrays, start + node);
      writeDirections(bytes, tables + at * TABLE_BYTES, column, this.#bins[feature]!, split);
      place(arrays.left[start + node]!, 2 * at);
      place(arrays.right[start + node]!, 2 * at + 1);
    };
    place(0, 1);
    return [values, tables, 0, depth];
  }

  /** Writes a tree for the kernel: inner nodes first, each with its table; a leaf leads to itself. */
  #write(arrays: TreeArrays, { start, end }: TreeShape, firstNode: number): number[] {
    const { address, words, reals, bytes } = this.#machine;
    const place = innerFirst(arrays, start, end);
    const base = address.walkNodes + firstNode * NODE_BYTES;
    // The last table is never written: all zeros, for leaves.
    const leafTable = address.walkTables + this.#machine.sizes.walkNodes * TABLE_BYTES;
    for (let node = start; node < end; node++) {
      const at = place.of[node - start]!;
      const to = base + at * NODE_BYTES;
      const feature = arrays.feature[node]!;
      reals[(to >>> 3) + 2] = arrays.value[node]!;
      if (feature < 0) {
        words.set([leafTable, 0, at, at], to >>> 2);
        continue;
      }
      const column = this.#placeOf.get(feature)!;
      const table = address.walkTables + (firstNode + at) * TABLE_BYTES;
      writeDirections(bytes, table, column, this.#bins[feature]!, splitOf(arrays, node));
      words.set([table, column.column, place.of[arrays.left[node]!]!, place.of[arrays.right[node]!]!], to >>> 2);
    }
    return [base, place.inner, 0, 0];
  }
}

interface TreeShape {
  readonly start: number;
  readonly end: number;
  /** Of a complete tree; 0 for one that is written as it is. */
  readonly depth: number;
  /** Places of nodes that it takes. */
  readonly nodes: number;
}

function splitOf(arrays: TreeArrays, node: number): Direction {
  const flags = arrays.flags[node]!;
  const bin = arrays.bin[node]!;
  const isSet = (flags & CATEGORICAL) !== 0;
  const categories = isSet ? arrays.categories.subarray(bin * CATEGORY_WORDS, (bin + 1) * CATEGORY_WORDS) : null;
  return { bin, flags, categories };
}

/** New numbers for the nodes of a tree that put inner nodes before leaves; a root that is a leaf stays 0. */
export function innerFirst(arrays: TreeArrays, start: number, end: number): { of: Int32Array; inner: number } {
  const of = new Int32Array(end - start);
  let inner = 0;
  for (let node = start; node < end; node++) if (arrays.feature[node]! >= 0) of[node - start] = inner++;
  let leaf = inner;
  for (let node = start; node < end; node++) if (arrays.feature[node]! < 0) of[node - start] = leaf++;
  return { of, inner };
}
