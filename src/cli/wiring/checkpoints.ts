import {
  type CleanupItem,
  cleanupRuns,
  type KeepPolicy,
  listCheckpoints,
  listRuns,
  localStore,
  pinCheckpoint,
  rollbackRun,
  unpinCheckpoint,
  verifyRun,
} from "../../checkpoints/index.ts";
import type { CheckpointService, CleanupRequest } from "../services.ts";

/** Runs in a folder. */
export const checkpointService: CheckpointService = {
  listRuns: (folder) => listRuns(localStore(folder)),
  listCheckpoints: (folder, run) => listCheckpoints(localStore(folder), run),
  verify: (folder, run) => verifyRun(localStore(folder), run),
  rollback: (folder, run, sequence) => rollbackRun(localStore(folder), run, sequence),
  pin: (folder, run, sequence) => pinCheckpoint(localStore(folder), run, sequence),
  unpin: (folder, run, sequence) => unpinCheckpoint(localStore(folder), run, sequence),
  async cleanup({ checkpointsDir, olderThan, keepLast, dryRun, ...rules }) {
    const checkpoints = keepPolicyOf(rules);
    const policy = {
      ...(olderThan === undefined ? {} : { olderThanMs: olderThan * 1000 }),
      ...(keepLast === undefined ? {} : { keepLast }),
      ...(checkpoints === undefined ? {} : { checkpoints }),
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

/** What a command says about checkpoints; undefined where it says nothing, and all stay. */
function keepPolicyOf(rules: Omit<CleanupRequest, "checkpointsDir" | "dryRun">): Partial<KeepPolicy> | undefined {
  const { keepCheckpoints, keepEvery, keepDaily, maxSize } = rules;
  const policy = {
    ...(keepCheckpoints === undefined ? {} : { last: keepCheckpoints }),
    ...(keepEvery === undefined ? {} : { every: keepEvery }),
    ...(keepDaily === undefined ? {} : { daily: keepDaily }),
    ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
  };
  if (Object.keys(policy).length === 0) return undefined;
  // A size alone is a limit on all that there is, not on what the default would keep.
  return keepCheckpoints === undefined && keepEvery === undefined && keepDaily === undefined
    ? { last: Number.MAX_SAFE_INTEGER, ...policy }
    : policy;
}

function nameOf({ what, runId, sequence }: CleanupItem): string {
  return sequence === undefined ? `${what} ${runId}` : `${what} ${sequence} of ${runId}`;
}
