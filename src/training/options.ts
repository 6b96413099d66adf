import type {
  Algorithm,
  CheckpointSession,
  JsonObject,
  LoadedCheckpoint,
  ParameterValues,
  PeerBench,
  Recipe,
  RunObserver,
} from "../core/index.ts";
import type { SchemaRow } from "../data/index.ts";
import type { Model } from "../models/index.ts";
import type { CustomStage } from "./custom-stage.ts";
import type { TrainDocument } from "./document.ts";
import type { Preparation } from "./preparation.ts";

/** The algorithms that a run may use, by name; each is loaded when it is needed. */
export type AlgorithmTable = Readonly<Record<string, () => Promise<Algorithm>>>;

/** What a run is asked to do. */
export interface TrainingRequest {
  /** Resolved values of `TRAINING_PARAMETERS`. */
  readonly settings: ParameterValues;
  /** Settings of algorithms, by algorithm and name, as given (`--set xgboost.depth=8`); checked before anything starts. */
  readonly algorithmSettings?: Readonly<Record<string, ParameterValues>>;
}

/** Texts by the name of their file. */
export type ReportTexts = Readonly<Record<string, string>>;

export interface TrainingOptions extends TrainingRequest {
  /** Opened by the caller, who also closes it. A session with a checkpoint is continued. */
  readonly session: CheckpointSession;
  readonly algorithms: AlgorithmTable;
  readonly observer: RunObserver;
  /** Asked after every step: the signal that asks the run to stop, or null. Default: never stops. */
  readonly stop?: () => "SIGINT" | "SIGTERM" | null;
  /** Stages of the user's own, each after the built-in stage that it names. Default none. */
  readonly customStages?: readonly CustomStage[];
  /**
   * A checkpoint of another run, whose session holds none of its own yet: a new run goes on from it although settings
   * differ. Stages that the changes touch start again, the others are kept. Default none.
   */
  readonly forkFrom?: LoadedCheckpoint;
  /** Writes the reports for people that lie beside the model. Default: none is written but `report.json`. */
  readonly renderReports?: (document: TrainDocument) => Promise<ReportTexts>;
  /** Whose rules, truth and held-out locations judge the models: the one that the setting `recipe` names. Default none. */
  readonly recipe?: Recipe;
  /** Other programs, for benchmarks. Default none. */
  readonly peers?: PeerBench;
  /** A model that training goes on from, with its own way from columns to features. Default: it begins anew. */
  readonly warmStart?: Model;
  /** How tables become datasets. */
  readonly preparation: Preparation;
  /** Told once what the columns are and what became of each, before anything is trained. Must not throw. */
  readonly onSchema?: (schema: readonly SchemaRow[]) => void;
  /** Facts about the machine and the programs, kept with the model. Default: versions of Node and platform. */
  readonly environment?: JsonObject;
}
