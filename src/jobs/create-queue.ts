import { canonicalJson, type JsonValue, KaaykoError } from "../core/index.ts";
import { fateOf } from "../storage/index.ts";
import { type DamagedJob, type Job, type JobProgress, type JobSpec, jobName } from "./job.ts";
import { encodeJob } from "./job-document.ts";
import { inTurn, planClaim, urgencyOf } from "./plan.ts";
import { parseBeat, writeBeat } from "./progress.ts";
import type { Claimant, JobQueue, JobStatus, Listing } from "./queue.ts";
import { createReader } from "./read-jobs.ts";
import type { JobStore } from "./store.ts";
import {
  askedToMakeRoom,
  checkStoppable,
  claimed,
  completed,
  ended,
  newJob,
  removed,
  resumed,
  startedAs,
  stopped,
  wrongState,
} from "./transitions.ts";
import { announce, livingWorkers } from "./workers.ts";

const PAYLOAD_MAX_BYTES = 256 * 1024;
const RESULT_MAX_BYTES = 1024 * 1024;

/**
 * A queue over a store. A change of a job is a new revision, created exclusively under the next number: of several that
 * change the same revision one wins, and a crash leaves the old or the new.
 *
 * @param clock for tests; its times are for aging and pauses, never for who owns a job
 */
export function createQueue(store: JobStore, clock: () => Date = () => new Date()): JobQueue {
  const reader = createReader(store);
  const publish = async (job: Job): Promise<Job | undefined> => {
    if (!(await store.publish(job, encodeJob(job)))) return undefined;
    // The number was free because the job was removed meanwhile: then this revision is none.
    return (await reader.isReal(job)) ? job : undefined;
  };
  /** Changes the newest revision, again where another was faster. */
  const change = async (id: number, make: (job: Job) => Job): Promise<Job> => {
    for (;;) {
      const done = await publish(make(await get(id)));
      if (done !== undefined) return done;
    }
  };
  const get = async (id: number): Promise<Job> => {
    const found = await reader.newest(id);
    if (found === undefined) throw noSuchJob(id, store.name);
    if ("error" in found) throw damagedJob(found);
    return found;
  };

  return {
    name: store.name,
    async enqueue(spec) {
      checkSize("submit a job", "what it is to run", spec.payload, PAYLOAD_MAX_BYTES);
      for (;;) {
        const job = newJob((await reader.highestId()) + 1, spec, clock());
        if (await store.publish(job, encodeJob(job))) return job;
      }
    },
    list: () => list(store, reader, clock()),
    get,
    claim: (claimant) => store.alone(() => claimNext(reader, publish, claimant, clock())),
    started: (job, child) => publish(startedAs(job, child, clock())),
    async heartbeat(job, beat) {
      await store.beat(job.id, writeBeat(job, beat, clock()));
      return get(job.id);
    },
    beatOf: (id) => store.readBeat(id),
    complete: (job, result) => publish(completed(job, keptResult(result), clock())),
    fail: (job, ending) => publish(ended(job, ending, clock())),
    cancel: (id) => change(id, (job) => stoppedBy(job, "cancel", clock())),
    pause: (id) => change(id, (job) => stoppedBy(job, "pause", clock())),
    resume: (id) => resumeJob(id, reader, publish, clock, store.name),
    remove: (id) => removeJob(id, store, reader, publish, clock),
    appendLog: (id, text) => store.appendLog(id, text),
    readLog: (id, from) => store.readLog(id, from),
    announce: (note) => announce(store, note),
    withdraw: (worker) => store.withdraw(worker),
    workers: () => livingWorkers(store),
    watch: (changed) => store.onChange(changed),
  };
}

type Reader = ReturnType<typeof createReader>;
type Publish = (job: Job) => Promise<Job | undefined>;

async function list(store: JobStore, reader: Reader, now: Date): Promise<Listing> {
  const { jobs, damaged } = await reader.all();
  const turns = new Map(inTurn(jobs, now).map((job, index) => [job.id, index + 1]));
  const statuses = jobs.map(async (job): Promise<JobStatus> => {
    const progress = job.state === "running" ? await progressOf(store, job) : null;
    const urgency = job.state === "queued" ? urgencyOf(job, now) : null;
    const stranded = job.owner !== null && fateOf(job.owner.process) === "dead";
    return { job, position: turns.get(job.id) ?? null, urgency, progress, stranded };
  });
  return { jobs: await Promise.all(statuses), damaged };
}

async function progressOf(store: JobStore, job: Job): Promise<JobProgress | null> {
  return parseBeat(await store.readBeat(job.id), job)?.progress ?? null;
}

async function claimNext(reader: Reader, publish: Publish, claimant: Claimant, now: Date): Promise<Job | undefined> {
  const { jobs } = await reader.all();
  const { start, preempt } = planClaim(jobs, claimant, now);
  for (const job of preempt) await publish(askedToMakeRoom(job, now));
  if (start === undefined) return undefined;
  const owner = { worker: claimant.worker, process: claimant.process, child: null };
  return publish(claimed(start, owner, urgencyOf(start, now), now));
}

function stoppedBy(job: Job, stop: "cancel" | "pause", now: Date): Job {
  checkStoppable(job, stop);
  return stopped(job, stop, now);
}

async function resumeJob(id: number, reader: Reader, publish: Publish, clock: () => Date, place: string): Promise<Job> {
  for (;;) {
    const found = await reader.newest(id);
    if (found === undefined) throw noSuchJob(id, place);
    const done = await publish("error" in found ? mended(found, clock()) : resumable(found, clock()));
    if (done !== undefined) return done;
  }
}

function resumable(job: Job, now: Date): Job {
  const waiting = job.state === "queued" || job.state === "running";
  // A running job that is about to pause or to be cancelled ends that first.
  if (waiting || job.state === "completed")
    throw wrongState(job, "resume", "it must be paused or have failed", "kaayko queue shows where every job stands.");
  return resumed(job, now);
}

function mended(found: DamagedJob, now: Date): Job {
  if (found.lastGood === null) throw damagedJob(found);
  return { ...resumed(found.lastGood, now), revision: found.revision + 1 };
}

async function removeJob(
  id: number,
  store: JobStore,
  reader: Reader,
  publish: Publish,
  clock: () => Date,
): Promise<void> {
  for (;;) {
    const found = await reader.newest(id);
    if (found === undefined) throw noSuchJob(id, store.name);
    const job = "error" in found ? markOf(found, clock()) : found;
    if (job.state === "running")
      throw wrongState(job, "remove", "it must not run", `kaayko queue cancel ${id} stops it.`);
    if ((await publish(removed(job, clock()))) === undefined) continue;
    await reader.tidy();
    await store.removeNotes(id);
    return;
  }
}

/** Something to write the mark of removal from where nothing of a damaged job can be read. */
function markOf({ id, revision, lastGood }: DamagedJob, now: Date): Job {
  const needs = { threads: 1, memoryBytes: 0 };
  const spec: JobSpec = { name: "damaged", priority: "normal", needs, retries: 0, maxDeaths: 0, payload: {} };
  return { ...(lastGood ?? newJob(id, spec, now)), state: "failed", owner: null, revision };
}

function keptResult(result: JsonValue): JsonValue {
  return Buffer.byteLength(canonicalJson(result)) <= RESULT_MAX_BYTES ? result : null;
}

function checkSize(action: string, what: string, value: JsonValue, most: number): void {
  const bytes = Buffer.byteLength(canonicalJson(value));
  if (bytes <= most) return;
  throw new KaaykoError({
    action,
    rule: `${what} may take at most ${most} bytes`,
    got: String(bytes),
    remedy: "Put long lists into a settings file and name it with --config.",
    kind: "usage",
  });
}

function noSuchJob(id: number, place: string): KaaykoError {
  return new KaaykoError({
    action: `find ${jobName(id)}`,
    rule: `there must be such a job in ${place}`,
    remedy: "kaayko queue lists the jobs.",
    kind: "usage",
  });
}

function damagedJob({ id, error }: DamagedJob): KaaykoError {
  return new KaaykoError({
    action: `use ${jobName(id)}`,
    rule: error,
    remedy: `kaayko queue resume ${id} goes on from what can be read of it; kaayko queue remove ${id} forgets it.`,
    kind: "damaged",
  });
}
