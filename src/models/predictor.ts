import { loadAlgorithm } from "../algorithms/index.ts";
import {
  type Algorithm,
  type Batch,
  type ColumnKind,
  type Contributions,
  type FeatureImportance,
  type FeatureTable,
  KaaykoError,
  type Predictor,
  type PredictorContext,
} from "../core/index.ts";
import {
  applyRules,
  type CompiledRules,
  checkInputs,
  compileRules,
  createFeatureEncoder,
  type LowestCaps,
  partsOf,
  type UserFeatures,
} from "../features/index.ts";
import type { Model } from "./package.ts";
import { createRowDerivation } from "./row-derivation.ts";

/** A raw column that a model is given. */
export interface ModelInput {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A model ready to predict raw rows. */
export interface ModelPredictor {
  readonly model: Model;
  /** Columns that every table must have, as they were in training. Others are ignored. */
  readonly inputs: readonly ModelInput[];
  /**
   * Refuses raw rows that the rules say cannot be.
   *
   * @throws KaaykoError (input) naming row, column, range and value
   */
  check(batch: Batch): void;
  /** Features of raw rows. */
  encode(batch: Batch): FeatureTable;
  /**
   * Features of raw rows for `predictTable`, checked as `predict` does.
   *
   * @throws KaaykoError (input) for a value that the rules say cannot be
   */
  encodeChecked(batch: Batch): FeatureTable;
  /** The model's rules, bound to its features; null where it has none. */
  readonly rules: CompiledRules | null;
  /**
   * Predictions of raw rows under the model's rules, row-major, `outputsOf(task)` numbers a row.
   *
   * @throws KaaykoError (input) for a value that the rules say cannot be
   */
  predict(batch: Batch): Promise<Float64Array>;
  /**
   * Predictions of encoded rows under the model's rules; what went into the features is not checked.
   *
   * @param caps `lowestCaps` of the table, where the caller has them
   */
  predictTable(table: FeatureTable, caps?: LowestCaps): Promise<Float64Array>;
  /** Whether `explain` can say anything. */
  readonly explains: boolean;
  /**
   * What each feature adds to each row's scores, before rules.
   *
   * @throws KaaykoError (input) where the algorithm cannot say
   */
  explain(table: FeatureTable): Promise<Contributions>;
  /** How much each feature contributes to all predictions, by measure; none where the algorithm cannot say. */
  importances(): readonly FeatureImportance[];
  /** Lines for a person about what was encoded so far. */
  notices(): readonly string[];
  dispose(): Promise<void>;
}

export interface PredictorOptions {
  /** Default 1. */
  readonly threads?: number;
  /** What neural models run on. Default "auto". */
  readonly backend?: PredictorContext["backend"];
  /** The model's algorithm, where a program brings one of its own. Default the one of that name. */
  readonly algorithm?: Algorithm;
  /** The user's own features, where the model was trained with some: the same file, loaded. Default none. */
  readonly user?: UserFeatures | null;
}

/**
 * Makes the predictor of a model: its encoders and its algorithm.
 *
 * @throws KaaykoError (damaged) where the model is not one that its algorithm can read; (input) where it needs features of a
 *   user's own and `user` is none or another file
 */
export async function createModelPredictor(model: Model, options: PredictorOptions = {}): Promise<ModelPredictor> {
  const encoder = createFeatureEncoder(model.pipeline, { user: options.user ?? null });
  const derivation = createRowDerivation(model);
  const algorithm = options.algorithm ?? (await loadAlgorithm(model.content.algorithm));
  const predictor = await algorithm.createPredictor(model.content, {
    task: model.task,
    features: model.pipeline.features,
    parts: partsOf(model.pipeline),
    threads: options.threads ?? 1,
    backend: options.backend ?? "auto",
  });
  const rules = model.rules === undefined ? null : compileRules(model.rules, model.pipeline.features);
  const predictTable = async (table: FeatureTable, caps?: LowestCaps): Promise<Float64Array> => {
    const predictions = await predictor.predict(table);
    if (rules !== null) applyRules(rules, table, predictions, caps);
    return predictions;
  };
  const check = (batch: Batch): void => {
    if (rules !== null) checkInputs(rules.checks, batch, batch.firstRow);
  };
  const encodeChecked = (batch: Batch): FeatureTable => {
    check(batch);
    const table = encoder.encode(derivation.derive(batch));
    checkFeatures(model.pipeline, table);
    return table;
  };
  return {
    model,
    inputs: derivation.inputs,
    rules,
    encode: (batch) => encoder.encode(derivation.derive(batch)),
    encodeChecked,
    check,
    predict: async (batch) => predictTable(encodeChecked(batch)),
    predictTable,
    explains: predictor.explain !== undefined,
    explain: (table) => explained(model, predictor, table),
    importances: () => predictor.importances?.() ?? [predictor.importance()].filter((known) => known !== null),
    notices: () => encoder.notices(),
    dispose: () => predictor.dispose(),
  };
}

async function explained(model: Model, predictor: Predictor, table: FeatureTable): Promise<Contributions> {
  if (predictor.explain !== undefined) return predictor.explain(table);
  throw new KaaykoError({
    action: "explain predictions",
    rule: "the model must be made of boosted trees",
    got: model.content.algorithm,
    remedy: "Train with --algorithms xgboost or hist-gradient.",
    kind: "input",
  });
}

/** A package may say one thing of its features and encode another: algorithms are only given what they were told of. */
function checkFeatures({ features }: Model["pipeline"], { columns }: FeatureTable): void {
  if (columns.length === features.length && columns.every(({ kind }, i) => kind === features[i]!.kind)) return;
  throw new KaaykoError({
    action: "predict",
    rule: "the model's encoders must give the features that it was trained with",
    got: `${columns.length} of ${features.length}, or of other kinds`,
    remedy: "Train it again, or take an intact copy.",
    kind: "damaged",
  });
}
