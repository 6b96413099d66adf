import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawKillPoints, type KillOutcome, killAndResume, trainUndisturbed } from "../crash/kill-and-resume.ts";
import { writeTableFile } from "../support/table-file.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
const data = join(folder, "table.csv");
const KILLS_EACH = 5;
/** A kill can come through after the run has left the place, or has ended: such a point is drawn again from these. */
const SPARE = 5;

describe("five SIGKILLs in every stage and algorithm", () => {
  beforeAll(() => writeTableFile(data, 20_000));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [1, "score", "label"],
    [2, "label", "score"],
    [3, "score", "label"],
  ])("seed %i, target %s", async (seed, target, ignore) => {
    const args = [
      "--data",
      data,
      "--target",
      target,
      "--ignore",
      ignore,
      "--seed",
      String(seed),
      "--backend",
      "cpu",
      "--rounds",
      "60",
      "--epochs",
      "2",
      "--folds",
      "2",
      "--checkpoint-every",
      "1steps",
    ];
    const undisturbed = await trainUndisturbed(args);
    const outcomes = new Map<string, KillOutcome[]>();
    for (const point of drawKillPoints(undisturbed.steps, KILLS_EACH + SPARE, seed)) {
      const outcome = await killAndResume(args, point);
      expect(outcome.modelSha256, `${outcome.place} step ${point.step}`).toBe(undisturbed.modelSha256);
      const stage = outcome.place.split("/")[0]!;
      if (outcome.killed)
        for (const key of [stage, outcome.place]) outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
    }
    for (const [place, found] of [...outcomes].sort())
      process.stdout.write(`seed ${seed}  ${place}: ${found.length} kills, all the same bytes\n`);
    for (const stage of ["load", "features", "train", "evaluate", "save"])
      expect(outcomes.get(stage)?.length ?? 0, stage).toBeGreaterThanOrEqual(KILLS_EACH);
  });
});
