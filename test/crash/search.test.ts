import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeTableFile } from "../support/table-file.ts";
import { drawKillPoints, killAndResume, trainUndisturbed } from "./kill-and-resume.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-search-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("killed with SIGKILL within a trial, a search ends in the same bytes", { timeout: 600_000 }, async () => {
  const data = join(folder, "table.csv");
  writeTableFile(data, 400);
  const chosen = "--algorithms hist-gradient --rounds 8 --trials 7 --refit never";
  const args = `--data ${data} --target label --ignore score --seed 11 ${chosen}`.split(" ");
  const undisturbed = await trainUndisturbed(args);
  const within = undisturbed.steps.filter(({ subject }) => subject === "hist-gradient, trial 6 of 7");
  expect(within.length).toBeGreaterThan(1);
  const { modelSha256 } = await killAndResume(args, drawKillPoints(within, 1, 2));
  expect(modelSha256).toBe(undisturbed.modelSha256);
});
