import { exp, KaaykoError, log, sigmoid } from "../../../core/index.ts";
import { lessThanOf, shortFloat32 } from "./float32.ts";
import {
  distinctNames,
  type ExportedModel,
  featureOf,
  type ModelForest,
  modelForest,
  nodesOf,
  type Split,
  splitOf,
} from "./model-forest.ts";
import { writtenObjective } from "./xgboost-objectives.ts";

/** The release whose meaning the file has: base scores as probabilities, one for all classes, so that later ones read it too. */
const VERSION = [2, 1, 0];
const NO_PARENT = 2147483647;
const LEAST_SHARE = 1e-6;
/** Means of larger ones are no float32 of full precision. */
const LARGEST_LOGARITHM = 80;
/** A code that no feature of ours reaches: they keep 1,024 categories. */
const NO_CATEGORY = 65_535;

/**
 * Writes a model as XGBoost's JSON (`Booster.load_model`, `XGBRegressor.load_model`).
 *
 * XGBoost asks `x < t` of float32 numbers where ours asks `x <= t`: thresholds become the next float32 up, which says the same of
 * every float32 value. Categories are their codes from 0, missing and unseen ones NaN. Leaves are rounded to float32.
 *
 * @throws KaaykoError (input) for a model that is not made of trees
 */
export function toXgboostJson(source: ExportedModel): string {
  const forest = modelForest(source);
  const { features } = source;
  const { classes, trees } = forest;
  const { score, offsets } = baseOf(forest);
  const count = Math.max(trees.ends.length, classes);
  const written = Array.from({ length: count }, (_, tree) =>
    treeOf(forest, tree, tree < classes ? offsets[tree]! : 0, features.length),
  );
  const rounds = count / classes;
  const model = textOf({
    gbtree_model_param: JSON.stringify({ num_parallel_tree: "1", num_trees: String(count) }),
    iteration_indptr: JSON.stringify(Array.from({ length: rounds + 1 }, (_, round) => round * classes)),
    tree_info: JSON.stringify(written.map((_, tree) => tree % classes)),
    trees: `[${written.join(",")}]`,
  });
  const parameters = {
    base_score: exponential(score),
    boost_from_average: "1",
    num_class: forest.link === "softmax" ? String(classes) : "0",
    num_feature: String(features.length),
    num_target: forest.link === "softmax" ? "1" : String(classes),
  };
  const learner = textOf({
    attributes: "{}",
    feature_names: JSON.stringify(distinctNames(features, (name) => name.replace(/[[\]<]/g, "_"))),
    feature_types: JSON.stringify(features.map(({ kind }) => (kind === "categorical" ? "c" : "float"))),
    gradient_booster: textOf({ model, name: JSON.stringify("gbtree") }),
    learner_model_param: JSON.stringify(parameters),
    objective: JSON.stringify(writtenObjective(forest)),
  });
  return textOf({ learner, version: JSON.stringify(VERSION) });
}

/**
 * The base score, which is one number (for two classes a probability, for logarithms a mean), and what the first tree of each class
 * adds because that number cannot say all of it.
 */
function baseOf({ link, base }: ModelForest): { score: number; offsets: readonly number[] } {
  if (link === "softmax") return { score: 0.5, offsets: [...base] };
  if (base.length > 1) return { score: 0, offsets: [...base] };
  const score = base[0]!;
  if (link === "identity") return { score: shortFloat32(score), offsets: [0] };
  if (link === "log") {
    const mean = Math.abs(score) < LARGEST_LOGARITHM ? shortFloat32(exp(score)) : 1;
    return { score: mean, offsets: [score - log(Math.fround(mean))] };
  }
  const share = shortFloat32(Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, sigmoid(score))));
  const single = Math.fround(share);
  return { score: share, offsets: [score - log(single / (1 - single))] };
}

/** A number as XGBoost's reader tells it from a whole one. */
function exponential(value: number): string {
  return value.toExponential().replace("e+", "E").replace("e", "E");
}

interface Categories {
  readonly nodes: number[];
  readonly segments: number[];
  readonly sizes: number[];
  readonly codes: number[];
}

/** A tree, or where there is none a leaf of the offset. */
function treeOf(forest: ModelForest, tree: number, offset: number, features: number): string {
  const { trees } = forest;
  const [start, end] = tree < trees.ends.length ? nodesOf(trees, tree) : [0, 0];
  const order = pairedOrder(forest, start, end);
  const count = Math.max(1, order.length);
  const zeros = (): number[] => new Array<number>(count).fill(0);
  const columns = {
    left: zeros().fill(-1),
    right: zeros().fill(-1),
    parents: zeros().fill(NO_PARENT),
    defaults: zeros(),
    conditions: zeros(),
    indices: zeros(),
    types: zeros(),
    gains: zeros(),
    covers: zeros(),
    weights: zeros(),
  };
  const sets: Categories = { nodes: [], segments: [], sizes: [], codes: [] };
  if (end === start) columns.conditions[0] = shortFloat32(offset);
  let nextPair = 1;
  order.forEach((node, at) => {
    if (writeNode(forest, node, at, nextPair, offset, columns, sets)) nextPair += 2;
  });
  const integers = (values: readonly number[]): string => `[${values.join(",")}]`;
  const floats = (values: readonly number[]): string => `[${values.map(exponential).join(",")}]`;
  const parameters = {
    num_deleted: "0",
    num_feature: String(features),
    num_nodes: String(count),
    size_leaf_vector: "1",
  };
  return textOf({
    base_weights: floats(columns.weights),
    categories: integers(sets.codes),
    categories_nodes: integers(sets.nodes),
    categories_segments: integers(sets.segments),
    categories_sizes: integers(sets.sizes),
    default_left: integers(columns.defaults),
    id: String(tree),
    left_children: integers(columns.left),
    loss_changes: floats(columns.gains),
    parents: integers(columns.parents),
    right_children: integers(columns.right),
    split_conditions: floats(columns.conditions),
    split_indices: integers(columns.indices),
    split_type: integers(columns.types),
    sum_hessian: floats(columns.covers),
    tree_param: JSON.stringify(parameters),
  });
}

/** An object of JSON texts as JSON. */
function textOf(entries: Readonly<Record<string, string>>): string {
  return `{${Object.entries(entries)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(",")}}`;
}

/** The children as XGBoost has them: sets go right there, missing and unseen ones left. */
function childrenOf({ model, trees }: ModelForest, node: number): { split: Split; children: [number, number] } {
  const split = splitOf(model, node);
  const children: [number, number] = [trees.left[node]!, trees.right[node]!];
  if (split.kind === "set" && split.leftIsSet) children.reverse();
  return { split, children };
}

/** Nodes level by level, the two children of a node side by side: XGBoost finds the right one behind the left one. */
function pairedOrder(forest: ModelForest, start: number, end: number): number[] {
  const order = end > start ? [start] : [];
  // Where children are shared, which no tree of ours has, the order would grow for ever.
  for (let i = 0; i < order.length && order.length <= end - start; i++)
    if (forest.trees.feature[order[i]!]! >= 0)
      for (const child of childrenOf(forest, order[i]!).children) order.push(start + child);
  if (order.length === end - start) return order;
  throw new KaaykoError({ action: "export the model", rule: "every node must have one parent", kind: "damaged" });
}

/** Writes a node at its place; true where it has children, which are at `pair` and behind it. */
function writeNode(
  forest: ModelForest,
  node: number,
  at: number,
  pair: number,
  offset: number,
  to: Record<string, number[]>,
  sets: Categories,
): boolean {
  const { trees } = forest;
  to.covers![at] = shortFloat32(trees.rows[node]!);
  if (trees.feature[node]! < 0) {
    const value = shortFloat32(trees.value[node]! + offset);
    to.conditions![at] = value;
    to.weights![at] = value;
    return false;
  }
  const { split } = childrenOf(forest, node);
  to.indices![at] = featureOf(forest.model, node);
  to.gains![at] = shortFloat32(trees.gain[node]!);
  if (split.kind === "threshold") {
    to.conditions![at] = shortFloat32(lessThanOf(split.threshold));
    to.defaults![at] = split.missingLeft ? 1 : 0;
  } else {
    // A set of none is one that no category is in: the reader wants one.
    const codes = split.codes.length === 0 ? [NO_CATEGORY] : split.codes;
    to.types![at] = 1;
    to.defaults![at] = 1;
    sets.nodes.push(at);
    sets.segments.push(sets.codes.length);
    sets.sizes.push(codes.length);
    for (const code of codes) sets.codes.push(code);
  }
  to.left![at] = pair;
  to.right![at] = pair + 1;
  to.parents![pair] = at;
  to.parents![pair + 1] = at;
  return true;
}
