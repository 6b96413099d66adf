import type { FeatureSpec, State } from "../core/index.ts";
import type { EncodableRows } from "./encode.ts";
import type { Encoder } from "./pipeline.ts";

/** An encoder with the specifications of its features; null where the training rows say nothing. */
export interface FittedColumn {
  readonly encoder: Encoder | null;
  readonly features: readonly FeatureSpec[];
  readonly notices: readonly string[];
}

/** Fits one column from its training rows, which arrive in batches. */
export interface ColumnFit {
  /** Training rows only. */
  add(batch: EncodableRows): void;
  finish(): FittedColumn;
  /** How often each string occurred, where strings are counted. */
  counts?(): ReadonlyMap<string, number>;
  getState(): State;
  setState(state: State): void;
}
