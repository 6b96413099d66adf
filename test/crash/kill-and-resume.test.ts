import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTableFile } from "../support/table-file.ts";
import { drawKillPoints, killAndResume, placeOf, trainUndisturbed, type Undisturbed } from "./kill-and-resume.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-crash-"));
const data = join(folder, "table.csv");
const args = [
  "--data",
  data,
  "--target",
  "label",
  "--ignore",
  "score",
  "--seed",
  "11",
  "--backend",
  "cpu",
  "--rounds",
  "30",
  "--epochs",
  "2",
  "--folds",
  "2",
  "--checkpoint-every",
  "1steps",
];

/** One kill in every place of a run; the long form (`npm run test:soak`) has five, and three seeds. */
describe("a run killed with SIGKILL", () => {
  let undisturbed: Undisturbed;

  beforeAll(async () => {
    writeTableFile(data, 2500);
    undisturbed = await trainUndisturbed(args);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has steps in all five stages and in every algorithm", () => {
    const places = new Set(undisturbed.steps.map(placeOf));
    for (const stage of ["load", "features", "train", "evaluate", "save"])
      expect(
        [...places].some((place) => place.split("/")[0] === stage),
        stage,
      ).toBe(true);
    for (const algorithm of ["xgboost", "hist-gradient", "mlp", "baseline"])
      expect(
        [...places].some((place) => place.startsWith(`train/${algorithm}`)),
        algorithm,
      ).toBe(true);
  });

  it("ends in the same bytes wherever it was killed, and repeats no committed step", async () => {
    let kills = 0;
    for (const point of drawKillPoints(undisturbed.steps, 1, 1)) {
      const outcome = await killAndResume(args, point);
      expect(outcome.modelSha256, outcome.place).toBe(undisturbed.modelSha256);
      if (outcome.killed) kills++;
    }
    expect(kills).toBeGreaterThanOrEqual(5);
  }, 240_000);
});
