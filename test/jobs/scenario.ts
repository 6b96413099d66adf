import type { Claimant, JobSpec } from "../../src/jobs/index.ts";
import { ownProcess } from "../../src/storage/index.ts";

const GIB = 2 ** 30;

/** A job of one thread and 1 GiB. */
export function aJob(changes: Partial<JobSpec> = {}): JobSpec {
  const needs = { threads: 1, memoryBytes: GIB };
  return { name: "job", priority: "normal", needs, retries: 0, maxDeaths: 3, payload: { n: 1 }, ...changes };
}

/** A worker on a machine of 2 cores and 8 GiB, with room for 2 jobs. */
export function aWorker(changes: Partial<Claimant> = {}): Claimant {
  const budget = { threads: 2, memoryBytes: 8 * GIB };
  return { worker: "w1", process: ownProcess(), budget, freeSlots: 2, otherSlots: 0, ...changes };
}

/** A clock that stands still until it is moved. */
export function aClock(start = "2026-01-01T00:00:00.000Z"): { now: () => Date; pass: (ms: number) => void } {
  let time = Date.parse(start);
  return {
    now: () => new Date(time),
    pass: (ms) => {
      time += ms;
    },
  };
}
