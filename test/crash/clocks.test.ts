import { afterEach, describe, expect, it, vi } from "vitest";
import { createRun, listCheckpoints, listRuns, localStore, openRun, readLatest } from "../../src/checkpoints/index.ts";
import { hashState } from "../../src/core/index.ts";
import { commitSteps, hashAt, impatient } from "../checkpoints/scenario.ts";
import { simulatedDisk } from "../storage/simulated-disk.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Hours by which the wall clock is wrong when each step is committed. */
const JUMPS = [0, 26_000, -900_000, 1, -1, 70_000, -70_000];

describe("a wall clock that is set back and forth", () => {
  it("changes neither which checkpoint counts nor who owns the run", async () => {
    const disk = simulatedDisk();
    const store = localStore("/runs", disk);
    vi.useFakeTimers({ toFake: ["Date"] });
    const set = (hours: number) => vi.setSystemTime(1.8e12 + hours * 3_600_000);
    set(0);
    const options = { inThread: true, lease: impatient(), policy: { keep: { best: false } } };
    let session = await createRun(store, { ...options, runId: "run-1", run: {} });
    for (const [i, hours] of JUMPS.entries()) {
      set(hours);
      await commitSteps(session, i + 1, i + 1);
      const latest = await readLatest(store, "run-1");
      expect([latest!.position.step, hashState(latest!.state)]).toEqual([i + 1, hashAt(i + 1)]);
      if (i % 2 === 0) continue;
      await session.close();
      session = await openRun(store, "run-1", options);
      expect(session.latest!.position.step).toBe(i + 1);
    }
    const sequences = (await listCheckpoints(store, "run-1")).map(({ sequence }) => sequence);
    expect(sequences).toEqual([7, 6, 5]);
    await session.close();
  });

  it("neither ends nor prolongs a lease", async () => {
    const store = localStore("/runs", simulatedDisk());
    vi.useFakeTimers({ toFake: ["Date"] });
    const owner = await createRun(store, { runId: "run-1", run: {}, inThread: true, lease: { heartbeatMs: 5 } });
    for (const hours of JUMPS) {
      vi.setSystemTime(1.8e12 + hours * 3_600_000);
      const contender = openRun(store, "run-1", { inThread: true, lease: { timeToLiveMs: 600_000, heartbeatMs: 5 } });
      await expect(contender).rejects.toMatchObject({ kind: "leased" });
      expect((await listRuns(store))[0]!.status).toBe("running");
    }
    await owner.close();
  });
});
