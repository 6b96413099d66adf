export { CoreOperations } from "./core-operations.ts";
export { GraphOperations } from "./graph-operations.ts";
export type { BinaryKind, Operations, UnaryKind } from "./operations.ts";
export type { Value } from "./recording.ts";
export { Tape } from "./tape.ts";
