import type { Operations } from "../../../backends/index.ts";

/** What a model for another program is written in: the operations of our networks, and those that encode raw rows. */
export interface PortableOperations<V> extends Operations<V> {
  /** A trained array. */
  weights(name: string, values: Float32Array, shape: readonly number[]): V;
  /** 1 where a value is NaN, 0 elsewhere. */
  isMissing(a: V): V;
  /** The values, 0 for NaN. */
  filled(a: V): V;
  /** Whole numbers of a column as a vector of int32. */
  toIndices(column: V): V;
}
