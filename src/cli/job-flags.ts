import { join } from "node:path";
import { type Command, Option } from "commander";
import { KaaykoError } from "../core/index.ts";
import type { Context, Options } from "./context.ts";
import { fromHere, resolveFolders } from "./settings/resolve-folders.ts";

/** The flags of every command that looks at jobs. */
export function addJobsDir(command: Command, heading?: string): void {
  const text = "Where jobs are kept (also KAAYKO_JOBS_DIR; default: .jobs beside the runs)";
  const option = new Option("--jobs-dir <DIR>", text);
  command.addOption(heading === undefined ? option : option.helpGroup(heading));
}

/** `--jobs-dir` over `KAAYKO_JOBS_DIR` over `.jobs` in the folder of the runs. */
export function jobsFolder(context: Context, options: Options): string {
  const { host } = context;
  const given = options.jobsDir ?? (host.env.KAAYKO_JOBS_DIR || undefined);
  if (typeof given === "string") return fromHere(host, given);
  return join(fromHere(host, resolveFolders(host, options).checkpointsDir), ".jobs");
}

/** The flags of what submits a job. */
export function addJobFlags(command: Command, heading: string): void {
  const add = (flags: string, text: string): void => {
    command.addOption(new Option(flags, text).helpGroup(heading));
  };
  add("--priority <high|normal|low>", "high first; it may ask a running low one to make room (default: normal)");
  add("--retries <N>", "Tries again after it failed by its own doing (default: 0)");
  add("--no-worker", "Start no worker: kaayko worker runs it later");
  addJobsDir(command, heading);
}

/** @throws KaaykoError (usage) for flags that say something about a job where none is submitted */
export function refuseJobFlags(options: Options): void {
  const given = ["priority", "retries", "jobsDir"].find((name) => options[name] !== undefined);
  if (given === undefined && options.worker !== false) return;
  const flag = options.worker === false ? "no-worker" : given === "jobsDir" ? "jobs-dir" : given;
  throw new KaaykoError({
    action: `use --${flag}`,
    rule: "it needs a job to be about",
    remedy: "Add --background.",
    kind: "usage",
  });
}
