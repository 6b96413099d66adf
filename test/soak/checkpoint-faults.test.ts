import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { trainRun } from "../checkpoints/scenario.ts";
import { expectOneWinner } from "../crash/contenders.ts";
import { expectFlipsFound, expectTruncationsFound } from "../crash/damage-matrix.ts";
import { tell } from "../crash/kill-and-resume.ts";
import { expectEveryKillSurvived } from "../crash/kill-harness.ts";
import { expectRandomKillsSurvived } from "../crash/random-kills.ts";
import { expectSiteKillsSurvived } from "../crash/site-kills.ts";
import { createTally } from "./tally.ts";

const CONTESTS = 100;

describe("the commit protocol, at length", () => {
  const tally = createTally();
  afterAll(() =>
    tally.print("Faults of the commit protocol that were survived: nothing lost, nothing repaired by hand"),
  );

  it("survives a SIGKILL before and after every call, in real processes", async () => {
    const kills = await expectSiteKillsSurvived(1, 1);
    tally.survived("SIGKILL at a call of the protocol", kills);
    expect(kills).toBeGreaterThan(300);
  });

  it.each([1, 2, 3, 4])("survives 100 SIGKILLs at random moments, seed %i", async (seed) => {
    const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
    const { kills } = await expectRandomKillsSurvived(join(folder, "runs"), 100, seed);
    tally.survived("SIGKILL at a random moment", kills);
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
    tally.survived("power cut: unsynced writes lost, torn at 512 B", states);
    expect(states).toBeGreaterThan(2000);
  });

  it("finds every truncation up to 4 KiB", async () => {
    const found = await expectTruncationsFound(1);
    tally.survived("file cut short", found);
    expect(found).toBeGreaterThan(5000);
  });

  it("finds 5,000 flipped bits", async () => {
    tally.survived("bit flipped", await expectFlipsFound(5000, 2));
  });

  it(`lets one of eight processes win, ${CONTESTS} times`, async () => {
    for (let contest = 1; contest <= CONTESTS; contest++) {
      const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
      await expectOneWinner(join(folder, "runs"), 8);
      tally.survived("eight processes that resume one run");
      if (contest % 10 === 0) tell(`${contest} contests of eight processes, one winner each`);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
