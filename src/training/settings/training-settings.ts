import type { ParameterSpec } from "../../core/index.ts";
import { BENCHMARK_SETTINGS } from "./benchmark.ts";
import { DATA_SETTINGS } from "./data.ts";
import { LEARNING_SETTINGS } from "./learning.ts";
import { MACHINE_SETTINGS } from "./machine.ts";
import { SAVING_SETTINGS } from "./saving.ts";

/**
 * Every setting of a training run. Declaring one here is all it takes: flags, environment, config files, prompts, help and
 * the saved run are made from this list. Settings of algorithms are declared by the algorithms.
 */
export const TRAINING_PARAMETERS: readonly ParameterSpec[] = [
  ...DATA_SETTINGS,
  ...LEARNING_SETTINGS,
  ...BENCHMARK_SETTINGS,
  ...MACHINE_SETTINGS,
  ...SAVING_SETTINGS,
];
