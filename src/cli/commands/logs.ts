import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import { isFinished, type Job, type JobQueue, jobName } from "../../jobs/index.ts";
import { printable } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addJobsDir } from "../job-flags.ts";
import { findJob, jobDocument, openQueue, outcomeOf } from "../jobs-folder.ts";
import { withSignals } from "../terminal/signals.ts";

const LOOK_MS = 500;

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko logs 12", "what job 12 said"],
    ["kaayko logs 12 --follow", "and says, until it ends; Ctrl-C leaves it running"],
  ]);
  command.argument("<job>", "A job's number or name");
  command.addOption(new Option("-f, --follow", "Go on until the job ends or pauses"));
  addJobsDir(command);
  onRun(command, context, ([named], options) => logs(context, named!, options));
};

/** Prints a job's log; with `--follow` also what comes. */
export async function logs(context: Context, named: string, options: Options): Promise<number> {
  const { output } = context;
  const queue = await openQueue(context, options);
  const id = await findJob(queue, named);
  const job = await queue.get(id);
  if (output.switches.json) {
    const { text } = await queue.readLog(id, 0);
    await output.result({ schemaVersion: 1, ...jobDocument(job), log: text.split("\n").slice(0, -1) }, () => "");
    return 0;
  }
  if (options.follow === true) return follow(context, queue, id);
  await output.data((await queue.readLog(id, 0)).text);
  output.note(`${jobName(id)} is ${standingOf(job)}`);
  return 0;
}

async function follow(context: Context, queue: JobQueue, id: number): Promise<number> {
  const { output } = context;
  return withSignals(output, `${jobName(id)} goes on; kaayko queue cancel ${id} stops it`, async ({ stop }) => {
    let at = 0;
    for (let state = ""; ; ) {
      const job = await queue.get(id);
      const piece = await queue.readLog(id, at);
      at = piece.next;
      if (piece.text !== "") await output.data(piece.text);
      const now = standingOf(job);
      if (now !== state) output.note(`${jobName(id)} is ${now}`);
      state = now;
      if (isFinished(job) || job.state === "paused") return job.exitCode ?? 0;
      // Ctrl-C ends the watching, not the job.
      if (stop.aborted) return 0;
      await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
    }
  });
}

function standingOf(job: Job): string {
  const outcome = outcomeOf(job);
  return printable(outcome === "" ? job.state : `${job.state}: ${outcome}`);
}
