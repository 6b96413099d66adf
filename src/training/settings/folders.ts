import type { ParameterSpec } from "../../core/index.ts";

/** Where runs and models are. */
export const FOLDER_SETTINGS: readonly ParameterSpec[] = [
  {
    name: "checkpointsDir",
    type: "string",
    default: "checkpoints",
    group: "Checkpoints",
    placeholder: "DIR",
    affectsResult: false,
    description: "Where runs are kept",
  },
  {
    name: "modelsDir",
    type: "string",
    default: "models",
    group: "Checkpoints",
    placeholder: "DIR",
    affectsResult: false,
    description: "Where finished models go",
  },
];
