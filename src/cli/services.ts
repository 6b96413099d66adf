import type { RunProgress } from "../checkpoints/index.ts";
import type {
  Algorithm,
  CheckpointPosition,
  JsonObject,
  ParameterSpec,
  ParameterValues,
  RunObserver,
} from "../core/index.ts";
import type { JobNeeds, JobQueue } from "../jobs/index.ts";
import type { ExportFormat } from "../models/index.ts";
import type { ConfusionMatrix, MetricSet, SchemaRow, TrainDocument } from "../reports/index.ts";
import type { ServerOptions } from "../serving/index.ts";

/**
 * What the commands need from the other rooms. Each part is loaded when a command asks for it, so that `--help` loads none;
 * `wiring/` makes them from the rooms, tests from plain objects.
 */
export interface Services {
  /** The settings of `train`. */
  parameters(): Promise<readonly ParameterSpec[]>;
  /** Algorithms by name. */
  algorithms(): Promise<Readonly<Record<string, () => Promise<Algorithm>>>>;
  training(): Promise<TrainingService>;
  checkpoints(): Promise<CheckpointService>;
  models(): Promise<ModelService>;
  data(): Promise<DataService>;
  reports(): Promise<ReportService>;
  backends(): Promise<BackendService>;
  jobs(): Promise<JobService>;
  serving(): Promise<ServingService>;
}

/** Who watches something long, and how it is asked to stop after its current step. */
export interface Watch {
  readonly observer: RunObserver;
  /** Told once what the columns are and what became of each. */
  readonly onSchema?: (rows: readonly SchemaRow[]) => void;
  readonly stop: AbortSignal;
}

/** Settings of algorithms, by algorithm and name. */
export type AlgorithmSettings = Readonly<Record<string, ParameterValues>>;

export interface TrainRequest {
  /** Every setting that has a value, checked. */
  readonly settings: ParameterValues;
  /** Names of the settings that somebody gave, as opposed to defaults. */
  readonly given: readonly string[];
  readonly algorithmSettings: AlgorithmSettings;
  /** Name of the new run. Default a new one that sorts by time. */
  readonly runId?: string;
}

export interface ResumeRequest {
  readonly checkpointsDir: string;
  readonly run: string;
  /** Settings that were given now. Without `fork`, those that would change the result must equal the run's own. */
  readonly changes: ParameterValues;
  readonly algorithmChanges: AlgorithmSettings;
  /** Go on as a new run that starts from this one's state. */
  readonly fork: boolean;
  /** Extend a finished run by a new one that asks for so much more than it did. Default nothing. */
  readonly more?: MoreTraining;
}

/** What a finished run is to be extended by. */
export interface MoreTraining {
  readonly rounds?: number;
  readonly epochs?: number;
  readonly trials?: number;
  readonly seconds?: number;
}

export interface TrainingService {
  start(request: TrainRequest, watch: Watch): Promise<TrainDocument>;
  /** Also for a finished run, whose document comes back as it was. */
  resume(request: ResumeRequest, watch: Watch): Promise<TrainDocument>;
}

export type RunStatus = "running" | "interrupted" | "completed" | "failed";

export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  /** ISO 8601. Null where it cannot be read. */
  readonly createdAt: string | null;
  /** When its newest checkpoint was saved. */
  readonly savedAt: string | null;
  /** Where its newest checkpoint stands; null where there is none. */
  readonly position: CheckpointPosition | null;
  readonly bytes: number;
  readonly checkpoints: number;
  /** The process that works on it; null unless it is running. */
  readonly pid: number | null;
  /** How far its work has got since; null unless it is running and has said so. */
  readonly progress?: RunProgress | null;
}

export interface CheckpointSummary {
  readonly sequence: number;
  readonly token: number;
  /** Null where it is damaged. */
  readonly position: CheckpointPosition | null;
  readonly savedAt: string | null;
  readonly bytes: number;
  /** "undone": somebody rolled back behind it. */
  readonly state: "good" | "undone" | "damaged";
  readonly pinned?: boolean;
  readonly verifiedAt: string | null;
}

export interface VerifyReport {
  /** True where everything is as it was written. */
  readonly ok: boolean;
  /** True where the run can go on, perhaps from an older checkpoint. */
  readonly resumable: boolean;
  /** Newest first; `error` is null where every byte is as it was written. */
  readonly checkpoints: readonly { readonly sequence: number; readonly ok: boolean; readonly error: string | null }[];
}

export interface CleanupRequest {
  readonly checkpointsDir: string;
  /** Seconds; only runs that were not used for longer go. */
  readonly olderThan?: number;
  /** Runs that stay in any case, the newest ones. */
  readonly keepLast?: number;
  /** Which checkpoints stay in the runs that stay; where none of these is given, all. The newest so many. */
  readonly keepCheckpoints?: number;
  /** Every n-th. */
  readonly keepEvery?: number;
  /** The newest of each of the last so many days. */
  readonly keepDaily?: number;
  /** Bytes of a run's checkpoints together. */
  readonly maxSize?: number;
  readonly dryRun: boolean;
}

export interface CleanupReport {
  readonly removed: readonly { readonly what: string; readonly bytes: number; readonly why: string }[];
  /** What stayed although it matched, and why. */
  readonly kept: readonly { readonly what: string; readonly reason: string }[];
}

export interface CheckpointService {
  /** Newest first. An absent folder holds no runs. */
  listRuns(checkpointsDir: string): Promise<readonly RunSummary[]>;
  /** Newest first. Hashes nothing. */
  listCheckpoints(checkpointsDir: string, run: string): Promise<readonly CheckpointSummary[]>;
  verify(checkpointsDir: string, run: string): Promise<VerifyReport>;
  /** Makes an earlier checkpoint the one that counts; gives what was found on the way. */
  rollback(checkpointsDir: string, run: string, sequence: number): Promise<readonly string[]>;
  /** False where it was pinned before. */
  pin(checkpointsDir: string, run: string, sequence: number): Promise<boolean>;
  /** False where it was not pinned. */
  unpin(checkpointsDir: string, run: string, sequence: number): Promise<boolean>;
  cleanup(request: CleanupRequest): Promise<CleanupReport>;
}

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

/** Reports of what is stored. */
export interface ReportService {
  /** The document of a run, or of a model where no run has that name; of the newest run without a name. */
  find(
    name: string | undefined,
    folders: { readonly checkpointsDir: string; readonly modelsDir: string },
  ): Promise<TrainDocument>;
  /** Texts by the name of their file: `report.html`, `report.txt`, `card.md`. */
  render(document: TrainDocument): Promise<Readonly<Record<string, string>>>;
  write(path: string, text: string): Promise<void>;
}

export interface TableDescription {
  readonly format: string;
  readonly rows: number | null;
  readonly bytes: number;
  readonly columns: readonly SchemaRow[];
}

export interface GenerateRequest {
  readonly recipe?: string;
  readonly out: string;
  readonly rows?: number;
  readonly seed?: number;
}

export interface DataService {
  /** Endings of the files that can be read, with their dot. */
  readonly extensions: readonly string[];
  /** Columns and size. With `statistics`, reads the rows too (at most `rows` of them). */
  describe(path: string, options: { readonly statistics: boolean; readonly rows?: number }): Promise<TableDescription>;
  /** Hash of a file's content; null where there is none. */
  digest(path: string): Promise<string | null>;
  /** Makes a synthetic table. The target is the column to learn. */
  generate(
    request: GenerateRequest,
    watch: Watch,
  ): Promise<{ path: string; rows: number; sha256: string; target: string }>;
}

export interface Finding {
  readonly part: string;
  readonly version: string | null;
  readonly state: "ok" | "missing" | "broken";
  readonly detail: string;
  /** How to mend it. */
  readonly remedy?: string;
  /** False where kaayko works without it. */
  readonly required: boolean;
}

export interface SetupResult {
  readonly ready: boolean;
  readonly version: string | null;
  readonly gpu: boolean;
  /** One line for a person. */
  readonly summary: string;
}

export interface BackendService {
  setup(options: { readonly gpu: boolean; readonly force: boolean }, observer: RunObserver): Promise<SetupResult>;
  diagnose(): Promise<readonly Finding[]>;
}

export interface WorkRequest {
  readonly jobsDir: string;
  /** Threads and memory for all jobs of this machine together. Default all cores, and 80 % of the memory. */
  readonly budget: Partial<JobNeeds>;
  /** Jobs at once. Default one a core. */
  readonly concurrency?: number;
  readonly until: "drained" | "once" | "stopped";
}

export interface JobService {
  queue(jobsDir: string): JobQueue;
  /** Runs jobs until it is stopped or nothing is left. */
  work(request: WorkRequest, say: (line: string) => void, stop: AbortSignal): Promise<void>;
  /** Starts a worker of its own that outlives the terminal, where none is alive; gives its process id, or null where there is one. */
  startWorker(jobsDir: string): Promise<number | null>;
}

export interface ServeRequest extends ServerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
}

export interface ServingService {
  /** Serves until it is stopped and everything under way is answered. `onReady` is told the address once models are verified. */
  serve(request: ServeRequest, onReady: (url: string) => void, stop: AbortSignal): Promise<void>;
}
