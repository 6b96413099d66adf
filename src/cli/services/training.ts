import type { ParameterValues, RunObserver } from "../../core/index.ts";
import type { SchemaRow, TrainDocument } from "../../reports/index.ts";

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
