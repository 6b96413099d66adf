import type { JsonObject } from "../../core/index.ts";
import type { StepScore } from "../../metrics/index.ts";
import type { ExportFormat } from "../../models/index.ts";
import type { ConfusionMatrix, MetricSet } from "../../reports/index.ts";
import type { Watch } from "./training.ts";

export interface ModelSummary {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly algorithm: string;
  readonly task: string;
  readonly target: string;
  readonly metrics: MetricSet;
  /** Milliseconds since 1970, where known. */
  readonly createdAt: number | null;
  readonly bytes: number;
}

export interface ModelLocation {
  /** A name, `name@version`, or a folder. */
  readonly model: string;
  readonly modelsDir: string;
  /** The user's own transformations, where it was trained with some. */
  readonly features?: string;
  /** Share of true values that intervals are to cover. Default what the model was trained for. */
  readonly level?: number;
}

export interface EvaluateDocument {
  readonly schemaVersion: number;
  readonly model: string;
  readonly modelSha256: string;
  readonly data: string;
  readonly rows: number;
  readonly task: string;
  readonly target: string;
  readonly metrics: MetricSet;
  readonly confusion?: ConfusionMatrix;
  /** Forecasts of several steps ahead: how each fares. */
  readonly steps?: readonly StepScore[];
}

/** Two files of tags: the truth, and what somebody predicted. */
export interface EntityScoresRequest {
  readonly data: string;
  readonly predictions: string;
  /** IOB2 to the letter. */
  readonly strict: boolean;
}

export interface EntityScoresDocument extends EntityScoresRequest {
  readonly schemaVersion: number;
  readonly sentences: number;
  readonly metrics: MetricSet;
  readonly types: readonly {
    readonly label: string;
    readonly support: number;
    readonly predicted: number;
    readonly hits: number;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
  }[];
}

export interface HealthDocument {
  readonly model: string;
  readonly modelSha256: string;
  /** Predicts the same bits as when it was saved; null where nothing was kept to compare with. */
  readonly golden: boolean | null;
  readonly oneRowMicroseconds: number;
  readonly rowsPerSecond: number;
}

export interface ImportRequest {
  readonly file: string;
  readonly name: string;
  readonly modelsDir: string;
  readonly target?: string;
  readonly classes?: readonly string[];
}

export interface ImportDocument {
  readonly schemaVersion: number;
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly format: string;
  readonly task: string;
  readonly features: number;
  readonly trees: number;
  readonly modelSha256: string;
  readonly notices: readonly string[];
}

export interface ExportDocument {
  readonly schemaVersion: number;
  readonly model: string;
  readonly format: string;
  readonly path: string;
  readonly featuresPath: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Takes predictions in the order of the rows. */
export type PredictionSink = (rows: readonly JsonObject[]) => Promise<void>;

export interface ModelService {
  list(modelsDir: string): Promise<readonly ModelSummary[]>;
  /** How much each feature contributes, by measure; null where the algorithm cannot say. */
  importance(location: ModelLocation): Promise<JsonObject | null>;
  /** The model's metadata, as it is kept. */
  show(location: ModelLocation): Promise<JsonObject>;
  /** Hash, golden predictions and speed. */
  health(location: ModelLocation): Promise<HealthDocument>;
  predictRows(
    location: ModelLocation,
    rows: readonly JsonObject[],
    options?: { readonly explain?: boolean },
  ): Promise<readonly JsonObject[]>;
  /** Streams a file; writes `out` (its ending says how) or hands the rows to `sink`. */
  predictFile(
    location: ModelLocation,
    request: {
      readonly data: string;
      readonly out?: string;
      readonly sink?: PredictionSink;
      /** Columns of the table that are written before the predictions. Default none. */
      readonly keep?: readonly string[] | "all";
      /** Whether rows say what each feature adds to their score. Default false. */
      readonly explain?: boolean;
      /** Forecasts from every point of the series, not only from the last. Default false. */
      readonly allOrigins?: boolean;
      /** What a row does that the model's rules say cannot be. Default "stop". */
      readonly onError?: "stop" | "skip";
      /** Told of every batch that was predicted. */
      readonly onBatch?: (rows: number, milliseconds: number) => void;
    },
    watch: Watch,
  ): Promise<{ readonly rows: number; readonly bytes?: number; readonly skipped?: number }>;
  /** Needs no model. */
  scoreEntities(request: EntityScoresRequest): Promise<EntityScoresDocument>;
  evaluate(
    location: ModelLocation,
    request: { readonly data: string; readonly weight?: string },
    watch: Watch,
  ): Promise<EvaluateDocument>;
  /** Makes a model package of a file of another program. */
  importModel(request: ImportRequest): Promise<ImportDocument>;
  /** Writes a model for another program, and beside it what its features are. */
  exportModel(
    location: ModelLocation,
    request: { readonly format: ExportFormat; readonly out: string },
  ): Promise<ExportDocument>;
}
