import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  type CheckpointStore,
  createRun,
  FAILED_EVENT,
  listRuns,
  localStore,
  memoryStore,
  openRun,
  readLatest,
} from "../../src/checkpoints/index.ts";
import { type CheckpointPosition, canonicalJson, hashState, nestState, type State } from "../../src/core/index.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function temporaryStore(): CheckpointStore {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-session-"));
  folders.push(folder);
  return localStore(folder);
}

const at = (step: number, stage = "train"): CheckpointPosition => ({ stage, step });
const empty: State = { json: {}, arrays: {} };

describe.each<[string, () => CheckpointStore]>([
  ["a worker thread", temporaryStore],
  ["this thread", memoryStore],
])("a session that saves in %s", (_, make) => {
  it("gives back what was committed, to the byte and in every type", async () => {
    const store = make();
    const session = await createRun(store, { run: { target: "price", nested: { list: [1, "ä", null] } } });
    expect(session.latest).toBeNull();
    const state = nestState("trainer", {
      json: { text: "\u2028 \ud83d\ude00", number: 0.1 + 0.2, large: "x".repeat(40_000) },
      arrays: {
        a: Int8Array.of(-1),
        b: Uint16Array.of(1, 2, 3),
        c: BigInt64Array.of(-5n),
        d: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0),
        e: new Float64Array(100_000).map((_, i) => i / 7),
        f: new Float64Array(new SharedArrayBuffer(80)).fill(3),
        g: new Uint8Array(0),
        h: new Uint32Array(10).subarray(3, 7).fill(9),
      },
      appendOnly: ["b", "c"],
    });
    const before = hashState(state);
    await session.commit({ ...at(7), total: 10, note: "tree 7 of 10", metrics: { rmse: 0.5 } }, state);
    // The caller may change everything at once: what is saved is what was handed over.
    for (const array of Object.values(state.arrays)) new Uint8Array(array.buffer).fill(1);
    const receipt = await session.flush();
    expect(receipt).toMatchObject({ token: 1, sequence: 1 });
    expect(receipt!.bytes).toBeGreaterThan(800_000);
    await session.close();

    const again = await openRun(store, session.runId);
    expect(canonicalJson(again.run)).toBe(canonicalJson({ target: "price", nested: { list: [1, "ä", null] } }));
    expect(again.warnings).toEqual([]);
    expect(again.latest?.position).toEqual({
      stage: "train",
      step: 7,
      total: 10,
      note: "tree 7 of 10",
      metrics: { rmse: 0.5 },
    });
    expect(hashState(again.latest!.state)).toBe(before);
    expect([...again.latest!.state.appendOnly!].sort()).toEqual(["trainer/b", "trainer/c"]);
    await again.close();
  });

  it("writes what an owner before it wrote, too, under its own token", async () => {
    const store = make();
    const state: State = { json: { step: 1 }, arrays: { scores: new Float64Array(100_000).map((_, i) => i / 7) } };
    const first = await createRun(store, { run: {} });
    await first.commit(at(1), state);
    await first.close();
    for (const step of [2, 3]) {
      const next = await openRun(store, first.runId);
      expect(next.warnings).toEqual([]);
      await next.commit(at(step), state);
      await next.close();
    }
    const last = await openRun(store, first.runId);
    expect(last.warnings).toEqual([]);
    expect(last.latest!.position.step).toBe(3);
    expect(hashState(last.latest!.state)).toBe(hashState(state));
    await last.close();
  });

  it("refuses a second session on the run while it is open", async () => {
    const store = make();
    const session = await createRun(store, { run: {}, lease: { heartbeatMs: 20 } });
    await expect(openRun(store, session.runId)).rejects.toMatchObject({ kind: "leased", exitCode: 5 });
    await expect(createRun(store, { run: {}, runId: session.runId })).rejects.toMatchObject({ kind: "usage" });
    await session.close();
    await session.close();
    await (await openRun(store, session.runId)).close();
    await expect(session.commit(at(1), empty)).rejects.toThrow(/must be open/);
  });

  it("refuses a state that could not be read back, and goes on", async () => {
    const session = await createRun(make(), { run: {} });
    await expect(session.commit(at(1), { json: { a: Number.NaN }, arrays: {} })).rejects.toThrow(/finite/);
    await expect(session.commit(at(Number.POSITIVE_INFINITY), empty)).rejects.toThrow(/finite/);
    await session.commit(at(1), empty);
    expect((await session.flush())!.sequence).toBe(1);
    await session.close();
  });

  it("has no receipt where nothing was committed", async () => {
    const session = await createRun(make(), { run: {} });
    expect(await session.flush()).toBeNull();
    await session.close();
  });
});

describe("when a commit is due", () => {
  it("by steps", async () => {
    const session = await createRun(memoryStore(), { run: {}, policy: { save: { kind: "steps", steps: 3 } } });
    expect([1, 2, 3].map((step) => session.due(at(step)))).toEqual([false, false, true]);
    await session.commit(at(3), empty);
    await session.flush();
    expect([4, 5, 6].map((step) => session.due(at(step)))).toEqual([false, false, true]);
    await session.close();
  });

  it("by time, on a clock of its own: wall clocks may jump", async () => {
    let now = 0;
    const lease = { clock: () => now };
    const session = await createRun(memoryStore(), {
      run: {},
      lease,
      policy: { save: { kind: "seconds", seconds: 5 } },
    });
    now = 4999;
    expect(session.due(at(1))).toBe(false);
    now = 5000;
    expect(session.due(at(2))).toBe(true);
    await session.commit(at(2), empty);
    expect(session.due(at(3))).toBe(false);
    await session.flush();
    now = 9999;
    expect(session.due(at(3))).toBe(false);
    now = 10_000;
    expect(session.due(at(4))).toBe(true);
    await session.close();
  });

  it("automatically: after a second, then by what a commit costs", async () => {
    let now = 0;
    const session = await createRun(memoryStore(), { run: {}, lease: { clock: () => now } });
    now = 999;
    expect(session.due(at(1))).toBe(false);
    now = 1000;
    expect(session.due(at(2))).toBe(true);
    await session.commit(at(2), empty);
    await session.flush();
    now = 6001;
    expect(session.due(at(3))).toBe(true);
    await session.close();
  });

  it("goes on while steps never come back to the event loop", async () => {
    const store = temporaryStore();
    const session = await createRun(store, { run: {}, policy: { save: { kind: "steps", steps: 1 } } });
    let commits = 0;
    const end = performance.now() + 300_000;
    // Only promises that are resolved already: no message of a thread is delivered here by the event loop.
    for (let step = 1; commits < 5 && performance.now() < end; step++) {
      await Promise.resolve();
      if (!session.due(at(step))) continue;
      await session.commit(at(step), empty);
      commits++;
    }
    expect(commits).toBe(5);
    await session.close();
  });
});

describe("what goes wrong while saving", () => {
  it("is thrown by the next call, and the commit after that is whole", async () => {
    const store = memoryStore();
    let broken = true;
    const flaky: CheckpointStore = {
      ...store,
      write: (objects) => (broken ? Promise.reject(new Error("no disk")) : store.write(objects)),
    };
    const session = await createRun(flaky, { run: {}, policy: { save: { kind: "steps", steps: 1e9 } } });
    const state: State = { json: {}, arrays: { a: new Float64Array(10) }, appendOnly: ["a"] };
    await session.commit(at(1), state);
    await expect.poll(() => session.due(at(2)), { interval: 5, timeout: 300_000 }).toBe(true);
    await expect(session.commit(at(2), state)).rejects.toThrow("no disk");
    await session.commit(at(2), state);
    await expect(session.flush()).rejects.toThrow("no disk");
    broken = false;
    await session.commit(at(3), state);
    await session.flush();
    await session.close();
    expect((await readLatest(store, session.runId))!.position.step).toBe(3);
  });

  it("reaches the run from the worker thread, with its kind and remedy", async () => {
    const store = temporaryStore();
    const session = await createRun(store, { run: {} });
    renameSync(store.name, `${store.name}-away`);
    folders.push(`${store.name}-away`);
    await session.commit(at(1), empty);
    await expect(session.flush()).rejects.toMatchObject({ kind: "failed", message: expect.stringMatching(/^Cannot /) });
    await session.close().catch(() => undefined);
  });

  it.skipIf(process.getuid?.() === 0)("says that a folder is not writable", async () => {
    const store = temporaryStore();
    chmodSync(store.name, 0o500);
    await expect(createRun(store, { run: {} })).rejects.toThrow(/permission is missing/);
  });
});

describe("events", () => {
  it("are lines of valid JSON, whatever is in them", async () => {
    const store = temporaryStore();
    const session = await createRun(store, { run: {} });
    const cyclic: Record<string, unknown> = { type: "cyclic" };
    cyclic.self = cyclic;
    session.event({ type: "step", step: 1, text: "two\nlines" });
    session.event(cyclic as { type: string });
    session.event({ type: "big", text: "x".repeat(100_000) });
    session.event({ type: "bigint", value: 5n });
    await session.close();
    session.event({ type: "late" });
    const lines = readFileSync(join(store.name, session.runId, "events.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    const events = lines.map((line) => JSON.parse(line) as { type: string; time: string });
    expect(events.map((event) => event.type)).toEqual(["step", "cyclic", "big", "bigint"]);
    expect(events.every((event) => !Number.isNaN(Date.parse(event.time)))).toBe(true);
  });

  it("can be watched: they are in the file without a commit and without a heartbeat", async () => {
    const store = temporaryStore();
    const session = await createRun(store, { run: {}, lease: { heartbeatMs: 3_600_000 } });
    const file = join(store.name, session.runId, "events.jsonl");
    for (const step of [1, 2]) {
      session.event({ type: "step", step });
      await expect
        .poll(() => (existsSync(file) ? readFileSync(file, "utf8") : ""), { timeout: 300_000 })
        .toContain(`"step":${step}`);
    }
    await session.close();
  });

  it("of failure make the run a failed one", async () => {
    const store = temporaryStore();
    const session = await createRun(store, { run: {} });
    session.event({ type: FAILED_EVENT, message: "no model could be trained" });
    await session.close();
    expect((await listRuns(store))[0]!.status).toBe("failed");
    await (await openRun(store, session.runId)).close();
    expect((await listRuns(store))[0]!.status).toBe("interrupted");
  });
});
