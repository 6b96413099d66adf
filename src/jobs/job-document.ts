import type { JsonObject, JsonValue } from "../core/index.ts";
import { damaged, isProcessIdentity, seal, unseal } from "../storage/index.ts";
import { JOB_STATES, type Job, type JobNeeds, type JobOwner, type JobSpec, jobName, PRIORITIES, STOPS } from "./job.ts";

const FORMAT = "kaayko-job";
const VERSION = 1;

/** The largest revision that is read: a payload, a result and some room. */
export const REVISION_MAX_BYTES = 2 * 2 ** 20;

/** A revision as it is stored: canonical JSON with its own hash. */
export function encodeJob(job: Job): string {
  return seal({ format: FORMAT, version: VERSION, job: job as unknown as JsonObject }).text;
}

/**
 * Reads a revision that was stored under a name.
 *
 * @throws KaaykoError (damaged) where a byte differs, a field breaks its rule, or another version wrote it
 */
export function decodeJob(bytes: Uint8Array, id: number, revision: number): Job {
  const what = `revision ${revision} of ${jobName(id)}`;
  const { format, version, job } = unseal(bytes, what).content;
  if (format !== FORMAT) throw damaged(what, "it must describe a job");
  if (version !== VERSION)
    throw damaged(what, `its format must be version ${VERSION}`, JSON.stringify(version ?? null).slice(0, 20));
  const broken = brokenField(job, id, revision);
  if (broken !== undefined) throw damaged(what, `its ${broken} must follow the format`);
  return job as unknown as Job;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value.length <= 4000;
const isTime: Check = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    choices.includes(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const isOwner: Check = (value) => {
  if (!isObject(value)) return false;
  const { worker, process, child } = value as JobOwner;
  return isText(worker) && isProcessIdentity(process) && (child === null || isProcessIdentity(child));
};

const isNeeds: Check = (value) => {
  if (!isObject(value)) return false;
  const { threads, memoryBytes } = value as JobNeeds;
  return isCount(threads) && threads >= 1 && isCount(memoryBytes);
};

const isSpec: Check = (value) => {
  if (!isObject(value)) return false;
  const { name, priority, needs, retries, maxDeaths, payload } = value as JobSpec;
  const counts = isCount(retries) && isCount(maxDeaths);
  return isText(name) && oneOf(PRIORITIES)(priority) && isNeeds(needs) && counts && isObject(payload);
};

const FIELDS: Readonly<Record<Exclude<keyof Job, "id" | "revision" | "result">, Check>> = {
  spec: isSpec,
  state: oneOf(JOB_STATES),
  createdAt: isTime,
  changedAt: isTime,
  waitingSince: isTime,
  notBefore: orNull(isTime),
  startedAs: orNull(oneOf(PRIORITIES)),
  owner: orNull(isOwner),
  stop: orNull(oneOf(STOPS)),
  attempts: isCount,
  failures: isCount,
  deaths: isCount,
  exitCode: orNull(isCount),
  reason: orNull(isText),
};

function brokenField(value: JsonValue | undefined, id: number, revision: number): string | undefined {
  if (!isObject(value)) return "content";
  const job = value as JsonObject;
  if (job.id !== id || job.revision !== revision) return "number";
  if (job.result === undefined) return "result";
  for (const [field, check] of Object.entries(FIELDS)) if (!check(job[field])) return field;
  return (job.state === "running") === (job.owner !== null) ? undefined : "owner";
}
