import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { runKaayko, startKaayko } from "../support/run-kaayko.ts";

/** A step as the run's own log tells it. */
export interface LoggedStep {
  readonly type: string;
  readonly stage: string;
  readonly subject?: string;
  readonly step: number;
}

export interface Undisturbed {
  readonly modelSha256: string;
  readonly steps: readonly LoggedStep[];
}

/** All lines of a run's log that are whole; a kill may have cut the last one. */
export function readEvents(checkpoints: string): LoggedStep[] {
  if (!existsSync(checkpoints)) return [];
  const runs = readdirSync(checkpoints).filter((name) => existsSync(join(checkpoints, name, "events.jsonl")));
  if (runs.length === 0) return [];
  return readFileSync(join(checkpoints, runs[0]!, "events.jsonl"), "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LoggedStep];
      } catch {
        return [];
      }
    });
}

function stepsOf(events: readonly LoggedStep[]): LoggedStep[] {
  return events.filter((event) => event.type === "step");
}

/** A place in a run: stage, and what the stage works on. */
export function placeOf(step: LoggedStep): string {
  return step.subject === undefined ? step.stage : `${step.stage}/${step.subject}`;
}

/** Trains without a kill, and says which steps there are. */
export async function trainUndisturbed(args: readonly string[]): Promise<Undisturbed> {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-undisturbed-"));
  try {
    const { code, stdout, stderr } = await runKaayko(trainArgs(args, folder));
    expect(code, stderr).toBe(0);
    return {
      modelSha256: (JSON.parse(stdout) as Undisturbed).modelSha256,
      steps: stepsOf(readEvents(join(folder, "checkpoints"))),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kill points: `each` steps of every place that has any, drawn by the seed; the first step of all is never drawn. */
export function drawKillPoints(steps: readonly LoggedStep[], each: number, seed: number): LoggedStep[] {
  const places = new Map<string, LoggedStep[]>();
  for (const step of steps.slice(1)) places.set(placeOf(step), [...(places.get(placeOf(step)) ?? []), step]);
  return [...places].flatMap(([place, found]) =>
    randomStream(seed, "kill", place)
      .shuffle([...found])
      .slice(0, each),
  );
}

export interface KillOutcome {
  readonly place: string;
  /** False where the run had finished before the kill came through. */
  readonly killed: boolean;
  readonly modelSha256: string;
}

/** Kills a fresh run at a step with SIGKILL, resumes it, and checks that nothing committed was repeated. */
export async function killAndResume(args: readonly string[], at: LoggedStep): Promise<KillOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-kill-"));
  const checkpoints = join(folder, "checkpoints");
  try {
    const running = startKaayko(trainArgs(args, folder));
    const reached = (event: LoggedStep) =>
      event.type === "step" && placeOf(event) === placeOf(at) && event.step >= at.step;
    let over = false;
    void running.finished.then(() => {
      over = true;
    });
    while (!over && !readEvents(checkpoints).some(reached)) await new Promise((resolve) => setTimeout(resolve, 2));
    running.child.kill("SIGKILL");
    const first = await running.finished;
    const killed = first.signal === "SIGKILL";
    const before = readEvents(checkpoints).length;
    const resumed = await runKaayko([
      "resume",
      "--json",
      "--no-input",
      "--checkpoints-dir",
      checkpoints,
      "--models-dir",
      join(folder, "models"),
    ]);
    expect(resumed.code, `${placeOf(at)} step ${at.step}\n${resumed.stderr}`).toBe(0);
    const document = JSON.parse(resumed.stdout) as {
      modelSha256: string;
      resumedFrom: { stage: string; step: number; subject?: string } | null;
    };
    const after = readEvents(checkpoints).slice(before);
    const start = after.find((event) => event.type === "resumed");
    if (killed && start !== undefined) {
      const next = stepsOf(after).find((event) => event.stage === start.stage);
      if (next !== undefined && placeOf(next) === placeOf(start))
        expect(next.step, `first step after a resume in ${placeOf(start)}`).toBe(start.step + 1);
    }
    return { place: placeOf(at), killed, modelSha256: document.modelSha256 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function trainArgs(args: readonly string[], folder: string): string[] {
  return [
    "train",
    ...args,
    "--json",
    "--no-input",
    "--checkpoints-dir",
    join(folder, "checkpoints"),
    "--models-dir",
    join(folder, "models"),
  ];
}
