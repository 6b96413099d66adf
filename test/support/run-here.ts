import { PassThrough, Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { runProgram } from "../../src/cli/program.ts";
import type { Host } from "../../src/cli/terminal/host.ts";
import { wiredServices } from "../../src/cli/wiring/index.ts";
import type { Finished } from "./run-kaayko.ts";

export interface HereOptions {
  /** Default the folder of this process. */
  readonly cwd?: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * The command line with its real rooms in this process, without a terminal: for what a command does, where a start of a process each
 * time would cost more than the work. What it does to a process (signals, exit, pipes) is for `runKaayko`. One at a time: folder and
 * environment are those of the process.
 */
export function runHere(args: readonly string[], options: HereOptions = {}): Promise<Finished> {
  const finished = last.then(() => inPlace(options, () => run(args, options)));
  last = finished.catch(() => undefined);
  return finished;
}

async function run(args: readonly string[], { env = {}, input = "" }: HereOptions): Promise<Finished> {
  const [stdout, stderr] = [collector(), collector()];
  const host: Host = {
    env: { ...process.env, NO_COLOR: "1", ...env },
    cwd: process.cwd(),
    platform: process.platform,
    stdin: Readable.from(input === "" ? [] : [Buffer.from(input)]) as Host["stdin"],
    stdout: stdout.stream as unknown as Host["stdout"],
    stderr: stderr.stream as unknown as Host["stderr"],
  };
  const code = await runProgram([...args], wiredServices, host);
  await setImmediate();
  return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
}

async function inPlace<T>({ cwd, env = {} }: HereOptions, work: () => Promise<T>): Promise<T> {
  const folder = process.cwd();
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  if (cwd !== undefined) process.chdir(cwd);
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    process.chdir(folder);
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

function collector(): { stream: PassThrough; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough().on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}
