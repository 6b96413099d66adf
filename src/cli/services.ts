import type { Algorithm, ParameterSpec } from "../core/index.ts";
import type { TrainDocument } from "../reports/index.ts";
import type { CheckpointService } from "./services/checkpoints.ts";
import type { DataService } from "./services/data.ts";
import type { BackendService, JobService, ServingService } from "./services/machine.ts";
import type { ModelService } from "./services/models.ts";
import type { TrainingService } from "./services/training.ts";

export type * from "./services/checkpoints.ts";
export type * from "./services/data.ts";
export type * from "./services/machine.ts";
export type * from "./services/models.ts";
export type * from "./services/training.ts";

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
