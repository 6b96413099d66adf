export { FeatureMachine, type MachineShape } from "./feature-machine.ts";
export { naiveFeatures, naiveGather, naiveMultiply, naiveScores } from "./naive-features.ts";
