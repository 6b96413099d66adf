import { exp, log, type RandomStream } from "../../core/index.ts";
import type { Detector, RowReader } from "./detector.ts";

/** Numbers of a node: feature (-1 for a leaf), threshold (of a leaf: its depth with what is below), left, right, where missing goes. */
const NODE = 5;
const LEAF = -1;
const EULER = 0.5772156649015329;

/** Depth of a fruitless search in a binary search tree of so many rows: what the depth below a leaf is taken to be. */
export function meanDepth(rows: number): number {
  if (rows < 2) return 0;
  return rows === 2 ? 1 : 2 * (log(rows - 1) + EULER) - (2 * (rows - 1)) / rows;
}

/**
 * Trees of random splits: rows that few splits set apart are unlike the others (Liu, Ting and Zhou, "Isolation forest", 2008). The
 * score is 2 to the minus mean depth over the usual one. Missing values go where most rows of the node went.
 */
export const isolation: Detector = {
  pieces: (_, { trees }) => trees as number,
  fit: (reader, _, { sampleRows }, random) => {
    const wanted = Math.min(sampleRows as number, reader.rows);
    const rows = drawRows(reader.rows, wanted, random);
    return growTree(reader, rows, random);
  },
  isPiece: (nodes, features) => isTree(nodes, features),
  score: (trees, reader, row) => {
    let depth = 0;
    let usual = 0;
    for (const tree of trees) {
      depth += depthOf(tree, reader, row);
      usual += tree[0]!;
    }
    return usual === 0 ? 0.5 : exp((-depth / usual) * Math.LN2);
  },
};

/** Different rows, by Floyd's method. */
function drawRows(rows: number, wanted: number, random: RandomStream): Uint32Array {
  const drawn = new Set<number>();
  for (let last = rows - wanted; last < rows; last++) {
    const row = random.integer(last + 1);
    drawn.add(drawn.has(row) ? last : row);
  }
  return Uint32Array.from(drawn).sort();
}

/** The usual depth of a tree of so many rows, and then its nodes. */
function growTree(reader: RowReader, rows: Uint32Array, random: RandomStream): Float64Array {
  const nodes: number[] = [meanDepth(rows.length)];
  const limit = Math.ceil(Math.log2(Math.max(2, rows.length)));
  const open: { readonly rows: Uint32Array; readonly depth: number; readonly link: number | null }[] = [
    { rows, depth: 0, link: null },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = (nodes.length - 1) / NODE;
    if (next.link !== null) nodes[next.link] = node;
    const split = next.depth >= limit ? null : drawSplit(reader, next.rows, random);
    if (split === null) {
      nodes.push(LEAF, next.depth + meanDepth(next.rows.length), 0, 0, 0);
      continue;
    }
    const { feature, threshold, left, right, missingLeft } = split;
    const at = nodes.length;
    nodes.push(feature, threshold, 0, 0, missingLeft ? 1 : 0);
    open.push(
      { rows: right, depth: next.depth + 1, link: at + 3 },
      { rows: left, depth: next.depth + 1, link: at + 2 },
    );
  }
  return Float64Array.from(nodes);
}

/** A threshold between the least and the greatest value of a feature that varies among the rows; null where none does. */
function drawSplit(reader: RowReader, rows: Uint32Array, random: RandomStream) {
  if (rows.length < 2) return null;
  for (const feature of random.shuffle(Array.from({ length: reader.features }, (_, f) => f))) {
    const values = Float64Array.from(rows, (row) => reader.value(feature, row));
    const known = values.filter((value) => !Number.isNaN(value));
    const low = known.reduce((least, value) => Math.min(least, value), Infinity);
    const high = known.reduce((most, value) => Math.max(most, value), -Infinity);
    if (!(low < high)) continue;
    const threshold = low + (high - low) * random.float();
    const goesLeft = (i: number) => values[i]! <= threshold;
    const below = known.reduce((count, value) => count + (value <= threshold ? 1 : 0), 0);
    const missingLeft = 2 * below >= known.length;
    const isLeft = (_: number, i: number) => (Number.isNaN(values[i]!) ? missingLeft : goesLeft(i));
    return {
      feature,
      threshold,
      missingLeft,
      left: rows.filter(isLeft),
      right: rows.filter((row, i) => !isLeft(row, i)),
    };
  }
  return null;
}

function depthOf(tree: Float64Array, reader: RowReader, row: number): number {
  let node = 1;
  while (tree[node] !== LEAF) {
    const value = reader.value(tree[node]!, row);
    const left = Number.isNaN(value) ? tree[node + 4] === 1 : value <= tree[node + 1]!;
    node = 1 + NODE * tree[node + (left ? 2 : 3)]!;
  }
  return tree[node + 1]!;
}

/** Children lie behind their parents, so that no walk goes round in circles. */
function isTree(nodes: Float64Array, features: number): boolean {
  const count = (nodes.length - 1) / NODE;
  if (!Number.isInteger(count) || count < 1 || !(nodes[0]! >= 0)) return false;
  for (let node = 0; node < count; node++) {
    const [feature, number, left, right] = nodes.subarray(
      1 + node * NODE,
      1 + (node + 1) * NODE,
    ) as unknown as number[];
    if (!Number.isFinite(number)) return false;
    if (feature === LEAF) continue;
    const isChild = (child: number) => Number.isInteger(child) && child > node && child < count;
    if (!(Number.isInteger(feature) && feature! >= 0 && feature! < features && isChild(left!) && isChild(right!)))
      return false;
  }
  return true;
}
