import type { Dataset, ParameterValues, Resumable, State } from "../core/index.ts";

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
}

/** What the features stage made: a dataset for the algorithms, and the way to it as plain data. */
export interface PreparedData {
  readonly dataset: Dataset;
  /** Raw schema, encoders and transformations as a model keeps them: what `models` needs to encode new rows. */
  readonly pipeline: State;
  readonly notices: readonly string[];
  /** The dataset of one fold: `validation` is the fold, `train` the other folds; `test` is untouched. */
  fold(fold: number, folds: number): Promise<Dataset>;
}

/** How tables become datasets. The default reads files; tests and other programs may bring their own. */
export interface Preparation<L extends LoadedData = LoadedData> {
  createLoader(settings: ParameterValues, notify: (message: string) => void): Promise<Stage<L>>;
  createFitter(loaded: L, settings: ParameterValues, notify: (message: string) => void): Promise<Stage<PreparedData>>;
}
