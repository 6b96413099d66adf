// The kernels of gradient boosting. A phase is a function of the thread's number that takes tasks until none is left.
export * from "./frame";
export { BINNING_BYTES, binPass, binValues, LOOKUP_BYTES, prepareLookup } from "./binning";
export { BLOCK_BYTES, RESULT_ROWS } from "./blocks";
export { classRootPass, clearClassRoots, mergeClassRoots, takeClassRoot } from "./class-roots";
export { CODE_COLUMN_BYTES, CODE_ROWS } from "./codes";
export { addAllWaiting, addRows } from "./gathered-rows";
export { columnPass } from "./columns";
export * from "./gradients";
export { histogramConstant, histogramGathered, histogramSequence } from "./histogram";
export {
  LOSS_ABSOLUTE, LOSS_GAMMA, LOSS_GIVEN, LOSS_HUBER, LOSS_LOGISTIC, LOSS_POISSON, LOSS_QUANTILE, LOSS_SOFTMAX, LOSS_SQUARED,
  LOSS_TWEEDIE,
} from "./losses";
export { exp, log, sigmoid } from "../../mathematics/assembly/mathematics";
export { gradientSizePass } from "./one-side";
export { normalisePass } from "./normalising";
export * from "./packed-gradients";
export { addPacked, emptyPacked } from "./packed-histogram";
export { partition, preparePacking } from "./parting";
export { expandPass, rejoinPass, sortNumbers } from "./partition";
export * from "./renewal";
export * from "./residuals";
export { leftOutPass, sampleNumbers } from "./sampling";
export * from "./scoring";
export * from "./search";
export { scanNode } from "./splitting";
export { touched } from "./touching";
export { walkPass } from "./walking";
