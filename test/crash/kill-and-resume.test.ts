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

/** Every second place: the kills on the way through a run follow each other in the order of its steps. */
const PATHS = [0, 1].map((first) => PLACES.filter((_, i) => i % 2 === first));

/** One kill in every place of a run, with the default policy of commits; `npm run test:soak` has the long form, folds and refits. */
describe("a run killed with SIGKILL", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-crash-"));
  const data = join(folder, "table.csv");
  const args =
    `--data ${data} --target label --ignore score --seed 11 --backend cpu --rounds 6 --epochs 1 --refit never`.split(
      " ",
    );
  let undisturbed: Undisturbed;

  beforeAll(async () => {
    writeTableFile(data, 300);
    undisturbed = await trainUndisturbed(args);
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has steps in all five stages and in every algorithm", () => {
    expect([...new Set(undisturbed.steps.map(placeOf))]).toEqual(PLACES);
  });

  it.each(PATHS)(
    "in %s, %s, %s and on to the end, ends in the same bytes and repeats no committed step",
    { timeout: PATIENCE_MS },
    async (...places) => {
      const drawn = drawKillPoints(undisturbed.steps, 1, 1).filter((step) => places.includes(placeOf(step)));
      const points = drawn.sort((a, b) => undisturbed.steps.indexOf(a) - undisturbed.steps.indexOf(b));
      const { landed, modelSha256 } = await killAndResume(args, points);
      expect(modelSha256).toBe(undisturbed.modelSha256);
      expect(landed).not.toContain("the start");
      // A run may end before its last kill comes.
      expect(landed.filter((place) => place !== null).length).toBeGreaterThanOrEqual(places.length - 1);
    },
  );
});
