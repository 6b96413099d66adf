import { describe, expect, it } from "vitest";
import { type CheckpointStore, listCheckpoints, localStore, openRun, verifyRun } from "../../src/checkpoints/index.ts";
import { commitSteps, impatient, loadedStep, trainRun } from "../checkpoints/scenario.ts";
import { type Call, faultyFileSystem } from "../storage/faulty-file-system.ts";
import { simulatedDisk } from "../storage/simulated-disk.ts";

interface Stopped {
  readonly reached: boolean;
  readonly step: number;
  readonly error: Error | undefined;
  /** Checkpoints that the second owner left, and what is left of them after the first went on. */
  readonly before: string[];
  readonly after: string[];
  readonly store: CheckpointStore;
}

/** An owner is stopped at a call, another takes the run over and commits, then the first one goes on to its end. */
async function stopAt(at: number, commitsOfSecond: number): Promise<Stopped> {
  const disk = simulatedDisk();
  const store = localStore("/runs", disk);
  let second: Promise<void> | undefined;
  let step = 0;
  let before: string[] = [];
  const takeOver = async (): Promise<void> => {
    // Stopped before the run was there: nothing to take over.
    if (step === 0) return;
    const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
    const from = session.latest!.position.step + 1;
    expect(from).toBeGreaterThan(step);
    await commitSteps(session, from, from + commitsOfSecond - 1);
    step = from + commitsOfSecond - 1;
    before = await names(store);
    // Neither closed nor released: what the first one does must not depend on that.
  };
  let acknowledged = 0;
  const fs = faultyFileSystem(disk, {
    async before(call: Call) {
      if (call.number !== at) return;
      step = acknowledged;
      second = takeOver();
      await second;
    },
  });
  const error = await trainRun(localStore("/runs", fs), 6, (done) => {
    acknowledged = done;
  }).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { reached: second !== undefined, step, error, before, after: await names(store), store };
}

async function names(store: CheckpointStore): Promise<string[]> {
  const good = (await listCheckpoints(store, "run-1")).filter((checkpoint) => checkpoint.state === "good");
  return good.filter(({ token }) => token > 1).map(({ token, sequence }) => `${token}-${sequence}`);
}

describe("an owner that is stopped at any call, replaced, and continued", () => {
  it.each([
    [0, 3],
    [1, 1],
    [3, 3],
  ])("changes nothing that a reader sees (%i commits of the new owner, every %i. call)", async (commits, stride) => {
    let replaced = 0;
    for (let at = 1; ; at += stride) {
      const { reached, step, error, before, after, store } = await stopAt(at, commits);
      if (!reached) break;
      if (step === 0) continue;
      replaced++;
      const context = `stopped at call ${at}`;
      expect(after, context).toEqual(before);
      expect((await verifyRun(store, "run-1")).ok, context).toBe(true);
      expect((await loadedStep(store)).step, context).toBe(step);
      // It is told with its next commit at the latest; stopped after its last acknowledgement, it had nothing left to say.
      if (error !== undefined) expect(error.message, context).toMatch(/no longer owns the run/);
    }
    expect(replaced).toBeGreaterThan(100 / stride);
  });
});
