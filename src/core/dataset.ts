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
  /** Regression: the value. Classes: the class's code from 0. Never NaN for rows that belong to these examples. */
  readonly target: Float64Array;
  /** At or over 0; null for 1 everywhere. */
  readonly weight: Float32Array | null;
}

/** Mean, spread and range of the target over the training rows; for classes, how many rows each has (weights not counted). */
export interface TargetSummary {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly classCounts: readonly number[];
}

/** What an algorithm learns from. */
export interface Dataset {
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  readonly rows: Readonly<Record<Role, number>>;
  readonly target: TargetSummary;
  /** True where `examples` works; false where the data is larger than the memory it may use and only `stream` works. */
  readonly inMemory: boolean;
  /** All rows of a role, in memory. */
  examples(role: Role): Promise<Examples>;
  /** The rows of a role in batches, from memory or from the file, in memory that does not grow with the rows. */
  stream(role: Role, options: StreamOptions): Promise<ExampleStream>;
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
