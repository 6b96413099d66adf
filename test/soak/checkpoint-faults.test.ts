import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { trainRun } from "../checkpoints/scenario.ts";
import { expectEveryKillSurvived } from "../crash/kill-harness.ts";
import { expectRandomKillsSurvived } from "../crash/random-kills.ts";
import { expectSiteKillsSurvived } from "../crash/site-kills.ts";

describe("the commit protocol, at length", () => {
  it("survives a SIGKILL before and after every call, in real processes", async () => {
    const kills = await expectSiteKillsSurvived(1, 1);
    console.log(`${kills} processes killed at a call of the protocol, nothing lost`);
    expect(kills).toBeGreaterThan(300);
  });

  it.each([1, 2, 3, 4])("survives 100 SIGKILLs at random moments, seed %i", async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
    const { kills, acknowledged } = await expectRandomKillsSurvived(join(folder, "runs"), 100, seed);
    console.log(`${kills} processes killed at random, ${acknowledged} commits, nothing lost`);
    rmSync(folder, { recursive: true, force: true });
  });

  it("survives a power cut at every call, in many ways", async () => {
    let states = 0;
    await expectEveryKillSurvived({
      work: (store, acknowledged) => trainRun(store, 12, acknowledged),
      crash: (disk, call) =>
        Array.from({ length: 20 }, (_, seed) => {
          states++;
          return disk.afterPowerLoss(randomStream(seed, "soak", call));
        }),
    });
    console.log(`${states} states after a power cut, nothing lost`);
    expect(states).toBeGreaterThan(2000);
  });
});
