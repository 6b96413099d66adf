import type {
  BandMetrics,
  BenchmarkResult,
  BestPossible,
  BrokenRule,
  ColumnSummary,
  CrossValidationResult,
  DevelopmentRun,
  Explanation,
  GateResult,
  JsonObject,
  LearningHistory,
  LocationsResult,
  RulesResult,
  SearchResult,
  StageTiming,
} from "../core/index.ts";
import type { Confusion, LabelScore, MetricValues, StepScore } from "../metrics/index.ts";

/** What is known of one algorithm after a run. */
export interface AlgorithmResult {
  readonly name: string;
  readonly title: string;
  /** Absent for a role without rows. */
  readonly metrics: { readonly validation?: MetricValues; readonly test?: MetricValues };
  /** Time spent in training it, cross-validation included, over all processes of the run. */
  readonly seconds: number;
  readonly crossValidation?: CrossValidationResult;
  /** As classes, where the recipe has bands: on the test rows, else on the validation rows. */
  readonly bands?: BandMetrics;
  /** Forecasts of several steps ahead: how each fares, on the test rows where there are some, else on the validation rows. */
  readonly steps?: readonly StepScore[];
  /** A rule that it breaks: it is never the champion then. */
  readonly brokenRule?: BrokenRule;
  /** Why it has no metrics. */
  readonly error?: string;
  /** Features and their shares, the most important first. */
  readonly importance?: readonly { readonly feature: string; readonly share: number }[];
  readonly importanceMeasure?: string;
  /** What training reported, tree by tree or epoch by epoch. */
  readonly history?: LearningHistory;
  /** What a search over its settings found. */
  readonly search?: SearchResult;
}

/** Where this process continued a run. */
export interface ResumePoint {
  readonly stage: string;
  /** Steps of the stage that were not repeated. */
  readonly step: number;
  readonly sequence: number;
  readonly note?: string;
}

/**
 * The result of a run: what `train --json` prints (`docs/cli.md`). Every number is finite or null.
 * `failed` is the status of a run whose gate was missed: everything was done and judged, but no model was published.
 */
export interface TrainDocument {
  readonly schemaVersion: 1;
  readonly run: string;
  readonly status: "completed" | "interrupted" | "failed";
  /** The signal that interrupted the run. */
  readonly signal?: "SIGINT" | "SIGTERM";
  readonly champion: string | null;
  readonly task: string | null;
  readonly target: string | null;
  /** The metric that ranked the models. */
  readonly primaryMetric: string | null;
  /** Which rows ranked them: "validation", "crossValidation", "test" or "train". */
  readonly rankedBy: string | null;
  readonly algorithms: readonly AlgorithmResult[];
  /** The champion's. */
  readonly metrics: { readonly validation?: MetricValues; readonly test?: MetricValues };
  /** The champion's, on the test rows where there are some, else on the validation rows. */
  readonly confusion?: Confusion;
  /** Of `--dev`: what it saved. */
  readonly development?: DevelopmentRun;
  /** Rows of several labels: how each fares with the champion, on the same rows. */
  readonly labels?: readonly LabelScore[];
  /** The champion's: how it errs, what it looks at. Absent with `--report none`. */
  readonly explanation?: Explanation;
  /** The columns of the table and what became of each; at most 500. */
  readonly columns?: readonly ColumnSummary[];
  /** SHA-256 of the data's content, as far as it decides the result. */
  readonly dataFingerprint?: string;
  /** Programs and machine. */
  readonly environment?: JsonObject;
  readonly modelPath: string | null;
  readonly modelSha256: string | null;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly resumedFrom: ResumePoint | null;
  readonly seed: number;
  readonly stages: readonly StageTiming[];
  /** The recipe's name, and what its truth, rules and held-out locations say; absent where it has none. */
  readonly recipe?: string;
  readonly bestPossible?: BestPossible;
  readonly rules?: RulesResult;
  readonly locations?: LocationsResult;
  /** Speed and quality, other programs among them; absent where the run is no benchmark. */
  readonly benchmark?: BenchmarkResult;
  readonly gate?: GateResult;
  readonly warnings: readonly string[];
}

/** A document as plain JSON, to be kept in a checkpoint or a file. */
export function documentToJson(document: TrainDocument): JsonObject {
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}
