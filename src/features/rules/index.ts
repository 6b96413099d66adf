export { applyRules, type FiredCap, firedCaps, readFeatures, ruledPrediction } from "./apply-rules.ts";
export { checkInputs, compileInputChecks, impossibleRows, isMarked } from "./check-inputs.ts";
export { type CompiledRules, compileRules, ruleColumns } from "./compile-rules.ts";
export { type LowestCaps, lowestCaps } from "./lowest-caps.ts";
export { rulesFromJson, rulesToJson } from "./stored-rules.ts";
