import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { builtUrl, createWorkerPool, type WorkerPool } from "../../src/parallel/index.ts";

const TASKS = new URL("../fixtures/parallel/tasks.mjs", import.meta.url);
const POOL_FILE = builtUrl(new URL("../../src/parallel/index.ts", import.meta.url).href, "./index.js");
const ERRORS_FILE = builtUrl(new URL("../../src/core/index.ts", import.meta.url).href, "./errors.js");

const pools: WorkerPool[] = [];
const start = (size = 1): WorkerPool => {
  const pool = createWorkerPool({ url: TASKS, size });
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe("a pool of threads", () => {
  it("runs tasks and gives their results", async () => {
    const pool = start(2);
    expect(await Promise.all([1, 2, 3, 4, 5].map((value) => pool.run("double", value)))).toEqual([2, 4, 6, 8, 10]);
  });

  it("runs the tasks of a thread one after the other, in their order", async () => {
    const pool = start();
    const results = await Promise.all(["first", "second"].map((value) => pool.run("slowly", value)));
    expect(results).toEqual([["first"], ["first", "second"]]);
  });

  it("runs a task on the thread that is named", async () => {
    const pool = start(2);
    const ids = await Promise.all([0, 1, 0, 1].map((worker) => pool.run<number>("thread", null, { worker })));
    expect(ids[0]).toBe(ids[2]);
    expect(ids[1]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("shares shared memory and hands over what is transferred", async () => {
    const pool = start();
    const memory = new SharedArrayBuffer(4);
    await pool.run("fill", { memory, value: 7 });
    expect([...new Uint8Array(memory)]).toEqual([7, 7, 7, 7]);
    const buffer = new ArrayBuffer(16);
    expect(await pool.run("byteLength", buffer, { transfer: [buffer] })).toBe(16);
    expect(buffer.byteLength).toBe(0);
  });

  it("rejects with what a task threw, and goes on", async () => {
    const pool = start();
    await expect(pool.run("fail", null)).rejects.toMatchObject({
      kind: "failed",
      message: expect.stringContaining("no such thing"),
    });
    await expect(pool.run("failAs", { KaaykoErrorUrl: ERRORS_FILE.href })).rejects.toMatchObject({
      message: "Cannot do it: it must be possible, got no",
      kind: "gate",
      remedy: "Do another.",
    });
    await expect(pool.run("unknown", null)).rejects.toThrow("no task unknown");
    await expect(pool.run("notCloneable", null)).rejects.toThrow("could not be cloned");
    expect(await pool.run("double", 4)).toBe(8);
  });

  it("refuses what cannot be sent, and goes on", async () => {
    const pool = start();
    await expect(pool.run("double", () => {})).rejects.toThrow("could not be cloned");
    expect(await pool.run("double", 4)).toBe(8);
  });

  it("rejects all tasks of a thread that died, and lets the others go on", async () => {
    const pool = start(2);
    const waiting = expect(pool.run("never", null, { worker: 0 })).rejects.toThrow("pool of threads was closed");
    const behind = expect(pool.run("double", 1, { worker: 0 })).rejects.toThrow("pool of threads was closed");
    await expect(pool.run("die", null, { worker: 1 })).rejects.toThrow("its thread ended with code 3");
    await expect(pool.run("double", 1, { worker: 1 })).rejects.toThrow("its thread ended with code 3");
    const crash = start(1);
    await expect(crash.run("throwLater", null)).rejects.toThrow("its thread failed: too late");
    await pool.close();
    await Promise.all([waiting, behind]);
    await expect(pool.run("double", 1)).rejects.toThrow("pool of threads was closed");
  });

  it("lets the process end while it has nothing to do, and waits while it has", () => {
    const script = `
      import { createWorkerPool } from ${JSON.stringify(POOL_FILE.href)};
      const pool = createWorkerPool({ url: new URL(${JSON.stringify(TASKS.href)}), size: 2 });
      pool.run("slowly", "first").then((seen) => console.log(seen.join()));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 300_000 });
    expect(output.toString().trim()).toBe("first");
  });

  it("refuses a number of threads that makes no sense", () => {
    for (const size of [0, -1, 1.5, 5000]) {
      expect(() => createWorkerPool({ url: pathToFileURL("/x.js"), size })).toThrow("1 to 1024");
    }
  });
});
