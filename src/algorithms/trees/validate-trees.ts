import { KaaykoError, type State } from "../../core/index.ts";
import {
  ARRAY_TYPES,
  arraysOf,
  CATEGORICAL,
  CATEGORY_WORDS,
  MISSING_LEFT,
  TREE_ARRAY_NAMES,
  type TreeArrays,
} from "./ensemble.ts";

export interface TreeRules {
  readonly features: number;
  /** Whether a feature is split by categories. */
  readonly isCategorical: (feature: number) => boolean;
  readonly what: string;
}

/**
 * Takes trees from bytes that anyone may have written. Afterwards every walk from a root ends at a leaf of the same tree:
 * children have higher numbers than their parent, lie inside it, and have no other parent.
 *
 * @throws KaaykoError (damaged)
 */
export function validateTrees(state: Pick<State, "arrays">, rules: TreeRules): TreeArrays {
  const arrays = checkedArrays(state, rules.what);
  const { ends, feature } = arrays;
  const seen = new Uint8Array(feature.length);
  let start = 0;
  for (let tree = 0; tree < ends.length; tree++) {
    const end = ends[tree]!;
    if (end <= start || end > feature.length) throw damaged(rules.what, "every tree must have nodes", `tree ${tree}`);
    for (let node = start; node < end; node++) {
      checkNode(arrays, node, start, end, rules);
      if (feature[node]! >= 0) markChildren(arrays, node, start, seen, rules.what);
    }
    start = end;
  }
  if (start !== feature.length)
    throw damaged(rules.what, "every node must belong to a tree", `${feature.length} nodes`);
  return arrays;
}

function checkedArrays(state: Pick<State, "arrays">, what: string): TreeArrays {
  const arrays = arraysOf(state.arrays);
  for (const name of TREE_ARRAY_NAMES) {
    if (!(arrays[name] instanceof ARRAY_TYPES[name])) throw damaged(what, `it must hold ${name}`, "something else");
    const perNode = name !== "ends" && name !== "categories";
    if (perNode && arrays[name]!.length !== arrays.feature?.length)
      throw damaged(what, "arrays of nodes must be of one length", name);
  }
  return arrays as unknown as TreeArrays;
}

function checkNode(arrays: TreeArrays, node: number, start: number, end: number, rules: TreeRules): void {
  const feature = arrays.feature[node]!;
  const value = arrays.value[node]!;
  const refuse = (rule: string, got: number): never => {
    throw damaged(rules.what, rule, `${got} in node ${node}`);
  };
  if (!Number.isFinite(value)) refuse("values of leaves must be finite", value);
  if (feature === -1) return;
  if (feature < 0 || feature >= rules.features) refuse("a split must name a feature", feature);
  for (const child of [arrays.left[node]!, arrays.right[node]!])
    if (child <= node - start || child >= end - start) refuse("a child must come after its parent, in its tree", child);
  if (arrays.left[node] === arrays.right[node]) refuse("children must be two", arrays.left[node]!);
  if (!Number.isFinite(arrays.gain[node]!)) refuse("gains must be finite", arrays.gain[node]!);
  const flags = arrays.flags[node]!;
  if (flags > (MISSING_LEFT | CATEGORICAL)) refuse("flags must be known", flags);
  const bySet = (flags & CATEGORICAL) !== 0;
  if (bySet !== rules.isCategorical(feature)) refuse("a split must fit the kind of its feature", feature);
  const set = arrays.bin[node]!;
  if (bySet && (set < 0 || (set + 1) * CATEGORY_WORDS > arrays.categories.length))
    refuse("a set of categories must exist", set);
  if (!bySet && !Number.isFinite(arrays.threshold[node]!)) refuse("thresholds must be finite", arrays.threshold[node]!);
}

function markChildren({ left, right }: TreeArrays, node: number, start: number, seen: Uint8Array, what: string): void {
  for (const child of [left[node]!, right[node]!]) {
    if (seen[start + child] === 1) throw damaged(what, "a node must have one parent", `node ${start + child}`);
    seen[start + child] = 1;
  }
}

export function damaged(what: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `read ${what}`, rule, got, kind: "damaged" });
}
