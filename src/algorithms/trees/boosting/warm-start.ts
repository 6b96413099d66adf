import { type Dataset, KaaykoError, type ModelContent } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { CATEGORICAL, CATEGORY_WORDS, type TreeArrays } from "../ensemble.ts";
import type { Loss } from "../losses/index.ts";
import { readModel, type TreeModel } from "../model.ts";
import { scoreTable } from "../predicting.ts";
import { addInitialColumns, constantBins, type InitialScores } from "./initial-scores.ts";

/** A model that training goes on from. */
export interface WarmStart {
  readonly model: TreeModel;
  readonly loss: Loss;
  /** Rounds that it has. */
  readonly rounds: number;
}

/**
 * Reads the model that training goes on from.
 *
 * @throws KaaykoError (input) where it is not of this task, these features or this loss; (damaged) where it is not whole
 */
export function readWarmStart(
  content: ModelContent,
  { task, features }: Pick<Dataset, "task" | "features">,
): WarmStart {
  if (content.arrays.ends === undefined || content.arrays.threshold === undefined)
    throw refuse("the model must be one of boosted trees", content.algorithm);
  const { loss, ...model } = readModel(content, task, features.length);
  features.forEach(({ name, cardinality }, column) => {
    const bins = model.binOfCode[column]!;
    if ((bins?.length ?? 1) !== cardinality + 1) throw refuse(`${name} must have the model's categories`, "others");
  });
  const further = model.columns.slice(model.features);
  if (further.some((column, i) => i > 0 && column < further[i - 1]!))
    throw refuse("the model must have been trained here", "an imported one");
  return { model, loss, rounds: model.trees.ends.length / loss.classes };
}

/** @throws KaaykoError (usage) where trees of another loss would be added */
export function checkSameLoss({ loss }: WarmStart, { name, link }: Pick<Loss, "name" | "link">): void {
  if (loss.name !== name || loss.link !== link) throw refuse(`the objective must be the model's, ${loss.name}`, name);
}

/** Scores that begin with the model's; categories keep its bins, so that its trees and those that follow read the same. */
export function scoresOfModel({ model, loss }: WarmStart, threads: number): InitialScores {
  const bins = new Map<number, FeatureBins[]>();
  model.columns.forEach((column, entry) => {
    const binOfCode = model.binOfCode[entry]!;
    if (binOfCode === null) return;
    const codes = binOfCode.reduce((most, bin) => Math.max(most, bin), 0) + 1;
    const own: FeatureBins = { kind: "categorical", column, binOfCode, codes };
    bins.set(column, [...(bins.get(column) ?? []), own]);
  });
  for (const column of model.initialScore) bins.set(column, [constantBins(column)]);
  const base = Float64Array.from({ length: loss.classes }, (_, k) => model.base[k % model.base.length]!);
  return {
    base,
    of: async (table) => {
      const scores = new Float64Array(table.rows * loss.classes);
      for (let i = 0; i < scores.length; i++) scores[i] = base[i % loss.classes]!;
      addInitialColumns(table, model.initialScore, scores);
      await scoreTable(model, table, scores, loss.classes, threads);
      return scores;
    },
    bins,
  };
}

/** Trees, and those grown after them. */
export function joinTrees(first: TreeArrays, then: TreeArrays): TreeArrays {
  const nodes = first.feature.length;
  const sets = first.categories.length / CATEGORY_WORDS;
  const joined = <A extends Float64Array | Int32Array | Uint32Array | Uint8Array>(a: A, b: A): A => {
    const both = new (a.constructor as new (length: number) => A)(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  const bin = joined(first.bin, then.bin);
  // Sets of categories are counted over all trees.
  for (let node = 0; node < then.feature.length; node++)
    if (then.flags[node]! & CATEGORICAL) bin[nodes + node]! += sets;
  return {
    feature: joined(first.feature, then.feature),
    bin,
    threshold: joined(first.threshold, then.threshold),
    flags: joined(first.flags, then.flags),
    left: joined(first.left, then.left),
    right: joined(first.right, then.right),
    value: joined(first.value, then.value),
    gain: joined(first.gain, then.gain),
    rows: joined(first.rows, then.rows),
    categories: joined(first.categories, then.categories),
    ends: joined(
      first.ends,
      then.ends.map((end) => end + nodes),
    ),
  };
}

function refuse(rule: string, got: string): KaaykoError {
  return new KaaykoError({
    action: "go on from the model",
    rule,
    got,
    remedy: "Train with the model's own settings and columns, or without --warm-start.",
    kind: "input",
  });
}
