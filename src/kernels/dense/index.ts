export { createDenseStack, type DenseStack } from "./dense-stack.ts";
export { type DenseLayer, naiveDense } from "./naive-dense.ts";
