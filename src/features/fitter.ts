import type { FeatureFitter, FitRequest } from "./fit-request.ts";
import { MemoryFitter } from "./memory-fitter.ts";
import { StreamedFitter } from "./streamed-fitter.ts";

/**
 * Makes the fitter of a loaded table's features: dictionaries and statistics of training rows only.
 *
 * @throws KaaykoError (input) where nothing can be a feature, or a user's feature does not fit the table
 */
export function createFeatureFitter(request: FitRequest): FeatureFitter {
  return request.loaded.table === null ? new StreamedFitter(request) : new MemoryFitter(request);
}
