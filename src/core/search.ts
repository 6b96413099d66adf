import type { ParameterValues } from "./parameters.ts";

/** One trial of a search, as the run's document lists it. */
export interface TrialResult {
  /** From 1; the first has the settings that the run would have had without a search. */
  readonly trial: number;
  /** The searched settings only. */
  readonly settings: ParameterValues;
  /** The primary metric on the held-out rows; null where it failed or was pruned before it had one. */
  readonly value: number | null;
  readonly seconds: number;
  /** Steps that were made of it. */
  readonly steps: number;
  /** The step after which it was given up, because most others were better by then. */
  readonly prunedAt?: number;
  /** Why it has no value. */
  readonly error?: string;
}

/** What a search found for one algorithm. */
export interface SearchResult {
  readonly metric: string;
  readonly trials: readonly TrialResult[];
  /** The trial whose settings were used; null where none came to an end. */
  readonly best: number | null;
}
