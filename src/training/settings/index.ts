/** Descriptions alone: the command line reads them before it loads what trains. */
export { TRAINING_PARAMETERS } from "./training-settings.ts";
