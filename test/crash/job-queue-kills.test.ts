import { expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { createQueue, folderJobStore, type Job, type JobQueue } from "../../src/jobs/index.ts";
import type { FileSystem } from "../../src/storage/index.ts";
import { aJob, aWorker } from "../jobs/scenario.ts";
import { faultyFileSystem } from "../storage/faulty-file-system.ts";
import { type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";

class Killed extends Error {}

/** What was acknowledged before the kill. */
interface Acknowledged {
  readonly enqueued: Set<number>;
  readonly claimed: Set<number>;
  readonly completed: Map<number, number>;
  readonly removed: Set<number>;
}

const queueOn = (fs: FileSystem): JobQueue => createQueue(folderJobStore("/jobs", { fs, lockPatienceMs: 0 }));

/** A life of a queue: jobs come, one completes, one dies and completes, one is paused and resumed, one is removed. */
async function live(queue: JobQueue, said: Acknowledged): Promise<void> {
  for (let n = 1; n <= 3; n++) said.enqueued.add((await queue.enqueue(aJob({ payload: { n } }))).id);
  const claim = async (): Promise<Job> => {
    const job = (await queue.claim(aWorker()))!;
    said.claimed.add(job.id);
    return job;
  };
  const first = await claim();
  await queue.heartbeat(first, { progress: null });
  await complete(queue, first, said);
  await queue.fail(await claim(), { kind: "stopped" });
  await queue.pause(3);
  await queue.resume(3);
  await queue.remove(first.id);
  said.removed.add(first.id);
  await complete(queue, await claim(), said);
}

async function complete(queue: JobQueue, job: Job, said?: Acknowledged): Promise<void> {
  if ((await queue.complete(job, job.id)) !== undefined) said?.completed.set(job.id, job.id);
}

async function lifeUntil(fs: FileSystem, at: number, when: "before" | "after"): Promise<[Acknowledged, boolean]> {
  let dead = false;
  const said = {
    enqueued: new Set<number>(),
    claimed: new Set<number>(),
    completed: new Map(),
    removed: new Set<number>(),
  };
  const reach = (number: number, here: boolean): void => {
    if (here && number >= at) dead = true;
    if (dead) throw new Killed();
  };
  const faulty = faultyFileSystem(fs, {
    before: (call) => reach(call.number, when === "before"),
    after: (call) => reach(call.number, when === "after"),
  });
  await live(queueOn(faulty), said).catch((error) => {
    if (!dead) throw error;
  });
  return [said, dead];
}

/** What the next worker finds: nothing acknowledged is lost or undone, and everything left can be run to its end. */
async function expectConsistent(disk: SimulatedDisk, said: Acknowledged, context: string): Promise<void> {
  const queue = queueOn(disk);
  const { jobs, damaged } = await queue.list();
  expect(damaged, context).toEqual([]);
  const byId = new Map(jobs.map(({ job }) => [job.id, job]));
  for (const id of said.enqueued) if (id !== 1) expect(byId.has(id), `${context}: job ${id} is lost`).toBe(true);
  if (said.enqueued.has(1) && !said.claimed.has(1)) expect(byId.has(1), `${context}: job 1 is lost`).toBe(true);
  for (const id of said.removed) expect(byId.has(id), `${context}: job ${id} came back`).toBe(false);
  for (const [id, result] of said.completed)
    if (byId.has(id)) expect(byId.get(id), context).toMatchObject({ state: "completed", result });
  // Owners are dead: the next worker ends their attempts, then runs what is left.
  for (const { job } of jobs) if (job.state === "running") await queue.fail(job, { kind: "stopped" });
  for (const { job } of jobs) if (job.state === "paused") await queue.resume(job.id);
  for (let job = await queue.claim(aWorker()); job !== undefined; job = await queue.claim(aWorker()))
    await complete(queue, job);
  for (const { job } of (await queue.list()).jobs) expect(job, context).toMatchObject({ state: "completed" });
  const next = await queue.enqueue(aJob());
  expect(next.id, `${context}: a number is used again`).toBeGreaterThan(Math.max(0, ...said.enqueued));
}

it.each([
  ["a SIGKILL", (disk: SimulatedDisk) => [disk.afterKill()]],
  [
    "a power cut",
    (disk: SimulatedDisk, call: number) => [0, 1].map((seed) => disk.afterPowerLoss(randomStream(seed, "power", call))),
  ],
])("%s before and after every call of the queue loses no job and no result", async (_, crash) => {
  for (let at = 1; ; at++)
    for (const when of ["before", "after"] as const) {
      const disk = simulatedDisk();
      const [said, killed] = await lifeUntil(disk, at, when);
      if (!killed) {
        expect(at).toBeGreaterThan(200);
        return;
      }
      for (const left of crash(disk, at)) await expectConsistent(left, said, `killed ${when} call ${at}`);
    }
});
