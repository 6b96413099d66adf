export { type ImportedFeature, type ImportedModel, MAX_FEATURES } from "./foreign-forest.ts";
export { type ExportedModel, modelForest } from "./model-forest.ts";
export { fromLightgbmText } from "./read-lightgbm.ts";
export { fromOnnx } from "./read-onnx.ts";
export { fromXgboostJson, fromXgboostUbjson } from "./read-xgboost.ts";
export { toLightgbmText } from "./write-lightgbm.ts";
export { toOnnx } from "./write-onnx.ts";
export { toXgboostJson } from "./write-xgboost.ts";
