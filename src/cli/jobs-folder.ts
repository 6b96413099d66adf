import { KaaykoError } from "../core/index.ts";
import { type Job, type JobQueue, jobName } from "../jobs/index.ts";
import type { Context, Options } from "./context.ts";
import { jobsFolder } from "./job-flags.ts";

export async function openQueue(context: Context, options: Options): Promise<JobQueue> {
  return (await context.services.jobs()).queue(jobsFolder(context, options));
}

/**
 * The number of the job that is meant: `12`, `job-12`, or a name that one job has (of several, the newest that is not finished).
 *
 * @throws KaaykoError (usage) where there is none
 */
export async function findJob(queue: JobQueue, named: string): Promise<number> {
  const number = /^(?:job-)?([1-9]\d{0,14})$/.exec(named);
  if (number !== null) return Number(number[1]);
  const { jobs } = await queue.list();
  const candidates = jobs.filter(({ job }) => job.spec.name === named).map(({ job }) => job);
  const chosen = candidates.findLast((job) => job.state === "running" || job.state === "queued") ?? candidates.at(-1);
  if (chosen !== undefined) return chosen.id;
  throw new KaaykoError({
    action: `find the job ${named}`,
    rule: "there must be a job of this number or name",
    remedy: "kaayko queue lists the jobs.",
    kind: "usage",
  });
}

/** A job as programs read it: stable fields. */
export function jobDocument(job: Job) {
  const { id, spec, state, createdAt, changedAt, attempts, failures, deaths, exitCode, reason, result, stop } = job;
  const run = (spec.payload.run as { id?: string } | null)?.id ?? null;
  return {
    job: jobName(id),
    id,
    name: spec.name,
    priority: spec.priority,
    state,
    stopping: stop,
    run,
    needs: spec.needs,
    createdAt,
    changedAt,
    pid: job.owner?.child?.pid ?? null,
    attempts,
    failures,
    deaths,
    exitCode,
    reason,
    result,
  };
}

/** What a job came to, in a few words: the model that it made, or why it is where it is. */
export function outcomeOf({ result, reason }: Job): string {
  const { champion, modelPath } = (result ?? {}) as { champion?: unknown; modelPath?: unknown };
  if (typeof champion === "string" && typeof modelPath === "string") return `${champion}, ${modelPath}`;
  return reason ?? "";
}
