import type { FeatureColumn } from "../../core/index.ts";
import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT, type TreeArrays } from "./ensemble.ts";
import type { TreeModel } from "./model.ts";

/** A row as numbers: a category as its bin. */
export function readRow(model: TreeModel, columns: readonly FeatureColumn[], row: number, to: Float64Array): void {
  for (let entry = 0; entry < model.columns.length; entry++) {
    const column = columns[model.columns[entry]!]!;
    if (column.kind === "numeric") to[entry] = column.values[row]!;
    else to[entry] = model.binOfCode[entry]![column.codes[row]!] ?? 0;
  }
}

/** The leaf that a row reaches in the tree whose root is `start`. */
export function leafOf(trees: TreeArrays, start: number, values: Float64Array): number {
  let node = start;
  for (;;) {
    const feature = trees.feature[node]!;
    if (feature < 0) return node;
    const toLeft = goesLeft(trees, node, values[feature]!);
    node = start + (toLeft ? trees.left[node]! : trees.right[node]!);
  }
}

/** Which way a value goes. */
export function goesLeft(trees: TreeArrays, node: number, value: number): boolean {
  const flags = trees.flags[node]!;
  if ((flags & CATEGORICAL) !== 0)
    return ((trees.categories[trees.bin[node]! * CATEGORY_WORDS + (value >> 5)]! >>> (value & 31)) & 1) === 1;
  return value <= trees.threshold[node]! || (Number.isNaN(value) && (flags & MISSING_LEFT) !== 0);
}
