export { hashModel, type Model, type PackageFile, packModel, unpackModel } from "./package.ts";
export {
  findModel,
  listModels,
  loadModel,
  locateModel,
  type ModelEntry,
  publishModel,
  reserveVersion,
  type StoredModel,
} from "./store.ts";
