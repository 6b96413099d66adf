import { checkHealth, createModelPredictor, loadModel, type ModelHealth } from "../../models/index.ts";

/** Reads a model from its folder again, which verifies its hashes, and tries it. */
export async function checkFolder({ path }: { readonly path: string }): Promise<ModelHealth & { sha256: string }> {
  const { model, modelSha256 } = await loadModel(path);
  const predictor = await createModelPredictor(model);
  try {
    return { ...(await checkHealth(path, predictor)), sha256: modelSha256 };
  } finally {
    await predictor.dispose();
  }
}
