import type { ModelContent, RandomStream, State } from "../../core/index.ts";
import type { Batch, Definition } from "./steps/index.ts";

/** What an `EpochTrainer` teaches: a network, the rows that it learns from, and how it is judged. */
export interface Lesson {
  /** Of the algorithm. */
  readonly name: string;
  readonly definition: Definition;
  readonly settings: LessonSettings;
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  /**
   * A batch of training rows with targets; valid until the next one.
   *
   * @param random decides what is drawn for this update
   */
  trainingBatch(rows: Uint32Array, random: RandomStream): Batch;
  /** The inputs of some validation rows; valid until the next one. */
  validationBatch(rows: Uint32Array): Batch;
  readonly score: Score;
  /** @param epochs passes after which the weights were as they are */
  content(weights: Readonly<Record<string, Float32Array>>, epochs: number): ModelContent;
}

export interface LessonSettings {
  /** Passes over the training rows, at most. */
  readonly epochs: number;
  readonly batchSize: number;
  /** The highest of AdamW. */
  readonly learningRate: number;
  /** Share by which each update shrinks what decays, times the learning rate. */
  readonly weightDecay: number;
  /** Length that all gradients together may have. */
  readonly clipNorm: number;
  /** Epochs without a better score before training stops. */
  readonly patience: number;
  readonly allowDifferentDevice: boolean;
}

/** Judges the validation rows of one epoch. */
export interface Score {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  add(rows: Uint32Array, outputs: Float32Array): void;
  /** The score of the rows so far, which are forgotten; null where it is not defined. */
  take(): number | null;
  getState(): State;
  setState(state: State): void;
}
