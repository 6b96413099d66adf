import type { ParameterSpec } from "../../core/index.ts";

/** What a run may use of the machine. */
export const MACHINE_SETTINGS: readonly ParameterSpec[] = [
  {
    name: "threads",
    type: "integer",
    min: 1,
    max: 64,
    group: "Machine",
    placeholder: "N",
    affectsResult: false,
    description: "Threads (default: one a core, at most 8)",
  },
  {
    name: "backend",
    type: "choice",
    choices: ["auto", "tensorflow", "wasm", "cpu"],
    default: "auto",
    group: "Machine",
    description: "What neural models run on",
  },
  {
    name: "allowDifferentDevice",
    type: "boolean",
    group: "Machine",
    affectsResult: false,
    description: "Resume neural models on another backend, TensorFlow or instruction set, giving up equal bytes",
  },
  {
    name: "maxMemory",
    type: "bytes",
    min: 1e6,
    group: "Machine",
    placeholder: "2GB",
    description: "Memory that the data may take (default: 60 % of what is free)",
  },
];
