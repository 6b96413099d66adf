export * from "./days/index.ts";
export { decodeFeatures } from "./decode.ts";
export { type Deriver, derivedSource, deriverOf, isDerivation, withDerivation, wordsOf } from "./derive/index.ts";
export {
  createFeatureEncoder,
  type EncodableRows,
  type EncodeOptions,
  encodeFeatures,
  type FeatureEncoder,
} from "./encode.ts";
export type { FeatureFitter, FitRequest, FittedFeatures } from "./fit-request.ts";
export { createFittedDataset, type FittedDatasetRequest } from "./fitted-dataset.ts";
export { createFeatureFitter } from "./fitter.ts";
export { loadUserFeatures } from "./load-user-features.ts";
export * from "./pipeline.ts";
export * from "./rules/index.ts";
export * from "./series/index.ts";
export { measuresBeside } from "./text/ngram-part.ts";
export * from "./transactions/index.ts";
export type {
  UserColumn,
  UserColumns,
  UserFeatureDefinition,
  UserFeatures,
  UserValues,
} from "./user-features.ts";
export { loadUserModule, type RefuseModule, type UserModule } from "./user-module.ts";
