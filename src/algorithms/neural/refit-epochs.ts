import type { JsonObject, ParameterValues } from "../../core/index.ts";

/** The middle of the epochs after which models with held-out rows were best. */
export function refitEpochs(models: readonly JsonObject[]): ParameterValues {
  const epochs = models.map((model) => model.epochs as number).sort((a, b) => a - b);
  return { epochs: Math.max(1, epochs[Math.floor(epochs.length / 2)]!) };
}
