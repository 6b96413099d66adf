export { isNetwork } from "./portable-network.ts";
export { networkToOnnx } from "./to-onnx.ts";
export { networkToSavedModel } from "./to-saved-model.ts";
