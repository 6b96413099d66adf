import { describe, expect, it } from "vitest";
import { localStore, openRun } from "../../src/checkpoints/index.ts";
import { KaaykoError } from "../../src/core/index.ts";
import { commitSteps, impatient, loadedStep, trainRun } from "../checkpoints/scenario.ts";
import { type Call, faultyFileSystem } from "../storage/faulty-file-system.ts";
import { failure, type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";

const STEPS = 4;

/** The calls that an error makes sense for. */
const CALLS: Record<string, RegExp> = {
  EIO: /./,
  ENOSPC: /^(open|write|sync|makeFolder|link|rename)$/,
  EDQUOT: /^(write|makeFolder)$/,
  EMFILE: /^(open|list)$/,
  EROFS: /^(open|makeFolder|link|rename|unlink)$/,
};

async function trainWith(
  code: string,
  at: number,
): Promise<{ calls: readonly Call[]; error: unknown; disk: SimulatedDisk; step: number }> {
  const disk = simulatedDisk();
  let step = 0;
  const fs = faultyFileSystem(disk, {
    before(call: Call) {
      if (call.number === at && CALLS[code]!.test(call.name)) throw failure(code, call.path);
    },
  });
  const error = await trainRun(localStore("/runs", fs), STEPS, (done) => {
    step = done;
  }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { calls: fs.calls, error, disk, step };
}

describe("a disk that fails once, at every call in turn", () => {
  it.each(Object.keys(CALLS))("%s: a clear error or none, and nothing acknowledged is lost", async (code) => {
    const { calls } = await trainWith(code, 0);
    const hit = calls.filter(({ name }) => CALLS[code]!.test(name));
    expect(hit.length).toBeGreaterThan(10);
    for (const { number: at } of hit) {
      const { error, disk, step } = await trainWith(code, at);
      const context = `${code} at call ${at}`;
      if (error !== undefined) {
        expect(error, context).toBeInstanceOf(KaaykoError);
        expect((error as KaaykoError).message, context).toMatch(/^Cannot /);
        expect(["failed", "usage"], context).toContain((error as KaaykoError).kind);
      } else expect(step, context).toBe(STEPS);
      if (step > 0) expect((await loadedStep(localStore("/runs", disk))).step, context).toBeGreaterThanOrEqual(step);
    }
  });

  it("EINTR and short writes change nothing", async () => {
    const disk = simulatedDisk();
    const interrupted = new Set<string>();
    const fs = faultyFileSystem(disk, {
      before(call) {
        const once = `${call.name} ${call.path}`;
        if (!/^(open|write|sync|link|rename|makeFolder)$/.test(call.name) || interrupted.has(once)) return;
        interrupted.add(once);
        throw failure("EINTR", call.path);
      },
      shorten: (_, length) => Math.max(1, Math.floor(length / 3)),
    });
    await trainRun(localStore("/runs", fs), STEPS);
    expect(interrupted.size).toBeGreaterThan(30);
    expect((await loadedStep(localStore("/runs", disk))).step).toBe(STEPS);
  });

  it("an error while reading is no damage: nothing is set aside", async () => {
    const original = simulatedDisk();
    await trainRun(localStore("/runs", original), STEPS);
    const files = (disk: SimulatedDisk): string[] =>
      [...disk.files().keys()].filter((path) => /blobs|manifests\/1-|run.json/.test(path)).sort();
    for (let at = 1; ; at++) {
      const disk = original.afterKill();
      let reached = false;
      const fs = faultyFileSystem(disk, {
        before(call) {
          if (call.number !== at) return;
          reached = true;
          if (/^(read|open|list|status)$/.test(call.name)) throw failure("EIO", call.path);
        },
      });
      const session = await openRun(localStore("/runs", fs), "run-1", { inThread: true, lease: impatient() }).catch(
        (error: KaaykoError) => {
          expect(error.kind, `call ${at}`).toBe("failed");
        },
      );
      await session?.close().catch(() => undefined);
      expect(files(disk), `call ${at}`).toEqual(files(original));
      expect((await loadedStep(localStore("/runs", disk))).step).toBe(STEPS);
      if (!reached) break;
    }
  });

  it("goes on after a commit that failed", async () => {
    const disk = simulatedDisk();
    let full = false;
    const fs = faultyFileSystem(disk, {
      before(call) {
        if (full && call.name === "write" && /blobs|manifests/.test(call.path)) throw failure("ENOSPC", call.path);
      },
    });
    const store = localStore("/runs", fs);
    await trainRun(store, STEPS);
    const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
    await commitSteps(session, STEPS + 1, STEPS + 2);
    full = true;
    await expect(commitSteps(session, STEPS + 3, STEPS + 3)).rejects.toThrow(/disk is full/);
    full = false;
    await commitSteps(session, STEPS + 4, STEPS + 6);
    await session.close();
    expect((await loadedStep(localStore("/runs", disk))).step).toBe(STEPS + 6);
  });
});
