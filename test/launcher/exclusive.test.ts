import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireExclusive } from "../../src/backends/exclusive.ts";

const MODULE = fileURLToPath(new URL("../../bin/exclusive.js", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes the lock, adds a line for entering and leaving, and ends. */
function contender(log: string): Promise<number | null> {
  const program = `
    const { acquire } = require(${JSON.stringify(MODULE)});
    const fs = require("node:fs");
    (async () => {
      for (let i = 0; i < 5; i++) {
        const lock = await acquire(${JSON.stringify(join(folder, "lock"))}, () => {});
        fs.appendFileSync(${JSON.stringify(log)}, "in " + process.pid + "\\n");
        await new Promise((resolve) => setTimeout(resolve, 3));
        fs.appendFileSync(${JSON.stringify(log)}, "out " + process.pid + "\\n");
        lock.release();
      }
    })();`;
  return new Promise((resolve) => spawn(process.execPath, ["-e", program]).on("close", resolve));
}

describe("the lock", () => {
  it("is held by one process at a time", async () => {
    const log = join(folder, "log");
    expect(await Promise.all([contender(log), contender(log), contender(log)])).toEqual([0, 0, 0]);
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(30);
    for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]!.replace("in", "out"));
  });

  it("is taken over from an owner that is dead, whose process id is used again, or whose claim is torn", async () => {
    const dead = { owner: { pid: 2 ** 22 + 1, start: "1" }, helper: null };
    const reused = { owner: { pid: process.pid, start: "not when this process started" }, helper: null };
    for (const content of [JSON.stringify(dead), JSON.stringify(reused), '{"owner":{"pi']) {
      if (process.platform !== "linux" && content.includes("not when")) continue;
      writeFileSync(join(folder, "claim-7"), content);
      const lock = await acquireExclusive(folder, () => expect.unreachable());
      expect(readdirSync(folder)).toEqual(["claim-8"]);
      lock.release();
      rmSync(join(folder, "claim-8"));
    }
  });

  it.skipIf(process.platform !== "linux")("is taken over from an owner whose end nobody has asked for", async () => {
    // The shell becomes a program that asks for no child's end; before that it might have asked itself.
    const parent = spawn("sh", ["-c", "sleep 3600 & echo $!; exec sleep 3600"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [said] = (await once(parent.stdout!, "data")) as [Buffer];
    const pid = Number(String(said));
    const nameOf = (id: number | undefined): string => readFileSync(`/proc/${id}/comm`, "latin1").trim();
    const facts = (): string[] => readFileSync(`/proc/${pid}/stat`, "latin1").split(" ");
    while (nameOf(parent.pid) !== "sleep") await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(pid, "SIGKILL");
    while (facts()[2] !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(join(folder, "claim-1"), JSON.stringify({ owner: { pid, start: facts()[21] }, helper: null }));
    (await acquireExclusive(folder, () => expect.unreachable())).release();
    parent.kill("SIGKILL");
  });

  it("is not taken over while a helper of a dead owner still works", async () => {
    const helper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const dead = { pid: 2 ** 22 + 1, start: "1" };
    writeFileSync(join(folder, "claim-1"), JSON.stringify({ owner: dead, helper: { pid: helper.pid, start: null } }));
    const told: number[] = [];
    const acquired = acquireExclusive(folder, (pid) => {
      told.push(pid);
      helper.kill("SIGKILL");
    });
    (await acquired).release();
    expect(told).toEqual([helper.pid]);
  });
});
