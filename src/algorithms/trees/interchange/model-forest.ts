import { type FeatureSpec, KaaykoError, type ModelContent, type Task } from "../../../core/index.ts";
import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT, type TreeArrays } from "../ensemble.ts";
import { readModel, type TreeModel } from "../model.ts";

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

/** Kinds of score that the formats can all say. */
export type ForestLoss = "squared" | "logistic" | "softmax";
const LOSSES: readonly string[] = ["squared", "logistic", "softmax"];

/** A checked model, ready to be written. */
export interface ModelForest {
  readonly model: TreeModel;
  readonly trees: TreeArrays;
  readonly loss: ForestLoss;
  /** Trees a round. */
  readonly classes: number;
  readonly base: Float64Array;
}

/**
 * Checks a model that is to be written.
 *
 * @throws KaaykoError (input) where it is not made of trees, or of a loss that the formats do not know; (damaged) where it is not
 *   whole
 */
export function modelForest({ content, task, features }: ExportedModel): ModelForest {
  if (content.arrays.ends === undefined || content.arrays.threshold === undefined)
    throw new KaaykoError({
      action: "export the model",
      rule: "it must be made of trees",
      got: content.algorithm,
      remedy: "Train with --algorithms xgboost or hist-gradient.",
      kind: "input",
    });
  const { loss, ...model } = readModel(content, task, features.length);
  if (!LOSSES.includes(loss.name))
    throw new KaaykoError({
      action: "export the model",
      rule: `its loss must be one of ${LOSSES.join(", ")}`,
      got: loss.name,
      kind: "input",
    });
  const { base, trees } = model;
  return { model, trees, loss: loss.name as ForestLoss, classes: loss.classes, base };
}

/** First node and one past the last of a tree. */
export function nodesOf(trees: TreeArrays, tree: number): readonly [start: number, end: number] {
  return [tree === 0 ? 0 : trees.ends[tree - 1]!, trees.ends[tree]!];
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
