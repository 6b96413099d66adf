import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { diesAt, type LoggedEvent, STAGES } from "../support/dies-at.ts";
import { runHere } from "../support/run-here.ts";
import { type Finished, runKaayko, startKaayko } from "../support/run-kaayko.ts";

export type { LoggedEvent };

export interface Undisturbed {
  readonly modelSha256: string;
  readonly steps: readonly LoggedEvent[];
  readonly seconds: number;
}

/** When to kill: once the log shows a step, or so long after the start. */
export type KillPoint = LoggedEvent | { readonly afterMs: number };

export interface KillOptions {
  /** Appended to the resuming commands: settings that may differ. */
  readonly resumeArgs?: readonly string[];
  /** Of the last process; without it there is none, and the last resume runs in this one. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called between two processes; gives the folder of checkpoints to go on with. */
  readonly between?: (checkpoints: string) => string;
}

export interface KillOutcome {
  /** Where each kill came through, by the last line of the log: "load", "train/mlp"; null where the run had ended. */
  readonly landed: readonly (string | null)[];
  readonly modelSha256: string;
}

/** All lines of a run's log that are whole; a kill may have cut the last one. Without a name, of the first run. */
export function readEvents(checkpoints: string, run?: string): LoggedEvent[] {
  if (!existsSync(checkpoints)) return [];
  const runs = readdirSync(checkpoints).filter((name) => existsSync(join(checkpoints, name, "events.jsonl")));
  const log = runs.find((name) => run === undefined || name === run);
  if (log === undefined) return [];
  return readFileSync(join(checkpoints, log, "events.jsonl"), "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LoggedEvent];
      } catch {
        return [];
      }
    });
}

/** A place in a run: the stage, or in training the algorithm ("xgboost, fold 2 of 5" is in xgboost). */
export function placeOf({ stage, subject }: LoggedEvent): string {
  return stage === "train" && subject !== undefined ? `train/${subject.split(/[ ,.]/)[0]}` : stage;
}

function stepsOf(events: readonly LoggedEvent[]): LoggedEvent[] {
  return events.filter((event) => event.type === "step");
}

/**
 * Trains without a kill, and says which steps there are.
 *
 * @param run where: in this process by default, or in one of its own, whose `seconds` are those of a process that can be killed
 */
export async function trainUndisturbed(args: readonly string[], run = runHere): Promise<Undisturbed> {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-undisturbed-"));
  try {
    const start = performance.now();
    const { code, stdout, stderr } = await run(["train", ...args, ...folderArgs(folder)]);
    const seconds = (performance.now() - start) / 1000;
    expect(code, stderr).toBe(0);
    const { modelSha256 } = JSON.parse(stdout) as Undisturbed;
    return { modelSha256, steps: stepsOf(readEvents(join(folder, "checkpoints"))), seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kill points: `each` steps of every place, drawn by the seed. */
export function drawKillPoints(steps: readonly LoggedEvent[], each: number, seed: number): LoggedEvent[] {
  const places = new Map<string, LoggedEvent[]>();
  for (const step of steps) places.set(placeOf(step), [...(places.get(placeOf(step)) ?? []), step]);
  return [...places].flatMap(([place, found]) => {
    const drawn = randomStream(seed, "kill", place).shuffle([...found]);
    // A place with few steps is killed in the same one again: another moment of it.
    return Array.from({ length: each }, (_, i) => drawn[i % drawn.length]!);
  });
}

/**
 * Trains, and kills with SIGKILL at the first point, resumes and kills at the second, and so on; the last resume runs to its
 * end. Checks that each resume starts at a step over 0 and that no committed step is made again.
 */
export async function killAndResume(
  args: readonly string[],
  points: readonly KillPoint[],
  options: KillOptions = {},
): Promise<KillOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-kill-"));
  let checkpoints = join(folder, "checkpoints");
  try {
    const landed: (string | null)[] = [];
    for (const [i, point] of points.entries()) {
      const command = i === 0 ? ["train", ...args] : ["resume", ...(options.resumeArgs ?? [])];
      const killed = await killAt([...command, ...folderArgs(folder, checkpoints)], point);
      landed.push(killed ? landedIn(readEvents(checkpoints)) : null);
      if (!killed) break;
      checkpoints = options.between?.(checkpoints) ?? checkpoints;
    }
    const before = readEvents(checkpoints);
    // Nothing was written yet: then there is nothing to resume, which another test shows.
    const command = before.some(({ type }) => type === "commit" || type === "step") ? "resume" : "train";
    const again = command === "train" ? args : (options.resumeArgs ?? []);
    const { env } = options;
    const ending = [command, ...again, ...folderArgs(folder, checkpoints)];
    const last = env === undefined ? await runHere(ending) : await runKaayko(ending, { env });
    const what = `killed at ${JSON.stringify(points)}, landed in ${landed}`;
    expect(last.code, `${what}\n${last.stderr}`).toBe(0);
    const document = JSON.parse(last.stdout) as { modelSha256: string; resumedFrom: { step: number } | null };
    const ended = before.some(({ type }) => type === "done") || landed.at(-1) === null || landed.at(-1) === "the end";
    if (command === "resume" && !ended) expect(document.resumedFrom?.step ?? 0, what).toBeGreaterThan(0);
    checkNothingRepeated(readEvents(checkpoints), what);
    return { landed, modelSha256: document.modelSha256 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** True where the kill came through before the run had ended. */
async function killAt(command: readonly string[], point: KillPoint): Promise<boolean> {
  if (!("afterMs" in point)) {
    const env = diesAt({ on: "log", point });
    return (await runKaayko(command, { env })).signal === "SIGKILL";
  }
  const running = startKaayko(command);
  let finished: Finished | undefined;
  void running.finished.then((found) => {
    finished = found;
  });
  const start = performance.now();
  while (finished === undefined && performance.now() - start < point.afterMs) await sleep(1);
  running.child.kill("SIGKILL");
  return (await running.finished).signal === "SIGKILL";
}

function landedIn(events: readonly LoggedEvent[]): string {
  const last = events.filter(({ type }) => type !== "commit").at(-1);
  if (last === undefined) return "the start";
  if (last.type === "step" || last.type === "stage") return placeOf(last);
  if (last.type === "resumed") return `resuming ${last.stage}`;
  return last.type === "done" || (last.type === "stageDone" && last.stage === "save")
    ? "the end"
    : `after ${last.stage}`;
}

/** After a commit no process makes one of its steps again, and none of an earlier stage. */
function checkNothingRepeated(events: readonly LoggedEvent[], what: string): void {
  let committed: LoggedEvent | null = null;
  for (const event of events) {
    if (event.type === "resumed") {
      const rank = (of: LoggedEvent) => STAGES.indexOf(of.stage) * 1e9 + of.step;
      // A commit may be durable that the log had no time to tell of.
      if (committed !== null) expect(rank(event), what).toBeGreaterThanOrEqual(rank(committed));
      committed = event;
    } else if (event.type === "step" && committed !== null) {
      const behind = STAGES.indexOf(event.stage) - STAGES.indexOf(committed.stage);
      expect(behind, `${what}: ${JSON.stringify(event)} after ${JSON.stringify(committed)}`).toBeGreaterThanOrEqual(0);
    }
    if (event.type === "commit") committed = event;
  }
  const resumes = events.flatMap((event, i) => (event.type === "resumed" ? [i] : []));
  for (const at of resumes) {
    const start = events[at]!;
    const next = stepsOf(events.slice(at)).find(({ stage }) => stage === start.stage);
    const end = events.findIndex((event, i) => i > at && event.type === "resumed");
    const own = end === -1 || next === undefined || events.indexOf(next) < end;
    if (next !== undefined && own)
      expect(next.step, `${what}: first step after a resume in ${start.stage}`).toBe(start.step + 1);
  }
}

function folderArgs(folder: string, checkpoints = join(folder, "checkpoints")): string[] {
  const models = join(folder, "models");
  return ["--json", "--no-input", "--checkpoints-dir", checkpoints, "--models-dir", models];
}

/** A line for people who wait: to the file that `KAAYKO_SOAK_LOG` names, too. */
export function tell(line: string): void {
  process.stdout.write(`${line}\n`);
  if (process.env.KAAYKO_SOAK_LOG !== undefined) appendFileSync(process.env.KAAYKO_SOAK_LOG, `${line}\n`);
}
