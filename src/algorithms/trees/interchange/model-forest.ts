import { type FeatureSpec, KaaykoError, type ModelContent, type Task } from "../../../core/index.ts";
import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT, type TreeArrays } from "../ensemble.ts";
import type { Loss } from "../losses/loss.ts";
import { readModel, type TreeModel } from "../model.ts";
import { forestAsTrees, isForest } from "./forest-as-trees.ts";
import type { ModelForest, ScoreLink } from "./written-forest.ts";

export type { ModelForest } from "./written-forest.ts";

/** A model of ours and what it learnt from: what every writer takes. */
export interface ExportedModel {
  readonly content: ModelContent;
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  /** Binary: probability from which the second class is predicted. Default 0.5. */
  readonly threshold?: number;
  /** For each feature the texts of its categories by code from 1, null for a numeric one. Default: the codes from 0 as numbers. */
  readonly categories?: readonly (readonly string[] | null)[];
}

/**
 * Checks a model that is to be written.
 *
 * @throws KaaykoError (input) where it is not made of trees; (damaged) where it is not whole
 */
export function modelForest({ content, task, features }: ExportedModel): ModelForest {
  if (isForest(content)) return forestAsTrees(content, task, features);
  if (content.arrays.ends === undefined || content.arrays.threshold === undefined)
    throw new KaaykoError({
      action: "export the model",
      rule: "it must be made of trees",
      got: content.algorithm,
      remedy: "Train with --algorithms xgboost, hist-gradient or random-forest.",
      kind: "input",
    });
  const { loss, ...model } = readModel(content, task, features.length);
  if (model.initialScore.length > 0)
    throw new KaaykoError({
      action: "export the model",
      rule: "its scores must begin with a constant, as other programs' files say nothing of initial scores",
      got: `initial scores in ${model.initialScore.map((column) => features[column]!.name).join(", ")}`,
      remedy: "Train without --init-score to export.",
      kind: "input",
    });
  const { base, trees } = model;
  const { name, parameter, classes } = loss;
  return { model, trees, loss: name, parameter, link: linkOf(loss), classes, base };
}

function linkOf({ link, name }: Loss): ScoreLink {
  if (link !== undefined) return link;
  if (name === "poisson" || name === "gamma" || name === "tweedie") return "log";
  if (name === "softmax") return "softmax";
  return name === "logistic" ? "logistic" : "identity";
}

/** First node and one past the last of a tree. */
export function nodesOf(trees: TreeArrays, tree: number): readonly [start: number, end: number] {
  return [tree === 0 ? 0 : trees.ends[tree - 1]!, trees.ends[tree]!];
}

/** The feature whose values an inner node is about. */
export function featureOf({ trees, columns }: TreeModel, node: number): number {
  return columns[trees.feature[node]!]!;
}

/** A split as every format can say it: by a threshold, or by a set of categories against all others. */
export type Split =
  | { readonly kind: "threshold"; readonly threshold: number; readonly missingLeft: boolean }
  /** Codes from 0, ascending, that part from missing and unseen ones; `leftIsSet` where they go left. */
  | { readonly kind: "set"; readonly codes: readonly number[]; readonly leftIsSet: boolean };

/** The split of an inner node. */
export function splitOf({ trees, binOfCode }: TreeModel, node: number): Split {
  const flags = trees.flags[node]!;
  if ((flags & CATEGORICAL) === 0)
    return { kind: "threshold", threshold: trees.threshold[node]!, missingLeft: (flags & MISSING_LEFT) !== 0 };
  const first = trees.bin[node]! * CATEGORY_WORDS;
  const goesLeft = (bin: number): boolean => ((trees.categories[first + (bin >> 5)]! >>> (bin & 31)) & 1) === 1;
  // A model's code 0 is missing and unseen: all formats let those that are not named go one way.
  const missingLeft = goesLeft(0);
  const bins = binOfCode[trees.feature[node]!]!;
  const codes: number[] = [];
  for (let code = 1; code < bins.length; code++) if (goesLeft(bins[code]!) !== missingLeft) codes.push(code - 1);
  return { kind: "set", codes, leftIsSet: !missingLeft };
}

/** Names that are all there and all different, as the formats ask, by a rule for each. */
export function distinctNames(features: readonly FeatureSpec[], clean: (name: string) => string): string[] {
  const taken = new Set<string>();
  return features.map(({ name }, feature) => {
    const base = clean(name) || `f${feature}`;
    let distinct = base;
    for (let n = 2; taken.has(distinct); n++) distinct = `${base}_${n}`;
    taken.add(distinct);
    return distinct;
  });
}
