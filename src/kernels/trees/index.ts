export { constantsOf } from "../constants.ts";
export { MemoryPlan } from "../memory-plan.ts";
export { emitHistogramKernel, type HistogramShape } from "./emit-histogram.ts";
export { PHASES, type Phase, treeModules } from "./kernel.ts";
