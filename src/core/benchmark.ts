import type { Dataset, Role } from "./dataset.ts";
import type { TaskKind } from "./task.ts";

/** What a benchmark measured: the run's models, and other programs' on the same rows. Plain data; every number is finite. */
export interface BenchmarkResult {
  readonly schemaVersion: 1;
  /** Whose rows judged. */
  readonly role: Role;
  readonly rows: number;
  /** The metric by which entries are compared. */
  readonly metric: string;
  /** The best of the entries that hardly learn, which the others must beat; null where none could be judged. */
  readonly reference: string | null;
  readonly machine: BenchmarkMachine;
  readonly entries: readonly BenchmarkEntry[];
  /** Null for tasks whose predictions are no line. */
  readonly drawn: DrawnPredictions | null;
}

export interface BenchmarkMachine {
  readonly processor: string;
  readonly cores: number;
  /** That every entry was given. */
  readonly threads: number;
  readonly memoryBytes: number;
}

/** `reference` hardly learns (baseline, naive forecasts), `peer` is another program's. */
export type BenchmarkKind = "model" | "reference" | "peer";

export interface BenchmarkEntry {
  readonly name: string;
  readonly title: string;
  readonly kind: BenchmarkKind;
  /** Program and version: "kaayko", "xgboost 3.1.1". */
  readonly program: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Of all fits that it took to come to the model. */
  readonly trainSeconds: number | null;
  /** Rows predicted a second, from features, in one call of at most 16,384 rows; the median of three. */
  readonly rowsPerSecond: number | null;
  /** A row alone, the median of 25. */
  readonly millisecondsPerRow: number | null;
  readonly modelBytes: number | null;
  /** By how much of the reference's it is better: 0.1 is 10 %. */
  readonly betterThanReference: number | null;
  /** Why it has no numbers. */
  readonly error?: string;
}

/** Predictions beside the truth, for a chart. */
export interface DrawnPredictions {
  /** What `x` counts: milliseconds since 1970, steps of a series, or rows by their true value. */
  readonly axis: "time" | "step" | "row";
  /** The series of a forecast; null where there is one only. */
  readonly series: string | null;
  /** Steps ahead of a forecast; 0 otherwise. */
  readonly step: number;
  readonly x: readonly number[];
  /** Null where the true value is missing. */
  readonly actual: readonly (number | null)[];
  readonly lines: readonly DrawnLine[];
}

export interface DrawnLine {
  /** Of an entry. */
  readonly name: string;
  readonly values: readonly number[];
  /** The interval, where the entry has one. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/** Another program that may be installed. */
export interface PeerProgram {
  /** "xgboost". */
  readonly name: string;
  readonly title: string;
  readonly tasks: readonly TaskKind[];
}

/** What a peer is to do: learn from the training rows of one dataset, predict the rows of a role of another. */
export interface PeerRequest {
  readonly learn: Dataset;
  readonly judge: Dataset;
  readonly role: Role;
  readonly threads: number;
  readonly seed: number;
  /** Seconds after which it is given up. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** The Python that has it; null looks for one. */
  readonly python: string | null;
}

export interface PeerFit {
  /** As a `Predictor` gives them, of all rows of the role in their order. */
  readonly predictions: Float64Array;
  readonly trainSeconds: number;
  readonly rowsPerSecond: number;
  readonly millisecondsPerRow: number;
}

/** Other programs, each in a process of its own, with its own defaults. */
export interface PeerBench {
  readonly programs: readonly PeerProgram[];
  /** Program and version of those that are installed, by name. */
  find(python: string | null): Promise<Readonly<Record<string, string>>>;
  /** @throws KaaykoError where the program fails or takes too long */
  fit(name: string, request: PeerRequest): Promise<PeerFit>;
}
