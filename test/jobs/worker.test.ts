import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import {
  createQueue,
  type Job,
  type JobExit,
  type JobQueue,
  type LaunchJob,
  memoryJobStore,
  runWorker,
  type WorkerOptions,
} from "../../src/jobs/index.ts";
import { fateOf, identityOf, ownProcess } from "../../src/storage/index.ts";
import { aJob, aWorker } from "./scenario.ts";

/** Processes that end at once as their payload says, or run until they are stopped. */
const launch: LaunchJob = async (job) => {
  let end: (exit: JobExit) => void = () => undefined;
  const ended = new Promise<JobExit>((resolve) => {
    end = resolve;
  });
  const { code = null, signal = null } = job.spec.payload as { code?: number; signal?: string };
  const exit = { code, signal, result: job.id, reason: code === 0 ? null : "as it was told" };
  return {
    identity: { ...ownProcess(), pid: 2 ** 30 },
    begin: () => (code === null && signal === null ? undefined : end(exit)),
    stop: () => end({ ...exit, code: 143 }),
    kill: () => end({ ...exit, signal: "SIGKILL" }),
    ended,
  };
};

function work(queue: JobQueue, changes: Partial<WorkerOptions> = {}): Promise<void> {
  const { budget } = aWorker();
  const fast = { pollMs: 5, heartbeatMs: 5, timeToLiveMs: 50, killAfterMs: 50 };
  const stop = new AbortController().signal;
  return runWorker({
    queue,
    launch,
    budget,
    concurrency: 2,
    until: "drained",
    stop,
    say: () => undefined,
    ...fast,
    ...changes,
  });
}

async function until(queue: JobQueue, id: number, reached: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = await queue.get(id);
    if (reached(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

it.each([
  ["completed", { payload: { code: 0 } }, { result: 1, exitCode: 0 }],
  ["failed", { payload: { code: 3 } }, { exitCode: 3, reason: "as it was told" }],
  [
    "poisoned",
    { payload: { signal: "SIGKILL" }, maxDeaths: 0 },
    { deaths: 1, reason: expect.stringContaining("SIGKILL") },
  ],
  ["poisoned", { payload: { code: 143 }, maxDeaths: 0 }, { reason: expect.stringContaining("exit 143") }],
  ["poisoned", { payload: { code: 5 }, maxDeaths: 0 }, { reason: expect.stringContaining("as it was told") }],
])("a job ends as %s by %j", async (state, spec, rest) => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob(spec));
  await work(queue);
  expect(await queue.get(1)).toMatchObject({ state, ...rest });
});

it("a worker that is stopped gives its jobs back into the queue, without counting a death", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob());
  const stop = new AbortController();
  const working = work(queue, { stop: stop.signal, until: "stopped" });
  await until(queue, 1, (job) => job.owner?.child != null);
  stop.abort();
  await working;
  expect(await queue.get(1)).toMatchObject({ state: "queued", deaths: 0, notBefore: null });
  expect(await queue.workers()).toEqual([]);
});

it("a running job is paused and cancelled when it is asked", async () => {
  const queue = createQueue(memoryJobStore());
  for (let n = 0; n < 2; n++) await queue.enqueue(aJob());
  const working = work(queue);
  for (const id of [1, 2]) await until(queue, id, (job) => job.owner?.child != null);
  await queue.pause(1);
  await queue.cancel(2);
  await working;
  expect([await queue.get(1), await queue.get(2)]).toMatchObject([{ state: "paused" }, { state: "cancelled" }]);
});

it("an urgent job makes a worker that is full stop a low one, and start that again afterwards", async () => {
  const queue = createQueue(memoryJobStore());
  const all = { threads: 2, memoryBytes: 1 };
  await queue.enqueue(aJob({ priority: "low", needs: all }));
  const working = work(queue);
  await until(queue, 1, (job) => job.owner?.child != null);
  await queue.enqueue(aJob({ priority: "high", needs: all, payload: { code: 0 } }));
  await until(queue, 2, (job) => job.state === "completed");
  const again = await until(
    queue,
    1,
    (job) => job.state === "running" && job.attempts === 2 && job.owner?.child != null,
  );
  expect(again.deaths).toBe(0);
  await queue.cancel(1);
  await working;
});

it("takes over from a worker of this machine that died", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob({ payload: { code: 0 } }));
  await queue.claim(aWorker({ worker: "gone", process: { ...ownProcess(), pid: 2 ** 30 } }));
  const said: string[] = [];
  const working = work(queue, { say: (line) => said.push(line) });
  await until(queue, 1, (found) => found.deaths === 1);
  expect(said.join("\n")).toContain("died");
  await working;
  expect(await queue.get(1)).toMatchObject({ state: "completed", attempts: 2 });
});

it("takes over from a worker of another machine once it is silent, not while it beats", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob({ payload: { code: 0 } }));
  const process = { ...ownProcess(), host: "elsewhere" };
  const job = (await queue.claim(aWorker({ worker: "gone", process })))!;
  const said: string[] = [];
  let [now, looks] = [0, 0];
  const watched: JobQueue = {
    ...queue,
    beatOf: async (id) => {
      looks++;
      return queue.beatOf(id);
    },
  };
  const working = work(watched, { clock: () => now, timeToLiveMs: 1000, say: (line) => said.push(line) });
  /** Until a look that began after this call is over. */
  const looked = async (): Promise<void> => {
    for (const seen = looks; looks < seen + 2; ) await sleep(2);
  };
  for (let beat = 0; beat < 5; beat++) {
    await queue.heartbeat(job, { progress: null });
    await looked();
    now += 900;
    await looked();
    expect((await queue.get(1)).owner?.worker).toBe("gone");
  }
  now += 100;
  await until(queue, 1, (found) => found.deaths === 1);
  expect(said.join("\n")).toContain("no sign of life");
  await working;
  expect(await queue.get(1)).toMatchObject({ state: "completed", attempts: 2 });
});

it("ends the process of a job that another worker took over, and leaves the result to that", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob());
  let killed = false;
  const noticing: LaunchJob = async (job, told) => {
    const child = await launch(job, told);
    const kill = (): void => {
      killed = true;
      child.kill();
    };
    return { ...child, kill };
  };
  const working = work(queue, { launch: noticing });
  const job = await until(queue, 1, (found) => found.owner?.child != null);
  await queue.fail(job, { kind: "stopped" });
  const theirs = (await queue.claim(aWorker({ worker: "other" })))!;
  while (!killed) await sleep(5);
  expect(await queue.get(1)).toMatchObject({ state: "running", owner: { worker: "other" } });
  await queue.complete(theirs, "theirs");
  await working;
  expect(await queue.get(1)).toMatchObject({ state: "completed", result: "theirs", attempts: 2 });
});

it("leaves a job to a worker of this machine that lives, however silent it is", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob());
  const job = (await queue.claim(aWorker({ worker: "silent" })))!;
  const working = work(queue);
  await sleep(200);
  expect(await queue.get(1)).toMatchObject({ state: "running", owner: { worker: "silent" }, deaths: 0 });
  await queue.complete(job, null);
  await working;
});

it("waits for the process that outlives its worker, and ends it", async () => {
  const queue = createQueue(memoryJobStore());
  await queue.enqueue(aJob({ payload: { code: 0 } }));
  const orphan = spawn(process.execPath, [
    "-e",
    "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)",
  ]);
  await new Promise((resolve) => orphan.stdout.once("data", resolve));
  const identity = identityOf(orphan.pid!);
  const ended = once(orphan, "exit");
  const dead = { ...ownProcess(), pid: 2 ** 30 };
  const job = (await queue.claim(aWorker({ worker: "gone", process: dead })))!;
  await queue.started(job, identity);
  const fates: string[] = [];
  const noticing: LaunchJob = (next, told) => {
    fates.push(fateOf(identity));
    return launch(next, told);
  };
  await work(queue, { launch: noticing });
  expect(fates).toEqual(["dead"]);
  await ended;
  expect(orphan.signalCode).toBe("SIGKILL");
  expect(await queue.get(1)).toMatchObject({ state: "completed", attempts: 2, deaths: 1 });
});
