import type { ModelContent, TaskKind, TypedArray } from "../../../core/index.ts";
import { ARRAY_TYPES, CATEGORY_WORDS, Ensemble, type TreeNode } from "../ensemble.ts";
import { TREE_MODEL_VERSION } from "../model.ts";
import { type BinEntry, binEntries, splitsByFeature } from "./bin-entries.ts";
import { type ForeignForest, type ForeignNode, refused } from "./foreign-types.ts";
import { withNamedCodes } from "./sparse-codes.ts";

/** A feature that a model from elsewhere needs. */
export interface ImportedFeature {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
  /** Texts of the categories, by code from 1 in the model; empty for a numeric feature. */
  readonly categories: readonly string[];
}

/** A model from elsewhere, as ours. */
export interface ImportedModel {
  readonly content: ModelContent;
  readonly kind: TaskKind & ("regression" | "binary" | "multiclass");
  /** Classes of the target; 0 for regression. */
  readonly classes: number;
  readonly features: readonly ImportedFeature[];
  /** Labels of the classes, where the file has them. */
  readonly labels?: readonly string[];
  /** Lines for a person. */
  readonly notices: readonly string[];
}

export const MAX_FEATURES = 1_000_000;
export const MAX_CLASSES = 10_000;

/**
 * Makes our model of another program's trees. Categories that splits tell apart in more than 255 groups get further bins.
 *
 * @throws KaaykoError (damaged) where trees are not trees
 */
export function importForest(read: ForeignForest): ImportedModel {
  const forest = withNamedCodes(read);
  const { classes, base, what, kind } = forest;
  const perRound = kind === "multiclass" ? classes : 1;
  if (!(perRound >= 1 && perRound <= MAX_CLASSES) || base.length !== perRound || !base.every(Number.isFinite))
    throw refused(what, "it must have a finite base score for each class", base.join(", ").slice(0, 100));
  if (forest.trees.length % perRound !== 0)
    throw refused(what, "each round must have a tree for each class", `${forest.trees.length} trees`);
  const ordered = forest.trees.map((nodes, tree) => parentsFirst(nodes, tree, forest));
  const splits = splitsByFeature(forest.features.length, ordered);
  const { entries, entryOf } = binEntries(forest, splits);
  const further = entries.slice(forest.features.length);
  const ensemble = new Ensemble();
  for (const nodes of ordered) ensemble.append(nodes.map((node) => ourNode(node, entries, entryOf)));
  const arrays = copyArrays(ensemble);
  const tables = entries.map(({ groups }) => groups?.binOfCode ?? new Uint8Array(0));
  const binOfCode = new Uint8Array(tables.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const table of tables) {
    binOfCode.set(table, at);
    at += table.length;
  }
  const rounds = forest.trees.length / perRound;
  return {
    content: {
      algorithm: forest.algorithm,
      formatVersion: TREE_MODEL_VERSION,
      json: {
        loss: forest.loss,
        ...(forest.parameter === undefined ? {} : { lossParameter: forest.parameter }),
        ...(forest.link === undefined ? {} : { link: forest.link }),
        classes: perRound,
        rounds,
        bestRound: rounds,
        categoryBins: tables.map(({ length }) => length),
        furtherBins: further.map(({ feature }) => feature),
      },
      arrays: { ...arrays, base: Float64Array.from(base), binOfCode },
    },
    kind,
    classes: kind === "regression" ? 0 : kind === "binary" ? 2 : classes,
    features: forest.features.map(({ name, categories }, index) => {
      const group = entries[index]!.groups;
      if (group === null) return { name, kind: "numeric", categories: [] };
      const codes = Array.from({ length: group.binOfCode.length - 1 }, (_, code) => String(code));
      return { name, kind: "categorical", categories: categories ?? codes };
    }),
    notices: forest.notices,
  };
}

/** Arrays of their own, no longer than they are filled. */
function copyArrays(ensemble: Ensemble): Record<string, TypedArray> {
  const arrays = ensemble.arrays();
  return Object.fromEntries(
    (Object.keys(ARRAY_TYPES) as (keyof typeof ARRAY_TYPES)[]).map((name) => [name, arrays[name].slice()]),
  );
}

/**
 * The nodes that a root reaches, each behind its parent.
 *
 * @throws KaaykoError (damaged) for a child that is nowhere, or has two parents (a cycle among them)
 */
function parentsFirst(nodes: readonly ForeignNode[], tree: number, { what, features }: ForeignForest): ForeignNode[] {
  if (nodes.length === 0) throw refused(what, "every tree must have nodes", `none in tree ${tree}`);
  const order = [0];
  const placeOf = new Int32Array(nodes.length).fill(-1);
  placeOf[0] = 0;
  for (let i = 0; i < order.length; i++) {
    const node = nodes[order[i]!]!;
    if (node.feature < 0) continue;
    if (!(Number.isSafeInteger(node.feature) && node.feature < features.length))
      throw refused(what, "a split must name a feature", `${node.feature} in tree ${tree}`);
    for (const child of [node.left, node.right]) {
      if (!(Number.isSafeInteger(child) && child > 0 && child < nodes.length) || placeOf[child] !== -1)
        throw refused(what, "a node must have one parent, in its tree", `node ${child} in tree ${tree}`);
      placeOf[child] = order.push(child) - 1;
    }
  }
  return order.map((from) => {
    const node = nodes[from]!;
    const isLeaf = node.feature < 0;
    checkNumbers(node, tree, what);
    return { ...node, left: isLeaf ? -1 : placeOf[node.left]!, right: isLeaf ? -1 : placeOf[node.right]! };
  });
}

function checkNumbers(node: ForeignNode, tree: number, what: string): void {
  const number = node.feature < 0 ? node.value : node.codes === null ? node.threshold : 0;
  if (!Number.isFinite(number))
    throw refused(what, "values and thresholds must be finite", `${number} in tree ${tree}`);
}

const NO_SET = { bin: 0, flags: 0, categories: null } as const;

function ourNode(
  node: ForeignNode,
  entries: readonly BinEntry[],
  entryOf: ReadonlyMap<readonly number[], number>,
): TreeNode {
  const { feature, left, right } = node;
  const gain = Number.isFinite(node.gain) ? node.gain : 0;
  const rows = Number.isFinite(node.rows) ? node.rows : 0;
  if (feature < 0)
    return { ...NO_SET, feature: -1, threshold: 0, left: -1, right: -1, value: node.value, gain: 0, rows };
  const common = { feature, left, right, value: 0, gain, rows };
  if (node.codes === null) return { ...NO_SET, ...common, threshold: node.threshold, flags: node.missingLeft ? 1 : 0 };
  const categories = new Uint32Array(CATEGORY_WORDS);
  const entry = entryOf.get(node.codes)!;
  entries[entry]!.groups!.write(node.codes, node.setLeft, node.missingLeft, categories);
  return { ...common, feature: entry, bin: 0, threshold: 0, flags: 2, categories };
}
