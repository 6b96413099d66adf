import {
  type Contributions,
  type FeatureColumn,
  type FeatureImportance,
  type FeatureTable,
  KaaykoError,
  type ModelContent,
  type Predictor,
  type PredictorContext,
} from "../../core/index.ts";
import { addInitialColumns } from "./boosting/initial-scores.ts";
import { explainScores } from "./explaining.ts";
import { splitMeasures } from "./importance.ts";
import type { Loss } from "./losses/index.ts";
import { readModel, type TreeModel } from "./model.ts";
import { leafOf, readRow } from "./row-walking.ts";
import { BatchScorer } from "./scoring/batch-scorer.ts";
import { RowScorer } from "./scoring/row-scorer.ts";

/** From this many rows times trees on, the kernel is worth loading. */
const KERNEL_FROM = 50_000;
/** Nodes that are laid out for single rows at most: 16 bytes each, a gibibyte in all. */
const MOST_ROW_NODES = 2 ** 26;

/** Makes a predictor of a model that may come from anyone. */
export async function createTreePredictor(model: ModelContent, context: PredictorContext): Promise<Predictor> {
  const { loss, ...read } = readModel(model, context.task, context.features.length);
  return new TreePredictor(read, loss, context);
}

class TreePredictor implements Predictor {
  readonly #model: TreeModel;
  readonly #loss: Loss;
  readonly #context: PredictorContext;
  readonly #kinds: readonly FeatureColumn["kind"][];
  #scorer: BatchScorer | null = null;
  #rowScorer: RowScorer | null = null;

  constructor(model: TreeModel, loss: Loss, context: PredictorContext) {
    this.#model = model;
    this.#loss = loss;
    this.#context = context;
    this.#kinds = model.binOfCode.slice(0, model.features).map((bins) => (bins === null ? "numeric" : "categorical"));
  }

  async predict(table: FeatureTable): Promise<Float64Array> {
    this.#checkTable(table);
    const { trees, base } = this.#model;
    const { classes } = this.#loss;
    const scores = new Float64Array(table.rows * classes);
    for (let i = 0; i < scores.length; i++) scores[i] = base[i % classes]!;
    addInitialColumns(table, this.#model.initialScore, scores);
    if (table.rows * trees.ends.length < KERNEL_FROM) this.#addRows(table, scores);
    else {
      this.#scorer ??= new BatchScorer(this.#model, classes, this.#context.threads);
      this.#scorer.add(table, scores);
    }
    this.#loss.toPredictions(scores);
    return scores;
  }

  #addRows(table: FeatureTable, scores: Float64Array): void {
    if (this.#model.trees.feature.length > MOST_ROW_NODES) {
      addScores(this.#model, table, scores, this.#loss.classes);
      return;
    }
    this.#rowScorer ??= new RowScorer(this.#model, this.#loss.classes);
    for (let row = 0; row < table.rows; row++) this.#rowScorer.add(table.columns, row, scores);
  }

  importance(): FeatureImportance {
    return this.importances()[0]!;
  }

  importances(): readonly FeatureImportance[] {
    return splitMeasures(this.#model.trees, this.#model.columns, this.#model.features);
  }

  async explain(table: FeatureTable): Promise<Contributions> {
    this.#checkTable(table);
    return explainScores(this.#model, table, this.#loss.classes);
  }

  #checkTable({ columns }: FeatureTable): void {
    const kinds = this.#kinds;
    let same = columns.length === kinds.length;
    for (let i = 0; i < kinds.length && same; i++) same = columns[i]!.kind === kinds[i];
    if (!same) throw wrongTable(kinds, columns);
  }

  async dispose(): Promise<void> {
    await this.#scorer?.dispose();
    this.#scorer = null;
  }
}

function wrongTable(kinds: readonly FeatureColumn["kind"][], columns: FeatureTable["columns"]): KaaykoError {
  const wrong = kinds.findIndex((kind, feature) => columns[feature]?.kind !== kind);
  return new KaaykoError({
    action: "predict",
    rule: `the table must have the model's ${kinds.length} features, in their order and kinds`,
    got: wrong < 0 ? `${columns.length} columns` : `${columns[wrong]?.kind ?? "nothing"} for feature ${wrong + 1}`,
    kind: "input",
  });
}

/** Adds the trees' values to row-major scores, by the kernel where that is worth loading it. */
export async function scoreTable(
  model: TreeModel,
  table: FeatureTable,
  scores: Float64Array,
  classes: number,
  threads: number,
): Promise<void> {
  if (table.rows * model.trees.ends.length < KERNEL_FROM) return addScores(model, table, scores, classes);
  const scorer = new BatchScorer(model, classes, threads);
  try {
    scorer.add(table, scores);
  } finally {
    await scorer.dispose();
  }
}

/** Adds the trees' values to row-major scores, one row and one tree after the other: the plain form of both scorers, which give its bytes. */
export function addScores(model: TreeModel, table: FeatureTable, scores: Float64Array, classes: number): void {
  const { trees } = model;
  const values = new Float64Array(model.columns.length);
  for (let row = 0; row < table.rows; row++) {
    readRow(model, table.columns, row, values);
    let start = 0;
    for (let tree = 0; tree < trees.ends.length; tree++) {
      scores[row * classes + (tree % classes)]! += trees.value[leafOf(trees, start, values)]!;
      start = trees.ends[tree]!;
    }
  }
}
