export { emitHistogramKernel, type HistogramShape } from "./emit-histogram.ts";
export { constantsOf, PHASES, type Phase, treeModules } from "./kernel.ts";
export { MemoryPlan } from "./memory-plan.ts";
