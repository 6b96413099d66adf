import type { Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "../layers/index.ts";

/** An array that is fed with every batch: rows × shape. */
export interface Input {
  readonly name: string;
  /** Of one row, or of one entry of a ragged input. */
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  /** Fed whole, entries × shape, however many entries the rows have together. Default false: one a row. */
  readonly ragged?: boolean;
}

/** What an input takes of a batch: its array, cut to the rows unless it is ragged, and the shape that it is fed in. */
export function fedArray({ name, shape, ragged = false }: Input, { rows, arrays }: Batch) {
  const values = arrays[name]!;
  const size = shape.reduce((product, length) => product * length, 1);
  const entries = ragged ? values.length / size : rows;
  return { shape: [entries, ...shape], values: values.subarray(0, entries * size) };
}

/**
 * A model as a program over a tape, written once: it becomes one TensorFlow graph, or runs operation by operation on wasm and
 * cpu.
 */
export interface Definition {
  /** What the outputs are computed from. */
  readonly inputs: readonly Input[];
  /** What the loss needs beside: targets and weights. */
  readonly targets: readonly Input[];
  readonly parameters: readonly Parameter[];
  outputs<V>(scope: Scope<V>): Value<V>;
  /** A single number, of a batch. */
  loss<V>(scope: Scope<V>, outputs: Value<V>): Value<V>;
}

/** A batch: the fed arrays by name. Longer arrays than the rows need are cut. */
export interface Batch {
  readonly rows: number;
  readonly arrays: Readonly<Record<string, Float32Array | Int32Array>>;
}

/** What one update takes besides the batch. */
export interface UpdateRates {
  readonly learningRate: number;
  /** Share of each decayed parameter that is taken away: learning rate × weight decay. */
  readonly decay: number;
  /** Number of this update, from 1. */
  readonly update: number;
  /** Two words that decide dropout. */
  readonly dropoutSeed: readonly [number, number];
  /** False adds the gradients up for a later update, which an optimiser that gathers allows. Default true: updates now. */
  readonly apply?: boolean;
  /** Batches that the update's gradients come from, this one among them. Default 1. */
  readonly batches?: number;
  /** By how much of the difference the moving means follow. Default 1: they are the parameters. */
  readonly averaging?: number;
}

/** A batch to train on, and by which rates. */
export interface Update {
  readonly batch: Batch;
  readonly rates: UpdateRates;
}

/** What an update reports, both from before it. */
export interface UpdateReport {
  readonly loss: number;
  /** Length of all gradients together, before clipping; 0 where the optimiser does not clip, or there was no update. */
  readonly gradientNorm: number;
}

/**
 * Trains and runs a definition on some backend; holds parameters and the optimiser's slots there. The arrays of a parameter `p`
 * are `p` and, for each slot, `p/slot`.
 */
export interface TrainingStep {
  train(batch: Batch, rates: UpdateRates): UpdateReport;
  /** Trains on one batch after the other, to the same bytes as `train`; as many in one call as the step was opened for. */
  trainAll(updates: readonly Update[]): UpdateReport[];
  /** The outputs, without dropout, by the moving means where there are some: rows × outputs. */
  forward(batch: Batch): Float32Array;
  /** The named arrays, copied. */
  read(names: readonly string[]): Record<string, Float32Array>;
  /** Sets all arrays. */
  write(arrays: Readonly<Record<string, Float32Array>>): void;
  /** Safe to call twice. */
  dispose(): void;
}
