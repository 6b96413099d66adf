import { KaaykoError } from "../core/index.ts";
import type { DamagedJob, Job } from "./job.ts";
import { decodeJob } from "./job-document.ts";
import type { JobStore, RevisionName } from "./store.ts";

export interface JobReader {
  /** Every job, by number; removed ones are left out. */
  all(): Promise<{ readonly jobs: Job[]; readonly damaged: DamagedJob[] }>;
  /** Undefined where there is none, or it was removed. */
  newest(id: number): Promise<Job | DamagedJob | undefined>;
  /** The highest number that was ever used. */
  highestId(): Promise<number>;
  /** False for a revision that was written after its job had been removed. */
  isReal(name: RevisionName): Promise<boolean>;
  /** Removes what removed jobs left, but for the mark of the highest number: that number must not be used again. */
  tidy(): Promise<void>;
}

/** Reads the newest revision of jobs. Revisions never change, so that each is read once. */
export function createReader(store: JobStore): JobReader {
  const known = new Map<number, Job | DamagedJob>();
  const newestOf = async (revisions: readonly number[], id: number): Promise<Job | DamagedJob | undefined> => {
    const revision = revisions.at(-1);
    if (revision === undefined) return undefined;
    const before = known.get(id);
    if (before?.revision === revision) return before;
    const found = await readNewest(store, id, revisions);
    if (found !== undefined) known.set(id, found);
    return found;
  };
  const present = async (revisions: readonly number[], id: number): Promise<Job | DamagedJob | undefined> => {
    const found = await newestOf(revisions, id);
    // Without its beginning it is what somebody wrote after the job had been removed.
    return isRemoved(found) || revisions[0] !== 1 ? undefined : found;
  };
  return {
    async all() {
      const byId = grouped(await store.names());
      for (const id of known.keys()) if (!byId.has(id)) known.delete(id);
      const found: (Job | DamagedJob | undefined)[] = [];
      for (const [id, revisions] of byId) found.push(await present(revisions, id));
      return {
        jobs: found.filter((job): job is Job => job !== undefined && !("error" in job)),
        damaged: found.filter((job): job is DamagedJob => job !== undefined && "error" in job),
      };
    },
    newest: async (id) => present(grouped(await store.names()).get(id) ?? [], id),
    highestId: async () => Math.max(0, ...(await store.names()).map(({ id }) => id)),
    async isReal({ id, revision }) {
      if (revision === 1) return true;
      const names = await store.names();
      return names.some((name) => name.id === id && name.revision === revision - 1);
    },
    async tidy() {
      const byId = grouped(await store.names());
      const highest = Math.max(0, ...byId.keys());
      for (const [id, revisions] of byId) {
        const found = await newestOf(revisions, id);
        if (!isRemoved(found) && (revisions[0] === 1 || found === undefined)) continue;
        // The mark goes last: as long as anything is there, it is.
        const going = id === highest ? revisions.slice(0, -1) : revisions;
        await store.remove(going.map((revision) => ({ id, revision })));
      }
    },
  };
}

function isRemoved(found: Job | DamagedJob | undefined): boolean {
  return found !== undefined && !("error" in found) && found.state === "removed";
}

/** Revisions of each job, ascending. */
function grouped(names: readonly RevisionName[]): Map<number, number[]> {
  const byId = new Map<number, number[]>();
  for (const { id, revision } of [...names].sort((a, b) => a.id - b.id || a.revision - b.revision)) {
    const revisions = byId.get(id) ?? [];
    revisions.push(revision);
    byId.set(id, revisions);
  }
  return byId;
}

async function readNewest(
  store: JobStore,
  id: number,
  revisions: readonly number[],
): Promise<Job | DamagedJob | undefined> {
  const revision = revisions.at(-1)!;
  const newest = await readOne(store, { id, revision });
  if (newest === undefined || !("error" in newest)) return newest;
  for (const earlier of revisions.slice(0, -1).reverse()) {
    const found = await readOne(store, { id, revision: earlier });
    if (found !== undefined && !("error" in found)) return { ...newest, lastGood: found };
  }
  return newest;
}

async function readOne(store: JobStore, name: RevisionName): Promise<Job | DamagedJob | undefined> {
  try {
    const bytes = await store.read(name);
    return bytes === undefined ? undefined : decodeJob(bytes, name.id, name.revision);
  } catch (error) {
    if (!(error instanceof KaaykoError) || error.kind !== "damaged") throw error;
    return { ...name, error: error.message, lastGood: null };
  }
}
