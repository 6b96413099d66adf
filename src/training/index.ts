export type { CustomCheckpoints, CustomProgress, CustomStage, CustomStageContext, StageName } from "./custom-stage.ts";
export type {
  AlgorithmResult,
  ResumePoint,
  TrainDocument,
} from "./document.ts";
export { type EvaluateFileOptions, evaluateFile } from "./evaluate-file.ts";
export { digestFile } from "./file-digest.ts";
export { createFilePreparation } from "./file-preparation.ts";
export { gateError, parseGate } from "./gate.ts";
export type { AlgorithmTable, TrainingOptions, TrainingRequest } from "./options.ts";
export type { LoadedData, Preparation, PreparedData, Stage } from "./preparation.ts";
export { describeRequest, modelNameOf, requestOfRun } from "./request.ts";
export { runTraining } from "./run.ts";
export { TRAINING_PARAMETERS } from "./settings/index.ts";
export { stepLimits } from "./step-limits.ts";
