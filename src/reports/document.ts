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
import type { StepScore } from "../metrics/index.ts";

/** Metrics by name (`docs/cli.md` lists the names); null where one cannot be computed, such as AUC with one class. */
export type MetricSet = Readonly<Record<string, number | null>>;

/** What is known of one algorithm after a run. */
export interface AlgorithmResult {
  readonly name: string;
  /** The name for people, where it differs. */
  readonly title?: string;
  readonly metrics: { readonly validation?: MetricSet; readonly test?: MetricSet };
  /** Time spent training it, over all processes of the run. */
  readonly seconds: number;
  /** As classes, where the recipe has bands: on the test rows, else on the validation rows. */
  readonly bands?: BandMetrics;
  /** A rule that it breaks: it is never the champion then. */
  readonly brokenRule?: BrokenRule;
  /** Why it has no metrics: "it needs a numeric target". */
  readonly error?: string;
  /** Feature names and shares, the most important first; shares sum to 1 at most. */
  readonly importance?: readonly ImportanceItem[];
  readonly crossValidation?: CrossValidationResult;
  /** What the shares measure: "gain", "weight". */
  readonly importanceMeasure?: string;
  /** What training reported, tree by tree or epoch by epoch. */
  readonly history?: LearningHistory;
  /** Forecasts of several steps ahead: how each fares. */
  readonly steps?: readonly StepScore[];
  /** What a search over its settings found. */
  readonly search?: SearchResult;
}

export interface ImportanceItem {
  readonly feature: string;
  readonly share: number;
}

/** How one of several labels fares. */
export interface LabelResult {
  readonly label: string;
  /** Probability from which it is given. */
  readonly threshold: number;
  /** Rows that have it. */
  readonly support: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** Rows by actual class (first index) and predicted class (second index). */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/**
 * The result of a run: what `train --json` prints, of which the fields named in `docs/cli.md` stay. Optional ones are shown
 * where they are there.
 */
export interface TrainDocument {
  readonly schemaVersion: number;
  readonly run: string;
  readonly status: "completed" | "interrupted" | "failed";
  /** Null until there is one. */
  readonly champion: string | null;
  readonly algorithms: readonly AlgorithmResult[];
  readonly metrics: { readonly validation?: MetricSet; readonly test?: MetricSet };
  readonly modelPath: string | null;
  readonly modelSha256: string | null;
  readonly rows: Readonly<Partial<Record<"train" | "validation" | "test", number>>>;
  /** The step that this process continued from, in words, or null. */
  readonly resumedFrom: unknown;
  readonly seed: number;
  readonly stages: readonly StageTiming[];
  readonly task?: string | null;
  readonly target?: string | null;
  /** The metric that ranked the algorithms. */
  readonly primaryMetric?: string | null;
  /** Which rows ranked them: "validation", "crossValidation", "test" or "train". */
  readonly rankedBy?: string | null;
  readonly confusion?: ConfusionMatrix;
  /** Rows of several labels: how each fares with the champion. */
  readonly labels?: readonly LabelResult[];
  readonly recipe?: string;
  /** Of a development run: what it saved. */
  readonly development?: DevelopmentRun;
  readonly bestPossible?: BestPossible;
  readonly rules?: RulesResult;
  readonly locations?: LocationsResult;
  /** Speed and quality, other programs among them. */
  readonly benchmark?: BenchmarkResult;
  /** Where the benchmark's results and page were written. */
  readonly benchmarkPath?: string;
  readonly benchmarkPage?: string;
  /** The champion's: how it errs, what it looks at. */
  readonly explanation?: Explanation;
  readonly columns?: readonly ColumnSummary[];
  readonly dataFingerprint?: string;
  /** Programs and machine. */
  readonly environment?: JsonObject;
  readonly gate?: GateResult;
  readonly warnings?: readonly string[];
}
