/** What the document of a run says of its stages, folds, columns and gate. Every number is finite or null. */

/** A run on a share of the rows, to see that all is well: how long it took, and how long all rows would take. */
export interface DevelopmentRun {
  readonly rows: number;
  readonly of: number;
  readonly seconds: number;
  /** An estimate: reading took what it took, the rest is taken to grow with the rows. */
  readonly estimatedSeconds: number;
  /** The second time over the first. */
  readonly speedUp: number;
}

export interface CrossValidationResult {
  readonly folds: number;
  /** Mean and (population) standard deviation over the folds' held-out rows. */
  readonly metrics: Readonly<Record<string, { readonly mean: number | null; readonly std: number | null }>>;
}

/** A column of the table. Holds no value of it. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: string;
  /** Share of rows without a value. */
  readonly missing: number;
  /** Null where there are too many to count. */
  readonly distinct: number | null;
  /** What became of it: "numeric", "target", "left out (constant)". */
  readonly use: string;
}

export interface StageTiming {
  readonly name: string;
  /** Over all processes of the run. */
  readonly seconds: number;
  readonly peakRssBytes: number;
}

/** What a missed or met `--min-score` says. */
export interface GateResult {
  /** As it was given: "auc>=0.9". */
  readonly rule: string;
  readonly metric: string;
  readonly value: number | null;
  readonly passed: boolean;
}
