import type { ParameterSpec } from "../../core/index.ts";
import { FOLDER_SETTINGS } from "./folders.ts";

/** What is saved, where, and how often. */
export const SAVING_SETTINGS: readonly ParameterSpec[] = [
  {
    name: "checkpointEvery",
    type: "string",
    default: "auto",
    group: "Checkpoints",
    placeholder: "5s|10steps",
    affectsResult: false,
    description: "How often to commit (default: at most 5 s of work is ever lost)",
  },
  ...FOLDER_SETTINGS,
  {
    name: "name",
    type: "string",
    group: "Checkpoints",
    placeholder: "NAME",
    description: "Name of the model (default: the recipe's, or the file's)",
  },
];
