import {
  type CleanupItem,
  cleanupRuns,
  listCheckpoints,
  listRuns,
  localStore,
  rollbackRun,
  verifyRun,
} from "../../checkpoints/index.ts";
import type { CheckpointService } from "../services.ts";

/** Runs in a folder. */
export const checkpointService: CheckpointService = {
  listRuns: (folder) => listRuns(localStore(folder)),
  listCheckpoints: (folder, run) => listCheckpoints(localStore(folder), run),
  verify: (folder, run) => verifyRun(localStore(folder), run),
  rollback: (folder, run, sequence) => rollbackRun(localStore(folder), run, sequence),
  async cleanup({ checkpointsDir, olderThan, keepLast, keepCheckpoints, dryRun }) {
    const policy = {
      ...(olderThan === undefined ? {} : { olderThanMs: olderThan * 1000 }),
      ...(keepLast === undefined ? {} : { keepLast }),
      ...(keepCheckpoints === undefined ? {} : { checkpoints: { last: keepCheckpoints } }),
    };
    const items = await cleanupRuns(localStore(checkpointsDir), policy, { dryRun });
    const stayed = items.filter((item) => item.kept !== undefined);
    return {
      removed: items
        .filter((item) => item.kept === undefined)
        .map((item) => ({ what: nameOf(item), bytes: item.bytes, why: item.why })),
      kept: stayed.map((item) => ({ what: nameOf(item), reason: item.kept! })),
    };
  },
};

function nameOf({ what, runId, sequence }: CleanupItem): string {
  return sequence === undefined ? `${what} ${runId}` : `${what} ${sequence} of ${runId}`;
}
