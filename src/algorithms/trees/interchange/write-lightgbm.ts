import type { FeatureSpec } from "../../../core/index.ts";
import {
  distinctNames,
  type ExportedModel,
  featureOf,
  type ModelForest,
  modelForest,
  nodesOf,
  splitOf,
} from "./model-forest.ts";

/** Bits of `decision_type`. */
export const BY_CATEGORY = 1;
export const DEFAULT_LEFT = 2;
export const MISSING_NAN = 8;

/**
 * Writes a model as LightGBM's text (`Booster(model_file=…)`), thresholds and leaves in full float64.
 *
 * Base scores are added to the leaves of the first trees. Categories are their codes from 0; `pandas_categorical` names them, so
 * that a data frame with categorical columns is coded the same way.
 *
 * @throws KaaykoError (input) for a model that is not made of trees
 */
export function toLightgbmText(source: ExportedModel): string {
  const forest = modelForest(source);
  const { classes, trees, base } = forest;
  const { features } = source;
  const count = Math.max(trees.ends.length, classes);
  const objective = objectiveOf(forest);
  const parts = Array.from(
    { length: count },
    (_, tree) => `Tree=${tree}\n${treeText(forest, tree, tree < classes ? base[tree]! : 0)}\n\n\n`,
  );
  const head = [
    "tree",
    "version=v4",
    `num_class=${classes}`,
    `num_tree_per_iteration=${classes}`,
    "label_index=0",
    `max_feature_idx=${features.length - 1}`,
    ...(objective === null ? [] : [`objective=${objective}`]),
    `feature_names=${distinctNames(features, (name) => name.replace(/[\s",:[\]{}=]/g, "_")).join(" ")}`,
    `feature_infos=${features.map(infoOf).join(" ")}`,
    `tree_sizes=${parts.map((part) => part.length).join(" ")}`,
  ];
  const tail = ["end of trees", "", "feature_importances:", "", "parameters:", "end of parameters", ""];
  return `${head.join("\n")}\n\n${parts.join("")}${tail.join("\n")}\npandas_categorical:${categoriesOf(source)}\n`;
}

/** LightGBM's name of what makes predictions of scores; scores that are predictions of several classes have none. */
function objectiveOf({ loss, link, classes }: ModelForest): string | null {
  if (classes > 1) return link === "softmax" ? `multiclass num_class:${classes}` : null;
  if (link === "logistic") return loss === "logistic" ? "binary sigmoid:1" : "cross_entropy";
  if (link === "log") return loss === "gamma" || loss === "tweedie" ? loss : "poisson";
  return Object.hasOwn(IDENTITIES, loss) ? IDENTITIES[loss]! : "regression";
}

const IDENTITIES: Readonly<Record<string, string>> = {
  absolute: "regression_l1",
  huber: "huber",
  quantile: "quantile",
  lambdarank: "lambdarank",
};

function infoOf({ kind, cardinality, min, max }: FeatureSpec): string {
  if (kind === "categorical") {
    const codes = Array.from({ length: cardinality }, (_, code) => code);
    return codes.length === 0 ? "none" : `-1:${codes.join(":")}`;
  }
  return `[${min}:${max}]`;
}

function categoriesOf({ features, categories }: ExportedModel): string {
  const lists = features.flatMap(({ kind, cardinality }, feature) => {
    if (kind !== "categorical") return [];
    return [categories?.[feature] ?? Array.from({ length: cardinality }, (_, code) => code)];
  });
  return lists.length === 0 ? "null" : JSON.stringify(lists);
}

/** A tree's lines. Inner nodes and leaves are counted apart; a leaf as a child is written as -1 - its number. */
function treeText(forest: ModelForest, tree: number, offset: number): string {
  const { model, trees } = forest;
  const [start, end] = tree < trees.ends.length ? nodesOf(trees, tree) : [0, 0];
  const numbers = new Int32Array(end - start);
  const inner: number[] = [];
  const leaves: number[] = [];
  for (let node = start; node < end; node++)
    numbers[node - start] = trees.feature[node]! < 0 ? -leaves.push(node) : inner.push(node) - 1;
  const values = leaves.length === 0 ? [offset] : leaves.map((node) => trees.value[node]! + offset);
  if (inner.length === 0) return `num_leaves=1\nnum_cat=0\nleaf_value=${values[0]}\nis_linear=0\nshrinkage=1`;
  const sets: (readonly number[])[] = [];
  const columns: Record<"thresholds" | "decisions" | "left" | "right", number[]> = {
    thresholds: [],
    decisions: [],
    left: [],
    right: [],
  };
  for (const node of inner) {
    const split = splitOf(model, node);
    const children = [numbers[trees.left[node]!]!, numbers[trees.right[node]!]!];
    if (split.kind === "threshold") {
      columns.thresholds.push(split.threshold);
      columns.decisions.push(MISSING_NAN | (split.missingLeft ? DEFAULT_LEFT : 0));
    } else {
      // Sets go left there, missing and unseen ones right.
      if (!split.leftIsSet) children.reverse();
      columns.thresholds.push(sets.push(split.codes) - 1);
      columns.decisions.push(BY_CATEGORY | MISSING_NAN);
    }
    columns.left.push(children[0]!);
    columns.right.push(children[1]!);
  }
  const rows = (nodes: readonly number[]): string => nodes.map((node) => Math.round(trees.rows[node]!)).join(" ");
  return [
    `num_leaves=${leaves.length}`,
    `num_cat=${sets.length}`,
    `split_feature=${inner.map((node) => featureOf(model, node)).join(" ")}`,
    `split_gain=${inner.map((node) => trees.gain[node]!).join(" ")}`,
    `threshold=${columns.thresholds.join(" ")}`,
    `decision_type=${columns.decisions.join(" ")}`,
    `left_child=${columns.left.join(" ")}`,
    `right_child=${columns.right.join(" ")}`,
    `leaf_value=${values.join(" ")}`,
    `leaf_weight=${leaves.map((node) => trees.rows[node]!).join(" ")}`,
    `leaf_count=${rows(leaves)}`,
    `internal_value=${inner.map(() => 0).join(" ")}`,
    `internal_weight=${inner.map((node) => trees.rows[node]!).join(" ")}`,
    `internal_count=${rows(inner)}`,
    ...setLines(sets),
    "is_linear=0",
    "shrinkage=1",
  ].join("\n");
}

/** Sets of codes as words of 32 bits, one set after the other. */
function setLines(sets: readonly (readonly number[])[]): string[] {
  if (sets.length === 0) return [];
  const boundaries = [0];
  const words: number[] = [];
  for (const codes of sets) {
    const own = new Uint32Array(Math.floor((codes.at(-1) ?? 0) / 32) + 1);
    for (const code of codes) own[code >> 5]! |= 1 << (code & 31);
    for (const word of own) words.push(word);
    boundaries.push(words.length);
  }
  return [`cat_boundaries=${boundaries.join(" ")}`, `cat_threshold=${words.join(" ")}`];
}
