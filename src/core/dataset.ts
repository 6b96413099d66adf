import type { JsonObject } from "./json.ts";
import type { Task } from "./task.ts";
import type { CodeArray } from "./typed-arrays.ts";

/** An encoded feature column, ready for any algorithm. */
export type FeatureColumn = NumericFeature | CategoricalFeature;

/** Numbers, NaN where missing, never infinite. */
export interface NumericFeature {
  readonly kind: "numeric";
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/** Category codes: 0 is missing or never seen in training, 1 to `cardinality` are the known categories. */
export interface CategoricalFeature {
  readonly kind: "categorical";
  readonly name: string;
  readonly codes: CodeArray;
  readonly cardinality: number;
}

/** Feature columns of the same length, in the order of the dataset's `features`. */
export interface FeatureTable {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
  /** What one number a row cannot hold, in the order of the dataset's `parts`. Absent where there is none. */
  readonly parts?: readonly FeaturePart[];
}

/** A feature of many numbers a row. Only algorithms whose `inputs` name its kind are given a dataset for its sake. */
export type FeaturePart = SparsePart | TokenPart | AttributePart | WindowPart;

/** Rows of a sparse matrix: row i holds `values[j]` in column `indices[j]` for j from `offsets[i]` up to `offsets[i + 1]`. */
export interface SparsePart {
  readonly kind: "sparse";
  readonly name: string;
  /** Columns of the matrix. */
  readonly width: number;
  /** One more than there are rows; ascending; the first need not be 0. */
  readonly offsets: Uint32Array;
  /** Ascending within a row, each below `width`. */
  readonly indices: Uint32Array;
  /** Finite. */
  readonly values: Float32Array;
}

/** Sequences of tokens: row i is `ids` from `offsets[i]` up to `offsets[i + 1]`. */
export interface TokenPart {
  readonly kind: "tokens";
  readonly name: string;
  /** Every id is below this; 0 is a token that was never seen in training. */
  readonly vocabulary: number;
  /** As in `SparsePart`. */
  readonly offsets: Uint32Array;
  readonly ids: Uint32Array;
}

/** Sequences of tokens, each with any number of attributes: row i is the tokens from `offsets[i]` up to `offsets[i + 1]`. */
export interface AttributePart {
  readonly kind: "attributes";
  readonly name: string;
  /** Every id is below this. */
  readonly width: number;
  /** As in `SparsePart`. */
  readonly offsets: Uint32Array;
  /** Token t has the attributes `ids` from `starts[t]` up to `starts[t + 1]`; one more than there are tokens. */
  readonly starts: Uint32Array;
  readonly ids: Uint32Array;
}

/** Windows over long series that all rows share: nothing is copied. Row i sees the `steps` steps before step `ends[i]`. */
export interface WindowPart {
  readonly kind: "windows";
  readonly name: string;
  readonly steps: number;
  readonly channels: number;
  /** Row-major, `channels` numbers a step, the target first, NaN where missing; several series lie one after another. */
  readonly series: Float32Array;
  /** At or over `steps`; a window never reaches into another series. */
  readonly ends: Uint32Array;
}

/** A feature part without its rows. Plain data: it is part of the model. */
export interface PartSpec {
  readonly name: string;
  readonly kind: FeaturePart["kind"];
  /** Numbers that say its size: `width`, `vocabulary`, or `steps` and `channels`. */
  readonly size: Readonly<Record<string, number>>;
}

/** A feature and what the training rows say about it. Plain data: it is part of the model. */
export interface FeatureSpec {
  readonly name: string;
  readonly kind: "numeric" | "categorical";
  /** Categories, without the missing code; 0 for numeric. */
  readonly cardinality: number;
  /** Over the training rows that are not missing; 0 for categorical. Standard deviation is the population's. */
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** Training rows in which the feature is missing. */
  readonly missing: number;
}

export type Role = "train" | "validation" | "test";

/** Labelled rows: some rows of a feature table with target and weight. Arrays are indexed by row of the table. */
export interface Examples {
  readonly table: FeatureTable;
  /** The rows that belong to these examples, ascending; null for all of them. */
  readonly rows: Uint32Array | null;
  /**
   * Row-major, `targetWidth(task)` numbers a row. Regression: the value. Classes: the class's code from 0. Several labels: 1 or 0
   * for each. Rankings: the relevance, and a number that all rows of a query share. Tagging: the tag's code of each token, then
   * NaN. Forecasts: the next values, NaN where one is missing. Otherwise never NaN for rows that belong to these examples.
   */
  readonly target: Float64Array;
  /** At or over 0; null for 1 everywhere. */
  readonly weight: Float32Array | null;
}

/** Target and weight of some rows one after the other, as in `Examples`, without their features. */
export interface RowLabels extends Pick<Examples, "target" | "weight"> {
  readonly rows: number;
}

/** A few training rows that stand for all of them, and what was counted over all. */
export interface TrainingSample {
  /** The rows `spreadRow(i, rows)` of the training rows, for i from 0 up to `spreadCount(rows)`. */
  readonly table: FeatureTable;
  /** Training rows of each category's code, by column; null for columns of numbers. */
  readonly counts: readonly (Float64Array | null)[];
}

/** Labelled rows of one role. */
export interface LearningBatch {
  readonly role: "train" | "validation";
  /** Values are valid until the next batch. */
  readonly examples: Examples;
}

/** Mean, spread and range of the target over the training rows; for classes, how many rows each has (weights not counted). */
export interface TargetSummary {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly classCounts: readonly number[];
}

/** Labelled rows beside those that are learnt from, in memory, that a trainer reports on after each step and that decide nothing. */
export interface EvaluationSet {
  /** Metrics are reported as `<name>.<metric>`. */
  readonly name: string;
  readonly rows: number;
  examples(): Promise<Examples>;
}

/** What an algorithm learns from. */
export interface Dataset {
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  /** Default none. */
  readonly parts?: readonly PartSpec[];
  readonly rows: Readonly<Record<Role, number>>;
  readonly target: TargetSummary;
  /** True where `examples` works; false where the data is larger than the memory it may use and only `stream` works. */
  readonly inMemory: boolean;
  /** Where `inMemory` is false: bytes that an algorithm may keep of the rows and about them. Default as few as it can do with. */
  readonly maxMemory?: number;
  /** Sets that boosted trees are measured on after each round. Default none. */
  readonly evaluations?: readonly EvaluationSet[];
  /** All rows of a role, in memory. */
  examples(role: Role): Promise<Examples>;
  /** The rows of a role in batches, from memory or from the file, in memory that does not grow with the rows. */
  stream(role: Role, options: StreamOptions): Promise<ExampleStream>;
  /** Target and weight of all rows of a role, in their order: reads nothing else. Absent where `examples` or `stream` must do. */
  labels?(role: Role): Promise<RowLabels>;
  /**
   * Training and validation rows in one pass over the file: batches of a role each, of `batchRows` rows but for the last of each role, the
   * rows of a role in their order. Absent where two passes must do.
   */
  learning?(batchRows: number): AsyncIterable<LearningBatch>;
  /** Where it is known without another pass; never where the rows are in memory. */
  readonly sample?: TrainingSample;
}

export interface StreamOptions {
  /** Rows in a batch; the last of a pass may have fewer. */
  readonly batchRows: number;
  /** Shuffle with this seed and pass number; null keeps the source's order. */
  readonly shuffle: { readonly seed: number; readonly epoch: number } | null;
}

/** One pass over the rows of a role. The same options give the same batches, always. */
export interface ExampleStream {
  /** The next batch, or null after the last; values are valid until the next call. */
  next(): Promise<Examples | null>;
  /** The position behind the last batch that `next` returned (consumed, not prefetched). */
  position(): JsonObject;
  seek(position: JsonObject): Promise<void>;
  close(): Promise<void>;
}
