export { alignedFloats } from "./aligned-floats.ts";
export type { Backend } from "./backend.ts";
export { cacheFolder } from "./cache-folder.ts";
export { type ChooseOptions, chooseBackend } from "./choose.ts";
export { diagnose } from "./diagnose.ts";
export {
  type BinaryKind,
  CoreOperations,
  GraphOperations,
  type Operations,
  Tape,
  type UnaryKind,
  type Value,
} from "./operations/index.ts";
export { setupBackends } from "./setup.ts";
export {
  type Attribute,
  applyAdam,
  type Feed,
  Graph,
  GraphSession,
  type Messages,
  type Ref,
} from "./tensorflow/graph/index.ts";
export {
  loadTensorflow,
  type NativeBinding,
  type NativeTensor,
  savedModelMessages,
  type Tensorflow,
  tensorflowThreads,
} from "./tensorflow/load.ts";
export { ensureTensorflow } from "./tensorflow/provision.ts";
export { tensorflowStatus } from "./tensorflow/status.ts";
export * from "./types.ts";
