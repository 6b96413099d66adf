import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { KaaykoError } from "../../core/index.ts";

const BIN = fileURLToPath(new URL("../../../bin/kaayko", import.meta.url));
/** Between two looks at a child's log. */
const LOOK_MS = 2;
const NOTHING_TO_RESUME = 2;

/** A step as a run's log tells it. */
export interface LoggedStep {
  readonly stage: string;
  readonly subject?: string;
  readonly step: number;
}

export interface Trial {
  readonly modelSha256: string;
  /** False where the run had finished before the kill came through. */
  readonly killed: boolean;
  /** Where the resumed run went on; null where nothing was saved yet and it was started again. */
  readonly resumedAt: string | null;
}

interface Child {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stdout: string;
}

/** A place in a run: stage, and what the stage works on. */
export function placeOf({ stage, subject }: LoggedStep): string {
  return subject === undefined ? stage : `${stage}/${subject}`;
}

/** Trains without a kill in a folder of its own; gives the model's hash and every step of the log. */
export async function trainUndisturbed(
  args: readonly string[],
  folder: string,
  stop: AbortSignal,
): Promise<{ readonly modelSha256: string; readonly steps: readonly LoggedStep[] }> {
  const child = await kaayko(["train", ...args, ...folders(folder)], stop);
  return { modelSha256: resultOf(child).modelSha256, steps: readSteps(folder) };
}

/** Trains in a folder of its own, kills that with SIGKILL once its log shows a step, and resumes it to the end. */
export async function killAndResume(
  args: readonly string[],
  at: LoggedStep,
  folder: string,
  stop: AbortSignal,
): Promise<Trial> {
  const train = ["train", ...args, ...folders(folder)];
  const reached = () => readSteps(folder).some((step) => placeOf(step) === placeOf(at) && step.step >= at.step);
  const first = await kaayko(train, stop, reached);
  if (!first.killed) return { modelSha256: resultOf(first).modelSha256, killed: false, resumedAt: null };
  const resumed = await kaayko(["resume", ...folders(folder)], stop);
  if (resumed.code === NOTHING_TO_RESUME) {
    const again = resultOf(await kaayko(train, stop));
    return { modelSha256: again.modelSha256, killed: true, resumedAt: null };
  }
  const { modelSha256, resumedFrom } = resultOf(resumed);
  const { stage, step, note } = resumedFrom ?? { stage: "done", step: 0 };
  return { modelSha256, killed: true, resumedAt: `${stage}, ${note ?? `step ${step}`}` };
}

/** Starts the program; kills it as soon as `until` says so. */
async function kaayko(args: readonly string[], stop: AbortSignal, until?: () => boolean): Promise<Child> {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "ignore"], signal: stop });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  let over = false;
  const finished = new Promise<Child>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, killed: signal === "SIGKILL", stdout }));
  }).finally(() => {
    over = true;
  });
  // The wait below ends before the error of a child that was not started or aborted is looked at.
  finished.catch(() => undefined);
  while (until !== undefined && !over && !until()) await sleep(LOOK_MS);
  if (until !== undefined) child.kill("SIGKILL");
  return finished;
}

function resultOf({ code, stdout }: Child): {
  readonly modelSha256: string;
  readonly resumedFrom: { readonly stage: string; readonly step: number; readonly note?: string } | null;
} {
  let document: { modelSha256?: string; error?: { message?: string; remedy?: string } } = {};
  try {
    document = JSON.parse(stdout) as typeof document;
  } catch {
    // Ended without a word.
  }
  if (code === 0 && document.modelSha256 !== undefined) return document as ReturnType<typeof resultOf>;
  throw new KaaykoError({
    action: "verify resuming",
    rule: "every run must end with a model",
    got: document.error?.message ?? `exit code ${code}`,
    remedy: document.error?.remedy ?? "Run kaayko train with the same settings to see why.",
    kind: code === 2 ? "input" : "failed",
  });
}

function folders(folder: string): string[] {
  const common = ["--json", "--no-input", "--quiet"];
  return [...common, "--checkpoints-dir", join(folder, "checkpoints"), "--models-dir", join(folder, "models")];
}

/** All steps of the log; a kill may have cut its last line. */
function readSteps(folder: string): LoggedStep[] {
  const checkpoints = join(folder, "checkpoints");
  const run = existsSync(checkpoints) ? readdirSync(checkpoints)[0] : undefined;
  const log = join(checkpoints, run ?? "", "events.jsonl");
  if (run === undefined || !existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      if (!line.includes('"type":"step"')) return [];
      try {
        return [JSON.parse(line) as LoggedStep];
      } catch {
        return [];
      }
    });
}
