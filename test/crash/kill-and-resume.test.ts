import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTableFile } from "../support/table-file.ts";
import { drawKillPoints, killAndResume, placeOf, trainUndisturbed, type Undisturbed } from "./kill-and-resume.ts";

/** A loaded machine is slow: no limit but this one, far over what the tests need. */
const PATIENCE_MS = 600_000;
const PLACES = [
  "load",
  "features",
  "train/xgboost",
  "train/hist-gradient",
  "train/random-forest",
  "train/mlp",
  "train/svm",
  "train/baseline",
  "evaluate",
  "save",
];

/** One kill in every place of a run, with the default policy of commits; `npm run test:soak` has the long form. */
describe("a run killed with SIGKILL", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-crash-"));
  const data = join(folder, "table.csv");
  const args = `--data ${data} --target label --ignore score --seed 11 --backend cpu --rounds 6 --epochs 1`.split(" ");
  let undisturbed: Undisturbed;

  beforeAll(async () => {
    writeTableFile(data, 600);
    undisturbed = await trainUndisturbed(args);
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has steps in all five stages and in every algorithm", () => {
    expect([...new Set(undisturbed.steps.map(placeOf))]).toEqual(PLACES);
  });

  it.each(PLACES)(
    "in %s ends in the same bytes and repeats no committed step",
    { timeout: PATIENCE_MS },
    async (place) => {
      const point = drawKillPoints(undisturbed.steps, 1, 1).find((step) => placeOf(step) === place)!;
      const { landed, modelSha256 } = await killAndResume(args, [point]);
      expect(modelSha256).toBe(undisturbed.modelSha256);
      expect(landed).not.toEqual(["the start"]);
    },
  );
});
