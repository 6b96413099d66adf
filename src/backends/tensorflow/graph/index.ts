export { type AdamInputs, type AdamParameter, applyAdam } from "./adam.ts";
export { type Attribute, Graph, type GraphDType, type Ref } from "./graph.ts";
export type { Messages } from "./messages.ts";
export { type Feed, GraphSession } from "./session.ts";
