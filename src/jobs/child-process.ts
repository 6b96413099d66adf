import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type JsonObject, type JsonValue, KaaykoError, parseJson } from "../core/index.ts";
import { identityOf } from "../storage/index.ts";
import type { JobEvents, JobExit, JobProcess } from "./launch.ts";
import { parseProgress } from "./progress.ts";

/** A job as a process of Node. */
export interface JobCommand {
  /** A script that begins with `beginJob`. */
  readonly script: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What `beginJob` gives there. */
  readonly message: JsonObject;
}

/** More than this on stdout is no result. */
const RESULT_MAX_BYTES = 4 * 2 ** 20;
const LAST_WORDS = 4000;

/**
 * Starts a job in a process and session of its own, so that neither its crash nor a closed terminal reaches the worker.
 * stderr is its log; stdout, where it is one JSON document, its result.
 *
 * @throws KaaykoError where no process can be started
 */
export async function startJobProcess(command: JobCommand, events: JobEvents): Promise<JobProcess> {
  const child = spawn(process.execPath, [command.script], {
    cwd: command.cwd,
    env: command.env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  child.on("message", (message) => {
    const progress = parseProgress((message as { progress?: unknown } | null)?.progress);
    if (progress !== null) events.progress(progress);
  });
  const ended = endOf(child, events);
  await spawned(child, command.cwd);
  return {
    identity: identityOf(child.pid!),
    begin: () => send(child, { begin: command.message }),
    stop: () => void child.kill("SIGTERM"),
    kill: () => void child.kill("SIGKILL"),
    ended,
  };
}

async function spawned(child: ChildProcess, cwd: string): Promise<void> {
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new KaaykoError({
      action: "start a job",
      rule: `a process must be able to start in ${cwd}`,
      got: (error as Error).message,
      remedy: "Check that the folder is still there.",
      cause: error,
    });
  }
}

/** Not being heard is no error here: a process that is gone ends the attempt by itself. */
function send(child: ChildProcess, message: JsonObject): void {
  if (child.connected) child.send(message, () => undefined);
}

async function endOf(child: ChildProcess, events: JobEvents): Promise<JobExit> {
  const output: Buffer[] = [];
  let bytes = 0;
  let lastWords = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= RESULT_MAX_BYTES) output.push(chunk);
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
    events.log(text);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on("close", (code, signal) => resolve([code, signal]));
    // Where it did not start there is no close; the error is thrown by whoever waits for the start.
    child.on("error", () => resolve([1, null]));
  });
  const result = bytes <= RESULT_MAX_BYTES ? resultIn(Buffer.concat(output).toString("utf8")) : null;
  return { code, signal, result, reason: reasonIn(result) ?? errorLineOf(lastWords) };
}

function resultIn(text: string): JsonValue {
  try {
    return text.trim() === "" ? null : parseJson(text, "a job's result");
  } catch {
    return null;
  }
}

function reasonIn(result: JsonValue): string | null {
  const error = (result as { error?: { message?: unknown } } | null)?.error;
  return typeof error?.message === "string" ? error.message : null;
}

function errorLineOf(text: string): string | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => /^error: /.test(line))?.slice("error: ".length) ?? lines.at(-1) ?? null;
}
