export { FOREST_PHASES, type ForestPhase, forestModules } from "./kernel.ts";
