import { checkExports, type UserFeatures, userError } from "./user-features.ts";
import { loadUserModule } from "./user-module.ts";

/**
 * Loads a user's file of transformations; see `loadUserModule`.
 *
 * @throws KaaykoError (input) where the file is missing, cannot be compiled, throws, or exports no transformation
 */
export async function loadUserFeatures(path: string): Promise<UserFeatures> {
  const { exports, sha256 } = await loadUserModule(path, (rule, got, cause) => userError(path, null, rule, got, cause));
  return checkExports(path, sha256, exports);
}
