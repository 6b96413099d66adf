import type { Dataset, ParameterValues, PartSpec, Resumable, Role } from "../core/index.ts";
import type { MemoryNeed, SchemaRow } from "../data/index.ts";
import type { FeaturePipeline } from "../features/index.ts";
import type { Model } from "../models/index.ts";

/** A stage of a run: steps, and then a product that may live in memory only. */
export interface Stage<T> extends Resumable {
  /**
   * What the stage made. Allowed after the step that reported `done`, and on a fresh object that was given the state of a
   * finished one: tables are then read again, and nothing else is repeated.
   */
  product(): Promise<T>;
  /** Gives back files and threads that the product does not need. Safe to call twice. */
  dispose?(): Promise<void>;
}

/** What the load stage learnt of the data. */
export interface LoadedData {
  /** Of the data's content as far as it decides the result; the same wherever the file lies. */
  readonly fingerprint: string;
  /** Lines for a person: the inferred schema, what was left out. */
  readonly notices: readonly string[];
  /** Absent where all rows of the table were taken. */
  readonly sampled?: SampledRows;
}

/** A share of a table. */
export interface SampledRows {
  /** Rows that were taken. */
  readonly rows: number;
  /** Rows that there are. */
  readonly of: number;
  /** True where the test rows are a table of their own, which is taken whole. */
  readonly wholeTest: boolean;
}

/** What the features stage made: a dataset for the algorithms, and the way to it as plain data. */
export interface PreparedData {
  readonly dataset: Dataset;
  /** The way from raw columns to features, as a model keeps it. */
  readonly pipeline: FeaturePipeline;
  /** The columns as they were found, and what became of each. */
  readonly schema: readonly SchemaRow[];
  readonly notices: readonly string[];
  /** The dataset of one fold: `validation` is the fold, `train` the other folds; `test` is untouched. */
  fold(fold: number, folds: number): Promise<Dataset>;
  /** All rows that may be learnt from as `train`, none as `validation`; `test` is untouched. */
  whole(): Promise<Dataset>;
  /**
   * The first text column of the first rows of a role, in their order, as it was read; null where missing. Absent where there is no
   * text, or the data is streamed.
   */
  readonly texts?: (role: Role, rows: number) => Promise<readonly (string | null)[]>;
  /** Forecasts: when and in which series each row of a role stands, in their order. Absent for other tasks. */
  readonly points?: (role: Role) => SeriesPoints;
}

/** Where rows of a forecast stand. */
export interface SeriesPoints {
  /** Of the first step ahead, in milliseconds since 1970 where times are dates. */
  readonly times: Float64Array;
  /** Of `names`. */
  readonly series: Uint32Array;
  readonly names: readonly string[];
}

/** Task and features that a model has already. */
export type KeptFeatures = Pick<Model, "task" | "pipeline">;

/** How tables become datasets. The default reads files; tests and other programs may bring their own. */
export interface Preparation<L extends LoadedData = LoadedData> {
  /** @param need whether algorithms of the run work in memory only, or better there */
  createLoader(settings: ParameterValues, need: MemoryNeed): Promise<Stage<L>>;
  /**
   * @param parts kinds of feature parts that an algorithm of the run learns from
   * @param kept task and features that are a model's already. Default: they follow from the table
   */
  createFitter(
    loaded: L,
    settings: ParameterValues,
    parts: readonly PartSpec["kind"][],
    kept?: KeptFeatures,
  ): Promise<Stage<PreparedData>>;
}
