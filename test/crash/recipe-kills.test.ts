import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../support/run-here.ts";
import { killAndResume, trainUndisturbed } from "./kill-and-resume.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-recipe-kills-"));
const payments = join(folder, "payments.parquet");

beforeAll(async () => {
  const made = await runHere(`data generate --recipe transactions-anomaly --rows 800 --out ${payments}`.split(" "));
  expect(made.code, made.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A loaded machine is slow: no limit but this one, far over what the tests need. */
const PATIENCE_MS = 600_000;

/** Derived features and detectors are state that no run of a plain table has; `npm run test:soak` kills every recipe, more often. */
it.each([
  ["category", "features", "--rounds 5 --algorithms text-linear,hist-gradient"],
  ["anomaly", "train", ""],
])("transactions-%s, killed in %s, ends in the same bytes", { timeout: PATIENCE_MS }, async (name, stage, own) => {
  const args = `--recipe transactions-${name} --data ${payments} ${own}`.trim().split(" ");
  const undisturbed = await trainUndisturbed(args);
  const within = undisturbed.steps.filter((step) => step.stage === stage);
  const { modelSha256, landed } = await killAndResume(args, [within[within.length >> 1]!]);
  expect(modelSha256).toBe(undisturbed.modelSha256);
  expect(landed).not.toEqual([null]);
});
