import { describe, expect, it } from "vitest";
import { completionScript, SHELLS } from "../../src/cli/completion-script.ts";
import type { Output } from "../../src/cli/terminal/output.ts";
import { createProgress } from "../../src/cli/terminal/progress.ts";
import { progressLine } from "../../src/cli/terminal/progress-line.ts";
import type { RunProgress } from "../../src/core/index.ts";
import { run } from "./doubles/run.ts";

const PROGRESS: RunProgress = {
  stage: "train",
  subject: "xgboost fold 2 of 5",
  seconds: 2,
  report: { done: false, step: 60, total: 100, unit: "tree", metrics: { "train.rmse": 0.5, "validation.rmse": 0.25 } },
};

describe("a line of progress", () => {
  const style = { width: 120, color: false, unicode: true };

  it("shows subject, share, rate of this process, time left and the key metric", () => {
    const line = progressLine("train", 3, PROGRESS, 40, style, true);
    expect(line).toBe(
      "train  xgboost fold 2 of 5  ━━━━━━━━┄┄┄┄┄┄  60 %  60/100 trees  10/s  4.0 s left  valid. rmse 0.25",
    );
  });

  it("tells the time of a step and the time left as they are measured, and neither before", () => {
    const early = { ...PROGRESS, secondsPerStep: null };
    expect(progressLine("train", 3, early, 40, style, true)).not.toMatch(/\/s|left/);
    const later = { ...PROGRESS, seconds: 30, secondsPerStep: 0.05, secondsLeft: 2 };
    expect(progressLine("train", 3, later, 40, style, true)).toContain("60/100 trees  20/s  2.0 s left");
  });

  it.each([100, 80, 60, 40, 20, 5])("fits into %d columns", (width) => {
    const line = progressLine("train", 3, PROGRESS, 40, { ...style, width }, true);
    expect(line.length).toBeLessThanOrEqual(width);
    expect(line.startsWith("train")).toBe(true);
  });

  it("does without a total, a rate, a step", () => {
    const { total: _total, ...report } = PROGRESS.report;
    expect(progressLine("train", 3, { ...PROGRESS, report }, 59, style, true)).toContain("60 trees  2.0 s a tree");
    expect(progressLine("load", 3, undefined, 0, style, true)).toBe("load  3.0 s");
    expect(progressLine("train", 0, { ...PROGRESS, seconds: 0 }, 40, style, true)).not.toContain("/s");
  });
});

it.each([
  ["rows come many at a time, from the first of the table", "row", "20,000/s"],
  ["trees come one at a time, behind those of earlier processes", "tree", "3.0 s a tree"],
])("the first report tells the rate: %s", (_what, unit, rate) => {
  const lines: (string | null)[] = [];
  const output = {
    animated: true,
    talkStyle: { width: 120, color: false, unicode: true },
    live: (line: string | null) => lines.push(line),
    note: () => {},
  };
  const progress = createProgress(output as unknown as Output);
  progress.observer.stage("predict", 0, 1);
  progress.observer.progress({
    stage: "predict",
    seconds: 3,
    report: { done: true, step: 60_000, total: 600_000, unit },
  });
  expect(lines.at(-1)).toContain(rate);
  progress.finish(false);
});

describe("completion", () => {
  it.each(SHELLS)("for %s names every command and flag", async (shell) => {
    const { stdout, code } = await run(["completion", shell]);
    expect(code).toBe(0);
    for (const word of ["train", "list-checkpoints", "sample-size", "older-than", "inspect"])
      expect(stdout).toContain(word);
    expect(stdout).not.toContain("--no-dev");
  });

  it("takes the shell of the environment", async () => {
    expect((await run(["completion"], { env: { SHELL: "/usr/bin/fish" } })).stdout).toContain("complete -c kaayko");
    expect((await run(["completion"], { env: { SHELL: "/bin/tcsh" } })).code).toBe(2);
  });

  it("escapes what a summary may hold", () => {
    const script = completionScript("fish", [{ words: ["x"], summary: "it's \\ new", children: [], flags: [] }]);
    expect(script).toContain("'it\\'s \\\\ new'");
  });
});
