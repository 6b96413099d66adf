import { DELETED, manifestsKey, parseManifestName } from "./keys.ts";
import type { CheckpointStore } from "./store.ts";

/**
 * True from the moment a run can be opened until its removal begins. A run whose run.json was lost counts as long as there
 * are manifests, which repeat it; a creation that was interrupted before that is none.
 */
export async function isRun(store: CheckpointStore, runId: string): Promise<boolean> {
  const names = await store.children(runId);
  if (names.includes(DELETED)) return false;
  if (names.includes("run.json")) return true;
  if (!names.includes("manifests")) return false;
  return (await store.children(manifestsKey(runId))).some((name) => parseManifestName(name) !== undefined);
}
