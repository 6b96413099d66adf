import { type Command, Option } from "commander";
import { KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { isFinished, type Job, type JobQueue, type JobStatus, jobName, type Listing } from "../../jobs/index.ts";
import { formatPlural, formatSeconds, paint, printable, renderTable, type Style } from "../../reports/text/index.ts";
import { estimatedNeeds, jobArguments, submitJob } from "../background.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addJobFlags, addJobsDir, jobsFolder } from "../job-flags.ts";
import { findJob, jobDocument, openQueue, outcomeOf } from "../jobs-folder.ts";
import { ageText } from "../runs.ts";
import { parseFlag } from "../settings/resolve.ts";

const COLORS = {
  completed: "green",
  running: "cyan",
  queued: "dim",
  paused: "yellow",
  failed: "red",
  poisoned: "red",
  cancelled: "yellow",
  removed: "dim",
} as const;

const THREADS: ParameterSpec = { name: "threads", type: "integer", min: 1, max: 4096, description: "Cores" };

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko train --data a.parquet --target y --background", "submit a training"],
    ["kaayko queue", "where every job stands"],
    ["kaayko queue add --priority low -- predict --model houses --data new.csv --out p.csv", ""],
    ["kaayko queue pause 12", "save, stop, keep its place"],
    ["kaayko queue resume 12", "go on; also with a failed one"],
    ["kaayko queue cancel 12", "save and stop; its run can still be resumed"],
    ["kaayko queue clear --finished", "forget the finished ones"],
  ]);
  const list = command.command("list", { isDefault: true }).description("Every job and where it stands");
  addJobsDir(list);
  onRun(list, context, (_args, options) => listJobs(context, options));
  addSubmit(command, context);
  const change = (name: keyof typeof CHANGES, summary: string): void => {
    const sub = command.command(name).description(summary).argument("<jobs...>", "Numbers or names of jobs");
    addJobsDir(sub);
    onRunMany(sub, context, (names, options) => changeJobs(context, name, names, options));
  };
  change("cancel", "Save and stop; the run stays");
  change("pause", "Save, stop, and wait for resume");
  change("resume", "Back into the queue: a paused, failed, cancelled or set aside job");
  change("remove", "Forget jobs and their logs; their runs and models stay");
  const clear = command.command("clear").description("Forget many jobs");
  clear.addOption(new Option("--finished", "Those that are completed, failed, cancelled or set aside"));
  addJobsDir(clear);
  onRun(clear, context, (_args, options) => clearJobs(context, options));
};

function addSubmit(command: Command, context: Context): void {
  const add = command.command("add").description("Submit another command as a job: predict, evaluate, verify, …");
  add.argument("<command...>", "After --: the command and its flags");
  add.addOption(new Option("--name <NAME>", "Name of the job (default: the command)"));
  add.addOption(new Option("--threads <N>", "Cores that it takes (default: all)"));
  addJobFlags(add, "Job:");
  onRunMany(add, context, async (words, options) => {
    const name = words[0]!;
    checkCommand(name, words);
    const threads = options.threads === undefined ? undefined : Number(parseFlag(THREADS, options.threads));
    const needs = estimatedNeeds(undefined, threads, undefined);
    const title = typeof options.name === "string" ? options.name : name;
    return submitJob(context, options, { name: title, argv: jobArguments(words), run: null, ...needs });
  });
}

/** Commands that do work, and come to the same where they are begun again. */
const COMMANDS = ["predict", "evaluate", "verify", "verify-resume", "cleanup", "data", "models"];

function checkCommand(name: string, words: readonly string[]): void {
  if (COMMANDS.includes(name)) return;
  const trains = ["train", "resume", "v1", "v2", "v3"].includes(name);
  throw new KaaykoError({
    action: `submit ${name}`,
    rule: trains ? "what makes a run is submitted by itself" : `it must be one of ${COMMANDS.join(", ")}`,
    remedy: trains
      ? `kaayko ${words.join(" ")} --background`
      : "For example: kaayko queue add -- predict --model houses --data new.csv --out prices.csv",
    kind: "usage",
  });
}

/** As `onRun`, for a command whose only argument is a list. */
function onRunMany(
  command: Command,
  context: Context,
  action: (words: readonly string[], options: Options) => Promise<number | undefined>,
): void {
  onRun(command, context, (_args, options) => action(command.args, options));
}

const CHANGES = {
  cancel: (queue: JobQueue, id: number) => queue.cancel(id),
  pause: (queue: JobQueue, id: number) => queue.pause(id),
  resume: (queue: JobQueue, id: number) => queue.resume(id),
  remove: (queue: JobQueue, id: number) => queue.remove(id).then(() => undefined),
} as const;

async function changeJobs(
  context: Context,
  what: keyof typeof CHANGES,
  names: readonly string[],
  options: Options,
): Promise<number> {
  const queue = await openQueue(context, options);
  const changed: { id: number; job: Job | undefined }[] = [];
  for (const name of names) {
    const id = await findJob(queue, name);
    changed.push({ id, job: await CHANGES[what](queue, id) });
  }
  // A job that was asked to stop may have lost its worker: only a worker can end it.
  if (changed.some(({ job }) => job?.state === "queued" || job?.state === "running"))
    await (await context.services.jobs()).startWorker(jobsFolder(context, options));
  const jobs = changed.map(({ id, job }) =>
    job === undefined ? { job: jobName(id), state: "removed" } : jobDocument(job),
  );
  await context.output.result({ schemaVersion: 1, jobs }, () =>
    changed.map(({ id, job }) => `${jobName(id)} ${becomes(job)}`).join("\n"),
  );
  return 0;
}

function becomes(job: Job | undefined): string {
  if (job === undefined) return "is forgotten";
  return job.stop === null ? `is ${job.state}` : `saves and stops (${job.stop})`;
}

async function clearJobs(context: Context, options: Options): Promise<number> {
  if (options.finished !== true)
    throw new KaaykoError({
      action: "clear the queue",
      rule: "it must be said which jobs may go",
      remedy: "Give --finished.",
      kind: "usage",
    });
  const queue = await openQueue(context, options);
  const finished = (await queue.list()).jobs.map(({ job }) => job).filter(isFinished);
  for (const job of finished) await queue.remove(job.id);
  await context.output.result({ schemaVersion: 1, removed: finished.map((job) => jobName(job.id)) }, () =>
    finished.length === 0 ? "Nothing to forget." : `${formatPlural(finished.length, "job")} forgotten.`,
  );
  return 0;
}

async function listJobs(context: Context, options: Options): Promise<number> {
  const queue = await openQueue(context, options);
  const listing = await queue.list();
  const workers = await queue.workers();
  const { output } = context;
  const jobs = inOrder(listing.jobs).map(statusDocument);
  const document = {
    schemaVersion: 1,
    jobsDir: queue.name,
    jobs,
    damaged: listing.damaged.map(damagedDocument),
    workers,
  };
  await output.result(document, () => renderJobs(listing, queue.name, output.dataStyle));
  const waiting = listing.jobs.some(({ job }) => job.state === "queued" || job.state === "running");
  if (waiting && workers.length === 0) output.say("No worker is running: kaayko worker starts one.");
  return 0;
}

/** One job with its turn and progress, as programs read it. */
export function statusDocument({ job, position, urgency, progress, stranded }: JobStatus) {
  return { ...jobDocument(job), position, urgency, progress, stranded };
}

function damagedDocument({ id, error }: Listing["damaged"][number]) {
  return { job: jobName(id), id, error };
}

/** Running ones, then the queue in its turn, then paused and finished ones, the newest first. */
function inOrder(jobs: readonly JobStatus[]): JobStatus[] {
  const group = ({ job, position }: JobStatus): number => {
    if (job.state === "running") return 0;
    if (position !== null) return position;
    return job.state === "paused" ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER;
  };
  return [...jobs].sort((a, b) => group(a) - group(b) || b.job.id - a.job.id);
}

/** A table of jobs, and what is wrong with those that cannot be read. */
export function renderJobs({ jobs, damaged }: Listing, folder: string, style: Style): string {
  if (jobs.length + damaged.length === 0) return `No jobs in ${printable(folder)}.`;
  const rows = inOrder(jobs).map((status) => rowOf(status, style));
  const columns = [
    { title: "job" },
    { title: "name" },
    { title: "turn", align: "right" as const },
    { title: "priority", optional: 4 },
    { title: "state" },
    { title: "progress", optional: 1 },
    { title: "left", align: "right" as const, optional: 3 },
    { title: "age", align: "right" as const, optional: 5 },
    { title: "outcome", optional: 2 },
  ];
  const broken = damaged.map(({ id, error }) => `${jobName(id)} is set aside: ${printable(error)}`);
  return [...(rows.length === 0 ? [] : [renderTable(columns, rows, style)]), ...broken].join("\n");
}

function stateOf(job: Job): string {
  return job.stop === null ? job.state : `${job.state}, asked to ${job.stop}`;
}

function rowOf({ job, position, urgency, progress, stranded }: JobStatus, style: Style): string[] {
  const aged = urgency !== null && urgency !== job.spec.priority ? ` (now ${urgency})` : "";
  const amount = progress === null ? "" : `${progress.step}${progress.total === null ? "" : `/${progress.total}`}`;
  return [
    String(job.id),
    printable(job.spec.name),
    position === null ? "" : String(position),
    `${job.spec.priority}${aged}`,
    paint(style, COLORS[job.state], stranded ? "waits for a worker" : stateOf(job)),
    progress === null ? "" : printable(`${progress.stage} ${progress.subject ?? ""} ${amount}`),
    progress?.secondsLeft == null ? "" : formatSeconds(progress.secondsLeft),
    ageText(job.createdAt, "-"),
    printable(outcomeOf(job)).slice(0, 60),
  ];
}
