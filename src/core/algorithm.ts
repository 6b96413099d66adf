import type { Dataset, FeaturePart, FeatureSpec, FeatureTable, PartSpec } from "./dataset.ts";
import type { LearningHistory } from "./explanation.ts";
import type { JsonObject } from "./json.ts";
import type { ParameterSpec, ParameterValues } from "./parameters.ts";
import type { Resumable, State } from "./resumable.ts";
import type { Task, TaskKind } from "./task.ts";

/** A learning algorithm: declares its settings, makes trainers, and turns what they learnt into predictors. */
export interface Algorithm {
  readonly name: string;
  /** The name that a person reads in tables and charts, where it is not the name itself. */
  readonly title: string;
  readonly description: string;
  readonly tasks: readonly TaskKind[];
  /**
   * `memory` needs `dataset.examples`; `stream` uses only `dataset.stream`; `either` uses what `dataset.inMemory` says, and is
   * faster in memory.
   */
  readonly input: "memory" | "stream" | "either";
  /** Kinds of feature parts that it learns from beside the columns. Default none: parts are left out, and a notice says so. */
  readonly parts?: readonly FeaturePart["kind"][];
  /**
   * True where it is so much slower than others of its tasks that it takes part only if it is named or the run has a time limit.
   * Default false.
   */
  readonly onRequest?: boolean;
  /** Settings, given as `--set <algorithm>.<name>=…`; common flags such as `--rounds` map onto those of the same name. */
  readonly parameters: readonly ParameterSpec[];
  /**
   * Settings under which the model is fitted again on all rows that may be learnt from, once held-out rows have said when to
   * stop: the plain part (`json`) of models fitted with held-out rows, one or more, and what each fit reported on the way (null for
   * nothing). Absent where a second fit is not worth it.
   */
  readonly refitParameters?: (
    models: readonly JsonObject[],
    histories?: readonly (LearningHistory | null)[],
  ) => ParameterValues;
  /**
   * Settings, put over the given ones, that suit some tables of a task better than the defaults. Where few rows are judged by
   * folds, all are tried on them, and those with the best mean of the primary metric are trained with. One that sets what the user
   * decided is not tried. Default none.
   */
  readonly alternatives?: (task: TaskKind, parameters: ParameterValues) => readonly ParameterValues[];
  /**
   * The setting that bounds the steps of a fit and decides nothing about the steps before that bound, such as "rounds": a fit
   * that asks for more goes on from the state in which one that asked for less ended. Absent where steps depend on it, as
   * under a learning-rate schedule.
   */
  readonly growsWith?: string;
  /** True where a trainer takes `warmStart`. Default false. */
  readonly warmStarts?: boolean;
  createTrainer(context: TrainerContext): Promise<Trainer>;
  /**
   * Makes a trainer that puts models of the run's other algorithms together; it is asked instead of `createTrainer`, once these are
   * trained. Absent where an algorithm learns by itself.
   */
  readonly combine?: (members: readonly ModelContent[], context: TrainerContext) => Promise<Trainer>;
  createPredictor(model: ModelContent, context: PredictorContext): Promise<Predictor>;
}

export interface TrainerContext {
  readonly dataset: Dataset;
  /** Complete and checked: every declared parameter that has a default or was given. */
  readonly parameters: ParameterValues;
  /** A model of the same algorithm, task and features that training adds to. Default none: it begins anew. */
  readonly warmStart?: ModelContent;
  readonly seed: number;
  readonly threads: number;
  /** Backend for neural algorithms. */
  readonly backend: "auto" | "tensorflow" | "wasm" | "cpu";
  /** Tells a person something, once. */
  readonly notify: (message: string) => void;
}

/** Trains one model. Its step is small (a tree, a batch) and its state is complete. */
export interface Trainer extends Resumable {
  /** What was learnt; allowed after the step that reported `done`, and before it for the model as it stands. */
  model(): Promise<ModelContent>;
  /** After `setState`: true where the state is that of a fit that is over, so that no step may be made. Where `growsWith` is. */
  finished?(): boolean;
  /** Gives back threads, device memory and files. Safe to call twice. */
  dispose(): Promise<void>;
}

/** A model as data: what `modelSha256` covers. Nothing in it is ever executed. */
export interface ModelContent extends State {
  readonly algorithm: string;
  /** Version of the meaning of `json` and `arrays`, raised when an older reader would misread them. */
  readonly formatVersion: number;
  readonly json: JsonObject;
}

export interface PredictorContext {
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  /** Default none. */
  readonly parts?: readonly PartSpec[];
  readonly threads: number;
  readonly backend: "auto" | "tensorflow" | "wasm" | "cpu";
}

/** Predicts. Keeps no reference to the tables it is given. */
export interface Predictor {
  /**
   * Predictions for all rows of a table, row-major, `outputsOf(task)` numbers a row: the value, the probability of the
   * second class, or the probability of each class.
   */
  predict(table: FeatureTable): Promise<Float64Array>;
  /** How much each feature contributes, in the order of the features; null where the algorithm cannot say. */
  importance(): FeatureImportance | null;
  /** Every measure that the algorithm knows, that of `importance` first. Absent where there is no other. */
  importances?(): readonly FeatureImportance[];
  /** What each feature adds to each row's scores. Absent where the algorithm cannot say. */
  explain?(table: FeatureTable): Promise<Contributions>;
  dispose(): Promise<void>;
}

/**
 * Contributions of features to scores, which predictions are made of (logarithms for Poisson, gamma and Tweedie, log odds for classes).
 * A score is its base value and the sum of its contributions.
 */
export interface Contributions {
  /** Scores a row: 1, or one for each of several classes. */
  readonly outputs: number;
  /** The score of a row of which nothing is known, one an output. */
  readonly base: Float64Array;
  /** Row-major: rows × outputs × features. */
  readonly values: Float64Array;
}

export interface FeatureImportance {
  /**
   * What is measured: "gain" (loss saved by splits), "cover" (rows parted by splits), "splits" (their number), "weight" (absolute
   * standardised coefficients).
   */
  readonly measure: string;
  /** At or over 0, one a feature; they sum to 1 unless all are 0. */
  readonly values: readonly number[];
}
