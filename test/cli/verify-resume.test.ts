import { expect, it } from "vitest";
import { drawPoints } from "../../src/cli/commands/verify-resume.ts";
import { placeOf } from "../../src/cli/verify-resume/trial.ts";
import { runKaayko } from "../support/run-kaayko.ts";
import { run } from "./doubles/run.ts";

const steps = ["load", "features", "train"].flatMap((stage) => [1, 2, 3, 4].map((step) => ({ stage, step })));

it("draws points from every place in turn, the same for the same seed", () => {
  expect(drawPoints(steps, 3, 7).map(placeOf)).toEqual(["load", "features", "train"]);
  expect(drawPoints(steps, 6, 7)).toEqual(drawPoints(steps, 6, 7));
  expect(drawPoints(steps, 100, 7)).toHaveLength(steps.length);
});

it.each([
  ["--points", "0"],
  ["--points", "many"],
  ["--seed", "-1"],
  ["--target", "y"],
])("refuses %s %s", async (...flag) => {
  const { code, stderr } = await run(["verify-resume", ...flag]);
  expect(code, stderr).toBe(2);
  expect(stderr).toMatch(/^error: Cannot .*\n {2}(→|->) /);
});

it("kills a run, resumes it, and finds the same bytes", async () => {
  const { code, stdout, stderr } = await runKaayko("verify-resume --points 1 --algorithms xgboost --json".split(" "));
  expect(code, stderr).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({ ok: true, trials: [{ place: "load", same: true }] });
  expect(document.trials[0].modelSha256).toBe(document.modelSha256);
}, 600_000);
