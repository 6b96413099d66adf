import type { ModelContent, State } from "../../core/index.ts";
import type { Batch, Definition } from "./steps/index.ts";

/** What an `EpochTrainer` teaches: a network, the batches that it learns from, and how it is judged. */
export interface Lesson {
  /** Of the algorithm. */
  readonly name: string;
  readonly definition: Definition;
  readonly settings: LessonSettings;
  /** The weights before the first step, by a seed. Default those of the parameters' own initialisers. */
  initialWeights?(seed: number): Record<string, Float32Array>;
  /** Batches of one pass; at least one of training. */
  readonly batches: { readonly train: number; readonly validation: number };
  /** A batch with targets; valid until one is asked for that is not trained in the same call. */
  trainingBatch(place: BatchPlace): Batch | Promise<Batch>;
  /** The inputs of a validation batch, from 0; valid until the next one is asked for. */
  validationBatch(batch: number): Batch | Promise<Batch>;
  /** Judges the outputs for the validation batch that was asked for last. */
  judge(batch: number, outputs: Float32Array): void;
  readonly score: Score;
  /** What of a batch may be the cause where its update gave no number: words for a person; null where nothing is unusual. */
  suspect?(batch: Batch): string | null;
  /** @param epochs passes after which the weights were as they are */
  content(weights: Readonly<Record<string, Float32Array>>, epochs: number): ModelContent;
  /** Gives back what the batches needed. Safe to call twice. Default nothing. */
  dispose?(): Promise<void>;
}

/** Where a training batch is. */
export interface BatchPlace {
  /** From 0. */
  readonly epoch: number;
  /** Of this pass, from 0. */
  readonly batch: number;
  /** Of all that is drawn: what the batch's own random numbers are named by. */
  readonly draw: number;
}

export interface LessonSettings {
  /** Passes over the training rows, at most. */
  readonly epochs: number;
  readonly batchSize: number;
  /** The highest of AdamW. */
  readonly learningRate: number;
  /** Share by which each update shrinks what decays, times the learning rate. */
  readonly weightDecay: number;
  /** Length that all gradients together may have; null for any. */
  readonly clipNorm: number | null;
  /** Batches whose gradients make one update. Default 1. */
  readonly gather?: number;
  /** Decay of a moving mean of the weights, which the model then has. Default 0: none. */
  readonly averaging?: number;
  /** Batches that are trained in one call of the backend, where nothing is gathered. Default 1. */
  readonly stepsPerCall?: number;
  /** Epochs without a better score before training stops. */
  readonly patience: number;
  readonly allowDifferentDevice: boolean;
}

/** The score of the validation rows of one epoch. */
export interface Score {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  /** The score of the rows so far, which are forgotten; null where it is not defined. */
  take(): number | null;
  getState(): State;
  setState(state: State): void;
}

/** A score of rows of a table. */
export interface RowScore extends Score {
  add(rows: Uint32Array, outputs: Float32Array): void;
}
