import type { ModelContent, Task } from "../../core/index.ts";
import type { CategoricalBins, FeatureBins } from "./binning/feature-bins.ts";
import type { Progress } from "./boosting/early-stopping.ts";
import type { TreeArrays } from "./ensemble.ts";
import { type Loss, lossOfModel } from "./losses/index.ts";
import { damaged, validateTrees } from "./validate-trees.ts";

/** Version of the meaning of a tree model's arrays. */
export const TREE_MODEL_VERSION = 1;
const WHAT = "a tree model";

export interface ModelParts {
  readonly algorithm: string;
  readonly loss: Loss;
  readonly base: Float64Array;
  readonly trees: TreeArrays;
  readonly bins: readonly FeatureBins[];
  readonly progress: Progress;
  /** Columns that scores begin with. Default none. */
  readonly initialScore?: readonly number[];
  /** Rounds of a model that training went on from, whose trees come first. Default 0. */
  readonly warmRounds?: number;
}

/**
 * A model as data: trees with thresholds in the features' own units; `binOfCode` with the bin of each category of each
 * categorical feature, one after the other; `base` with the scores before the first tree. A split may name a number beyond the
 * features: further bins of the column that `furtherBins` has for it.
 */
export function modelOf({ algorithm, loss, base, trees, bins, progress, ...start }: ModelParts): ModelContent {
  const { initialScore = [], warmRounds = 0 } = start;
  const features = bins.filter((entry, i) => i === entry.column).length;
  const categorical = bins.filter((entry): entry is CategoricalBins => entry.kind === "categorical");
  const binOfCode = new Uint8Array(categorical.reduce((sum, entry) => sum + entry.binOfCode.length, 0));
  let at = 0;
  for (const entry of categorical) {
    binOfCode.set(entry.binOfCode, at);
    at += entry.binOfCode.length;
  }
  return {
    algorithm,
    formatVersion: TREE_MODEL_VERSION,
    json: {
      loss: loss.name,
      // Absent where there is none, so that models of such losses are the bytes that they were before any had one.
      ...(loss.parameter === null ? {} : { lossParameter: loss.parameter }),
      ...(loss.link === undefined ? {} : { link: loss.link }),
      classes: loss.classes,
      ...(initialScore.length === 0 ? {} : { initialScore: [...initialScore] }),
      ...(warmRounds === 0 ? {} : { warmRounds }),
      rounds: warmRounds + progress.round,
      bestRound: warmRounds + progress.bestRound,
      categoryBins: bins.map((entry) => (entry.kind === "categorical" ? entry.binOfCode.length : 0)),
      furtherBins: bins.slice(features).map(({ column }) => column),
    },
    arrays: { ...trees, base: base.slice(), binOfCode },
  };
}

/** A model that was checked. */
export interface TreeModel {
  readonly trees: TreeArrays;
  readonly base: Float64Array;
  /** What splits name: each feature, then further bins of some; the bin of each category's code, or null for a numeric one. */
  readonly binOfCode: readonly (Uint8Array | null)[];
  /** For each entry of `binOfCode` the feature whose values it is about. */
  readonly columns: readonly number[];
  readonly features: number;
  /** Columns that scores begin with, one a class; empty where they begin with `base` alone. */
  readonly initialScore: readonly number[];
}

/**
 * Takes a model from data that anyone may have written.
 *
 * @throws KaaykoError (damaged)
 */
export function readModel(model: ModelContent, task: Task, features: number): TreeModel & { readonly loss: Loss } {
  if (model.formatVersion !== TREE_MODEL_VERSION)
    throw damaged(WHAT, `its version must be ${TREE_MODEL_VERSION}`, String(model.formatVersion));
  const { json, arrays } = model;
  const loss = lossOfModel(json, task);
  if (loss === null || json.classes !== loss.classes)
    throw damaged(WHAT, `its loss must fit the task, ${task.kind}`, String(json.loss));
  const columns = readColumns(model, features);
  const binOfCode = readCategoryBins(model, columns.length);
  checkFurtherBins(binOfCode, columns, features);
  const isCategorical = (feature: number): boolean => binOfCode[feature] !== null;
  const trees = validateTrees({ arrays }, { features: columns.length, isCategorical, what: WHAT });
  if (trees.ends.length % loss.classes !== 0)
    throw damaged(WHAT, "each round must have a tree for each class", `${trees.ends.length} trees`);
  const { base } = arrays;
  const expected = loss.name === "softmax" ? loss.classes : 1;
  if (!(base instanceof Float64Array) || base.length !== expected || !base.every(Number.isFinite))
    throw damaged(WHAT, `it must hold ${expected} finite base scores`, String(base?.length));
  const initialScore = readInitialScore(model, binOfCode.slice(0, features), loss.classes);
  return { loss, trees, base, binOfCode, columns, features, initialScore };
}

function readInitialScore({ json }: ModelContent, binOfCode: TreeModel["binOfCode"], classes: number): number[] {
  const columns = json.initialScore ?? [];
  const isNumeric = (column: unknown): column is number => typeof column === "number" && binOfCode[column] === null;
  if (Array.isArray(columns) && columns.every(isNumeric) && (columns.length === 0 || columns.length === classes))
    return columns;
  throw damaged(WHAT, "initial scores must be numeric features of its", JSON.stringify(columns).slice(0, 100));
}

function readColumns({ json }: ModelContent, features: number): number[] {
  const further = json.furtherBins ?? [];
  const isColumn = (column: unknown): column is number =>
    typeof column === "number" && Number.isSafeInteger(column) && column >= 0 && column < features;
  if (!Array.isArray(further) || !further.every(isColumn))
    throw damaged(WHAT, "further bins must be of its features", JSON.stringify(further).slice(0, 100));
  return [...Array.from({ length: features }, (_, feature) => feature), ...further];
}

function checkFurtherBins(
  binOfCode: readonly (Uint8Array | null)[],
  columns: readonly number[],
  features: number,
): void {
  for (let entry = features; entry < columns.length; entry++)
    if (binOfCode[entry] === null || binOfCode[columns[entry]!] === null)
      throw damaged(WHAT, "further bins must be of categories", `feature ${columns[entry]! + 1}`);
}

function readCategoryBins({ json, arrays }: ModelContent, entries: number): (Uint8Array | null)[] {
  const lengths = json.categoryBins;
  const { binOfCode } = arrays;
  if (!Array.isArray(lengths) || lengths.length !== entries)
    throw damaged(
      WHAT,
      `it must have bins for ${entries} features`,
      Array.isArray(lengths) ? String(lengths.length) : "none",
    );
  if (!(binOfCode instanceof Uint8Array)) throw damaged(WHAT, "it must hold binOfCode", "something else");
  let at = 0;
  const parts = lengths.map((length) => {
    if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0 || at + length > binOfCode.length)
      throw damaged(WHAT, "lengths of category tables must fit", String(length));
    at += length;
    return length === 0 ? null : binOfCode.subarray(at - length, at);
  });
  if (at !== binOfCode.length) throw damaged(WHAT, "category tables must fill binOfCode", String(binOfCode.length));
  return parts;
}
