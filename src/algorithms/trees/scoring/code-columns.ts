import { CATEGORY_WORDS, MISSING_LEFT, type TreeArrays } from "../ensemble.ts";
import type { TreeModel } from "../model.ts";

/** Cuts of a column of codes at most: ranks fill a byte but for the code of missing values. */
export const MOST_CUTS = 254;
/** The code of rank 0, and a threshold that nothing is above. */
const LOWEST = -128;
export const NEVER_RIGHT = 127;

/** What a column of codes says of an entry of the model, a signed byte a row. */
export type CodeColumn =
  /** How many of some cuts a value is above. Missing values are above every threshold, so that they go right. */
  | { readonly form: "ranks"; readonly entry: number; readonly cuts: Float64Array }
  /** The column before it, but missing values go left. */
  | { readonly form: "turned"; readonly entry: number }
  /** Whether a bin goes right: 127 in its place of the table, else 0. */
  | { readonly form: "set"; readonly entry: number; readonly table: Uint8Array };

/** Every split as one comparison: it goes right where the code in `column` is above `threshold`. Both are by node; leaves hold 0. */
export interface CodePlan {
  readonly columns: readonly CodeColumn[];
  readonly column: Uint32Array;
  readonly threshold: Int8Array;
}

/** Plans the columns of codes that a model's splits need: of each entry its distinct thresholds, `MOST_CUTS` a column, and its sets. */
export function planCodes({ trees, binOfCode }: Pick<TreeModel, "trees" | "binOfCode">): CodePlan {
  const { length } = trees.feature;
  const plan: GrowingPlan = { columns: [], column: new Uint32Array(length), threshold: new Int8Array(length) };
  const nodesOf: number[][] = binOfCode.map(() => []);
  trees.feature.forEach((entry, node) => {
    if (entry >= 0) nodesOf[entry]!.push(node);
  });
  nodesOf.forEach((nodes, entry) => {
    const bins = binOfCode[entry]!;
    if (bins === null) addRanks(plan, trees, nodes, entry);
    else {
      const mostBin = bins.reduce((most, bin) => Math.max(most, bin), 0);
      addSets(plan, trees, nodes, entry, mostBin);
    }
  });
  return plan;
}

type GrowingPlan = CodePlan & { readonly columns: CodeColumn[] };

function addRanks(plan: GrowingPlan, trees: TreeArrays, nodes: readonly number[], entry: number): void {
  const { columns } = plan;
  const cuts = Float64Array.from(new Set(nodes.map((node) => trees.threshold[node]!))).sort();
  const rankOf = new Map(Array.from(cuts, (cut, rank) => [cut, rank]));
  const part = (node: number): number => Math.floor(rankOf.get(trees.threshold[node]!)! / MOST_CUTS);
  const turnsMissing = (node: number): boolean => (trees.flags[node]! & MISSING_LEFT) !== 0;
  for (let first = 0; first < cuts.length; first += MOST_CUTS) {
    const own = nodes.filter((node) => part(node) === first / MOST_CUTS);
    const ranks = columns.push({ form: "ranks", entry, cuts: cuts.slice(first, first + MOST_CUTS) }) - 1;
    if (own.some(turnsMissing)) columns.push({ form: "turned", entry });
    for (const node of own) {
      plan.column[node] = turnsMissing(node) ? ranks + 1 : ranks;
      plan.threshold[node] = LOWEST + rankOf.get(trees.threshold[node]!)! - first;
    }
  }
}

function addSets(plan: GrowingPlan, trees: TreeArrays, nodes: readonly number[], entry: number, mostBin: number): void {
  const known = new Map<string, number>();
  for (const node of nodes) {
    const table = tableOf(trees, node, mostBin);
    const key = table.join();
    let column = known.get(key);
    if (column === undefined) {
      column = plan.columns.push({ form: "set", entry, table }) - 1;
      known.set(key, column);
    }
    plan.column[node] = column;
  }
}

/** 127 for each bin that a split by categories sends right; a whole number of 16 bytes. */
function tableOf({ bin, categories }: TreeArrays, node: number, mostBin: number): Uint8Array {
  const set = bin[node]! * CATEGORY_WORDS;
  const goesLeft = (value: number): boolean => ((categories[set + (value >> 5)]! >>> (value & 31)) & 1) === 1;
  return Uint8Array.from({ length: Math.ceil((mostBin + 1) / 16) * 16 }, (_, value) => (goesLeft(value) ? 0 : 127));
}
