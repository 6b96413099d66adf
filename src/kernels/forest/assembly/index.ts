// The kernels of random forests. A phase is a function of the thread's number that takes tasks until none is left.
export * from "./frame";
export { binValues, prepareLookup } from "../../trees/assembly/binning";
export { drawPass } from "./drawing";
export { growPass } from "./growing";
export { heldOutPass, predictPass } from "./walking";
