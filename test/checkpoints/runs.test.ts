import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  cleanupRuns,
  createRun,
  DONE_STAGE,
  listCheckpoints,
  listRuns,
  memoryStore,
  newestRun,
  newRunId,
  openRun,
  pinCheckpoint,
  readLatest,
  rollbackRun,
  unpinCheckpoint,
  verifyRun,
} from "../../src/checkpoints/index.ts";
import { loadState } from "../../src/checkpoints/load-state.ts";
import { readManifest, type StateManifest } from "../../src/checkpoints/manifest.ts";
import { hashState } from "../../src/core/index.ts";
import { commitSteps, hashAt, impatient, loadedStep, trainRun } from "./scenario.ts";

const options = { lease: impatient() };
const DAY = 86_400_000;

describe("names of runs", () => {
  it("sort by time and differ", () => {
    const a = newRunId(new Date("2026-11-21T08:30:15Z"));
    expect(a).toMatch(/^20261121-083015000-[0-9a-f]{6}$/);
    for (const later of ["15.001", "15.010", "16.000"])
      expect(newRunId(new Date(`2026-11-21T08:30:${later}Z`)) > a).toBe(true);
    expect(new Set(Array.from({ length: 200 }, () => newRunId())).size).toBe(200);
  });
});

describe("runs of a store", () => {
  it("are listed newest first, with what they do", async () => {
    const store = memoryStore();
    expect(await listRuns(store)).toEqual([]);
    expect(await newestRun(store)).toBeUndefined();
    await trainRun(store, 3, undefined, "run-1");
    const session = await createRun(store, { run: {}, runId: "run-2" });
    expect(await listRuns(store)).toMatchObject([
      { runId: "run-2", status: "running", position: null, checkpoints: 0, bytes: 0, pid: process.pid },
      { runId: "run-1", status: "interrupted", position: { stage: "train", step: 3 }, checkpoints: 3, pid: null },
    ]);
    expect(await newestRun(store)).toBe("run-2");
    await session.commit({ stage: DONE_STAGE, step: 1 }, { json: { champion: "xgboost" }, arrays: {} });
    await session.close();
    expect((await listRuns(store))[0]).toMatchObject({ status: "completed" });
    expect((await readLatest(store, "run-2"))!.state.json).toEqual({ champion: "xgboost" });
  });

  it("that are not there are refused", async () => {
    const store = memoryStore();
    for (const work of [openRun, verifyRun, listCheckpoints, readLatest])
      await expect(work(store, "none")).rejects.toMatchObject({ kind: "usage", exitCode: 2 });
    await expect(openRun(store, "../up")).rejects.toMatchObject({ kind: "usage" });
    expect(await store.children("")).toEqual([]);
  });

  it("keep their last checkpoints and the best one while they run", async () => {
    const store = memoryStore();
    const session = await createRun(store, { run: {}, runId: "run-1", ...options });
    for (let step = 1; step <= 9; step++) {
      await session.commit(
        { stage: "train", step, metrics: { rmse: Math.abs(step - 4) } },
        { json: { step }, arrays: {} },
      );
      await session.flush();
    }
    await session.close();
    const list = await listCheckpoints(store, "run-1");
    expect(list.map((checkpoint) => checkpoint.position!.step)).toEqual([9, 8, 7, 4]);
    expect(list.every((checkpoint) => checkpoint.state === "good" && checkpoint.verifiedAt === null)).toBe(true);
    expect((await verifyRun(store, "run-1")).ok).toBe(true);
    const verified = await listCheckpoints(store, "run-1");
    expect(verified.every((checkpoint) => checkpoint.verifiedAt !== null)).toBe(true);
  });

  it("leave no blob that nothing names", async () => {
    const store = memoryStore();
    await trainRun(store, 6);
    for (let i = 0; i < 3; i++) {
      const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
      await commitSteps(session, session.latest!.position.step + 1, session.latest!.position.step + 4);
      await session.close();
    }
    // The newest three are all of the last owner; the best is its newest.
    expect(await store.children("run-1/blobs")).toEqual(["4"]);
    expect((await store.children("run-1")).filter((name) => name.startsWith("lease"))).toEqual(["lease.3", "lease.4"]);
    expect((await store.children("run-1/manifests")).sort()).toEqual(
      ["3-0.json", "4-0.json", "4-16.json", "4-17.json", "4-18.json"].sort(),
    );
    expect((await loadedStep(store)).step).toBe(18);
  });
});

describe("going back", () => {
  it("makes an earlier checkpoint the newest that counts, and can be undone until the run goes on", async () => {
    const store = memoryStore();
    await trainRun(store, 5);
    expect(await rollbackRun(store, "run-1", 4, options)).toEqual([]);
    expect((await listCheckpoints(store, "run-1")).map(({ sequence, state }) => [sequence, state])).toEqual([
      [5, "undone"],
      [4, "good"],
      [3, "good"],
    ]);
    expect((await loadedStep(store)).step).toBe(4);
    const session = await openRun(store, "run-1", options);
    await commitSteps(session, 5, 5);
    expect((await session.flush())!.sequence).toBe(6);
    await session.close();
    expect((await listCheckpoints(store, "run-1")).map(({ sequence }) => sequence)).toEqual([6, 4, 3]);
  });

  it("can still be undone after a clean-up", async () => {
    const store = memoryStore();
    const policy = { save: { kind: "steps", steps: 1 }, keep: { last: 5 } } as const;
    const session = await createRun(store, { inThread: true, lease: impatient(), policy, runId: "run-1", run: {} });
    await commitSteps(session, 1, 5);
    await session.close();
    await rollbackRun(store, "run-1", 4, options);
    await cleanupRuns(store, { checkpoints: { last: 1, best: false } }, options);
    expect((await listCheckpoints(store, "run-1")).map(({ sequence, state }) => [sequence, state])).toEqual([
      [5, "undone"],
      [4, "good"],
      [3, "good"],
    ]);
  });

  it("is refused where there is no such checkpoint, and nothing is changed", async () => {
    const store = memoryStore();
    await trainRun(store, 5);
    await expect(rollbackRun(store, "run-1", 99, options)).rejects.toMatchObject({ kind: "usage" });
    expect((await loadedStep(store)).step).toBe(5);
  });
});

describe("cleaning up", () => {
  it("says what would go and why, and does that", async () => {
    const store = memoryStore();
    for (const runId of ["run-1", "run-2", "run-3"]) await trainRun(store, 3, undefined, runId);
    const live = await createRun(store, { run: {}, runId: "run-0" });
    const policy = { keepLast: 1 };
    const planned = await cleanupRuns(store, policy, { ...options, dryRun: true });
    expect(planned.map(({ what, runId, why }) => [what, runId, why])).toEqual([
      ["run", "run-2", "not one of the last 1"],
      ["run", "run-1", "not one of the last 1"],
    ]);
    expect((await listRuns(store)).length).toBe(4);
    expect(await cleanupRuns(store, policy, options)).toEqual(planned);
    expect((await listRuns(store)).map((run) => run.runId)).toEqual(["run-3", "run-0"]);
    expect((await store.children("")).sort()).toEqual(["run-0", "run-3"]);
    await live.close();
  });

  it("goes by age, and removes nothing where it is told nothing", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    expect(await cleanupRuns(store, {}, options)).toEqual([]);
    expect(await cleanupRuns(store, { olderThanMs: DAY }, options)).toEqual([]);
    const later = { ...options, now: Date.now() + 3 * DAY };
    expect(await cleanupRuns(store, { olderThanMs: DAY, keepLast: 1 }, later)).toEqual([]);
    expect(await cleanupRuns(store, { olderThanMs: DAY }, later)).toMatchObject([{ why: "not used for 3 days" }]);
    expect(await listRuns(store)).toEqual([]);
  });

  it("thins out checkpoints, never the newest and its parent", async () => {
    const store = memoryStore();
    await trainRun(store, 6);
    const items = await cleanupRuns(store, { checkpoints: { last: 0, best: false } }, options);
    expect(items.map(({ what, sequence }) => [what, sequence])).toEqual([["checkpoint", 4]]);
    expect((await listCheckpoints(store, "run-1")).map(({ sequence }) => sequence)).toEqual([6, 5]);
    expect((await verifyRun(store, "run-1")).ok).toBe(true);
  });

  it("finishes what an interrupted removal or creation left, and leaves alone what is not ours", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    await store.create("run-1/deleted", "");
    expect(await listRuns(store)).toEqual([]);
    await expect(openRun(store, "run-1")).rejects.toMatchObject({ kind: "usage" });
    await store.create("notes/readme.txt", "mine");
    expect(await cleanupRuns(store, {}, options)).toMatchObject([{ what: "leftover", runId: "run-1" }]);
    expect(await store.children("")).toEqual(["notes"]);
  });
});

describe("pinned checkpoints", () => {
  const sequences = async (store: ReturnType<typeof memoryStore>, state = "good"): Promise<number[]> =>
    (await listCheckpoints(store, "run-1")).filter((found) => found.state === state).map(({ sequence }) => sequence);

  it("stay while their run goes on, until they are unpinned", async () => {
    const store = memoryStore();
    await trainRun(store, 3);
    expect(await pinCheckpoint(store, "run-1", 1)).toBe(true);
    expect(await pinCheckpoint(store, "run-1", 1)).toBe(false);
    expect((await listCheckpoints(store, "run-1")).map(({ pinned }) => pinned)).toEqual([false, false, true]);
    const keep = { keep: { best: false } };
    const session = await openRun(store, "run-1", { inThread: true, policy: keep, lease: impatient() });
    await commitSteps(session, 4, 8);
    await session.close();
    expect(await sequences(store)).toEqual([8, 7, 6, 1]);
    expect(await verifyRun(store, "run-1")).toMatchObject({ ok: true });
    expect(await unpinCheckpoint(store, "run-1", 1)).toBe(true);
    expect(await unpinCheckpoint(store, "run-1", 1)).toBe(false);
    await cleanupRuns(store, { checkpoints: { last: 3, best: false } }, options);
    expect(await sequences(store)).toEqual([8, 7, 6]);
  });

  it("stay, whole, when the run was rolled back behind them and goes on", async () => {
    const store = memoryStore();
    await trainRun(store, 3);
    await pinCheckpoint(store, "run-1", 3);
    await rollbackRun(store, "run-1", 2, options);
    const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
    await commitSteps(session, 3, 7);
    await session.close();
    expect(await sequences(store, "undone")).toEqual([3]);
    const [undone] = (await listCheckpoints(store, "run-1")).filter(({ state }) => state === "undone");
    const { manifest } = readManifest((await store.read("run-1/manifests/1-3.json", 1e6))!, undone!);
    expect(hashState(await loadState(store, "run-1", manifest as StateManifest))).toBe(hashAt(3));
  });

  it("keep their run from being removed, which says so", async () => {
    const store = memoryStore();
    await trainRun(store, 3);
    await pinCheckpoint(store, "run-1", 2);
    for (const dryRun of [true, false]) {
      const [item] = await cleanupRuns(store, { keepLast: 0 }, { ...options, dryRun });
      expect(item).toMatchObject({ what: "run", kept: expect.stringMatching(/none of its checkpoints may be pinned/) });
    }
    expect((await loadedStep(store)).step).toBe(3);
  });

  it("must be there", async () => {
    const store = memoryStore();
    await trainRun(store, 6);
    await expect(pinCheckpoint(store, "run-1", 9)).rejects.toMatchObject({ kind: "usage" });
    await expect(pinCheckpoint(store, "none", 1)).rejects.toMatchObject({ kind: "usage" });
  });

  it("of a run at work are safe once the pin is acknowledged", async () => {
    const store = memoryStore();
    const policy = { keep: { best: false } };
    const session = await createRun(store, { runId: "run-1", run: {}, inThread: true, policy });
    await commitSteps(session, 1, 4);
    const pinning = pinCheckpoint(store, "run-1", 2);
    await commitSteps(session, 5, 9);
    await pinning.then(
      async () => expect(await sequences(store)).toContain(2),
      (error) => expect(error).toMatchObject({ kind: "usage" }),
    );
    await session.close();
  });
});

describe("the progress of a run at work", () => {
  it("is told with its heartbeats, with rate and time left", async () => {
    const store = memoryStore();
    const session = await createRun(store, { runId: "run-1", run: {}, inThread: true, lease: { heartbeatMs: 10 } });
    expect((await listRuns(store))[0]).toMatchObject({ status: "running", progress: null });
    const rate = async () => (await listRuns(store))[0]!.progress?.perSecond ?? null;
    // Until heartbeats have told of two steps.
    for (let step = 1; step < 50 && (await rate()) === null; step++) {
      session.event({
        type: "step",
        stage: "train",
        subject: "xgboost",
        unit: "tree",
        step: 7,
        subjectStep: step,
        total: 50,
      });
      await sleep(30);
    }
    const [run] = await listRuns(store);
    expect(run!.progress).toMatchObject({ stage: "train", subject: "xgboost", unit: "tree", total: 50 });
    const { step, perSecond, secondsLeft } = run!.progress!;
    expect(step).toBeGreaterThan(1);
    expect(perSecond).toBeGreaterThan(0);
    expect(secondsLeft).toBeCloseTo((50 - step) / perSecond!, 6);
    await session.close();
    expect((await listRuns(store))[0]).toMatchObject({ status: "interrupted", progress: null });
  });
});
