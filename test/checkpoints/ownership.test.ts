import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type CheckpointStore, createRun, memoryStore, openRun } from "../../src/checkpoints/index.ts";
import { ownProcess, seal } from "../../src/storage/index.ts";
import { commitSteps, impatient, loadedStep, stateAt, trainRun } from "./scenario.ts";

const options = { inThread: true, lease: impatient() };
const DEAD = { ...ownProcess(), pid: 2 ** 30 };

/** A store in which others do something just before an object of a name is created. */
function interruptedAt(store: CheckpointStore, key: RegExp, others: () => Promise<void>): CheckpointStore {
  let done = false;
  return {
    ...store,
    async create(name, content) {
      if (!done && key.test(name)) {
        done = true;
        await others();
      }
      return store.create(name, content);
    },
  };
}

describe("the ownership of a run", () => {
  it("is learned between two commits, before another one is published", async () => {
    const store = memoryStore();
    // Due only once it has learned it.
    const policy = { save: { kind: "steps", steps: 1e9 } } as const;
    const lease = { heartbeatMs: 5 };
    const first = await createRun(store, { run: {}, runId: "run-1", inThread: true, lease, policy });
    await commitSteps(first, 1, 1);
    const second = await openRun(store, "run-1", options);
    while (!first.due({ stage: "train", step: 2 })) await sleep(5);
    const late = first.commit({ stage: "train", step: 2 }, stateAt(2));
    await expect(late).rejects.toMatchObject({ kind: "leased" });
    expect((await store.children("run-1/manifests")).sort()).toEqual(["1-0.json", "1-1.json", "2-0.json"]);
    await second.close();
    await first.close().catch(() => undefined);
  });

  it("is looked at again behind each checkpoint: one that came too late is not acknowledged", async () => {
    const store = memoryStore();
    const others = async () => void (await openRun(store, "run-1", options));
    const late = interruptedAt(store, /manifests\/1-2\.json$/, others);
    const session = await createRun(late, { run: {}, runId: "run-1", ...options });
    await commitSteps(session, 1, 1);
    await expect(commitSteps(session, 2, 2)).rejects.toMatchObject({ kind: "leased" });
    expect((await loadedStep(store)).step).toBe(1);
  });

  it("is another's who was faster with the next token", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    let beats = 0;
    let beating: NodeJS.Timeout | undefined;
    const others = async () => {
      await store.create("run-1/lease.2", seal({ token: 2, owner: { ...ownProcess() } }).text);
      beating = setInterval(() => void store.touch("run-1/beat.2", `beat ${++beats}`), 2);
    };
    const lease = { timeToLiveMs: 60_000, heartbeatMs: 100 };
    const opened = openRun(interruptedAt(store, /lease\.2$/, others), "run-1", { inThread: true, lease });
    await expect(opened).rejects.toMatchObject({ kind: "leased" });
    expect(await store.children("run-1/manifests")).not.toContain("2-0.json");
    clearInterval(beating);
  });

  it("is not told by a lease that another one's content was put into, though that owner is dead", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    await store.remove(["run-1/lease.1", "run-1/beat.1"]);
    await store.create("run-1/lease.2", seal({ token: 1, owner: DEAD }).text);
    let beats = 0;
    const beating = setInterval(() => void store.touch("run-1/beat.2", `beat ${++beats}`), 2);
    const lease = { timeToLiveMs: 60_000, heartbeatMs: 100 };
    await expect(openRun(store, "run-1", { inThread: true, lease })).rejects.toMatchObject({ kind: "leased" });
    clearInterval(beating);
  });

  it("is not had by a token that others used and tidied away meanwhile", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    const others = async () => {
      for (let step = 3; step < 9; step += 2) {
        const session = await openRun(store, "run-1", options);
        await commitSteps(session, step, step + 1);
        await session.close();
      }
      expect(await store.children("run-1")).not.toContain("lease.2");
    };
    const session = await openRun(interruptedAt(store, /lease\.2$/, others), "run-1", options);
    expect(session.latest?.position.step).toBe(8);
    await commitSteps(session, 9, 9);
    expect((await session.flush())!.token).toBeGreaterThan(4);
    await session.close();
    expect((await loadedStep(store)).step).toBe(9);
  });

  it("is not given back where the run was removed", async () => {
    const store = memoryStore();
    const session = await createRun(store, { run: {}, runId: "run-1", ...options });
    await commitSteps(session, 1, 1);
    await store.removeAll("run-1");
    await session.close().catch(() => undefined);
    expect(await store.children("")).toEqual([]);
  });
});

describe("a name that is taken", () => {
  it("is refused for a run", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    await expect(createRun(store, { run: {}, runId: "run-1", ...options })).rejects.toMatchObject({ kind: "usage" });
    expect((await loadedStep(store)).step).toBe(2);
  });

  it("is refused for a checkpoint, which is not acknowledged", async () => {
    const store = memoryStore();
    const session = await createRun(store, { run: {}, runId: "run-1", ...options });
    await store.create("run-1/manifests/1-1.json", "another's");
    await expect(commitSteps(session, 1, 1)).rejects.toThrow(/its name must be free/);
    await session.close().catch(() => undefined);
    expect(new TextDecoder().decode(await store.read("run-1/manifests/1-1.json", 100))).toBe("another's");
  });

  it("is refused for an opening", async () => {
    const store = memoryStore();
    await trainRun(store, 2);
    const others = async () => void (await store.create("run-1/manifests/2-0.json", "another's"));
    const opened = openRun(interruptedAt(store, /lease\.2$/, others), "run-1", options);
    await expect(opened).rejects.toMatchObject({ kind: "leased" });
  });
});
