import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listRuns, localStore, openRun, readLatest, verifyRun } from "../../src/checkpoints/index.ts";
import { hashState } from "../../src/core/index.ts";
import { expectOneWinner } from "./contenders.ts";
import { follow, type Owner, ownerCommand, startOwner } from "./processes.ts";
import { expectRandomKillsSurvived } from "./random-kills.ts";
import { expectSiteKillsSurvived } from "./site-kills.ts";

let folder: string;
const owners: Owner[] = [];
const start = (mode: string, number = 0): Owner => {
  const owner = startOwner(mode, folder, "run-1", number);
  owners.push(owner);
  return owner;
};
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "kaayko-crash-")), "runs");
});
afterEach(async () => {
  for (const owner of owners.splice(0)) {
    owner.process.kill("SIGKILL");
    await owner.ended;
  }
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

/** Whether this user may make mounts of its own, for disks that are really full or read-only. */
const NAMESPACES = ((): boolean => {
  try {
    execFileSync("unshare", ["-Urm", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe("processes that own a run", () => {
  it("lose nothing that was acknowledged to SIGKILLs at random moments", async () => {
    const { kills, acknowledged } = await expectRandomKillsSurvived(folder, 10, 1);
    expect(kills).toBe(10);
    expect(acknowledged).toBeGreaterThan(3);
  });

  it("lose nothing when they are killed at a call of the protocol (every 61st here, all in the soak test)", async () => {
    expect(await expectSiteKillsSurvived(9, 61)).toBeGreaterThan(4);
  });

  it("are replaced at once when they are dead, and the folder may have moved meanwhile", async () => {
    const owner = start("loop");
    await owner.saying("acknowledged");
    owner.process.kill("SIGKILL");
    await owner.ended;
    renameSync(folder, `${folder}-moved`);
    const session = await openRun(localStore(`${folder}-moved`), "run-1", { lease: { timeToLiveMs: 1e9 } });
    expect(session.warnings).toEqual([expect.stringMatching(/Took over from process \d+, which ended/)]);
    expect(session.latest?.position.step).toBeGreaterThanOrEqual(1);
    await session.close();
  });

  it("share a run never: of eight, one gets it (100 times in the soak test)", async () => {
    await expectOneWinner(folder, 8);
    expect((await listRuns(localStore(folder)))[0]).toMatchObject({ status: "interrupted", pid: null });
  });

  it("keep their run while they compute without a pause", async () => {
    const owner = start("block");
    await owner.saying("acknowledged");
    // The next heartbeat refuses it, however late a loaded machine lets that be.
    const lease = { timeToLiveMs: 600_000 };
    await expect(openRun(localStore(folder), "run-1", { lease })).rejects.toMatchObject({ kind: "leased" });
    writeFileSync(join(folder, "..", "enough"), "");
    expect(await owner.ended).toBe(0);
  });

  it("change nothing after they were stopped past their lease, and are told", async () => {
    const owner = start("loop");
    await owner.saying("acknowledged");
    owner.process.kill("SIGSTOP");
    const store = localStore(folder);
    const session = await openRun(store, "run-1", { lease: { timeToLiveMs: 700 } });
    expect(session.warnings[0]).toMatch(/no sign of life/);
    const state = { json: { mine: true }, arrays: { a: new Float64Array(10).fill(2) } };
    await session.commit({ stage: "train", step: 1000 }, state);
    await session.flush();
    owner.process.kill("SIGCONT");
    expect(await owner.ended).toBe(5);
    expect(owner.lines.at(-1)).toMatch(/^error leased .*no longer owns the run/);
    await session.commit({ stage: "train", step: 1001 }, state);
    await session.close();
    const latest = await readLatest(store, "run-1");
    expect(latest?.position.step).toBe(1001);
    expect(hashState(latest!.state)).toBe(hashState(state));
    expect((await verifyRun(store, "run-1")).ok).toBe(true);
  });

  it.skipIf(!NAMESPACES)(
    "keep what they have on a disk that is really full, and go on once there is room",
    async () => {
      const mount = join(folder, "..", "disk");
      const script = `mkdir -p '${mount}' && mount -t tmpfs -o size=6m tmpfs '${mount}' && exec ${ownerCommand("fill", join(mount, "runs"), "run-1", 4_000_000)}`;
      const owner = follow(spawn("unshare", ["-Urm", "sh", "-c", script], { stdio: "pipe" }));
      owners.push(owner);
      expect(await owner.ended).toBe(0);
      const failed = owner.lines.find((line) => line.startsWith("failed"));
      expect(failed).toMatch(/^failed failed Cannot write .*: the disk is full/);
      const [, acknowledged, kept, same] = owner.lines.find((line) => line.startsWith("kept"))!.split(" ");
      expect(Number(acknowledged)).toBeGreaterThan(0);
      expect(Number(kept)).toBeGreaterThanOrEqual(Number(acknowledged));
      expect(same).toBe("true");
      expect(owner.lines.at(-1)).toBe(`acknowledged ${Number(kept) + 1}`);
    },
  );

  it.skipIf(!NAMESPACES)("say that a folder is read-only, and change nothing in it", async () => {
    const owner = start("loop");
    await owner.saying("acknowledged");
    owner.process.kill("SIGKILL");
    await owner.ended;
    const before = await readLatest(localStore(folder), "run-1");
    const script = `mount --bind '${folder}' '${folder}' && mount -o remount,ro,bind '${folder}' && exec ${ownerCommand("hold", folder, "run-1", 10)}`;
    const refused = follow(spawn("unshare", ["-Urm", "sh", "-c", script], { stdio: "pipe" }));
    owners.push(refused);
    expect(await refused.ended).toBe(1);
    expect(refused.lines).toEqual([expect.stringMatching(/^error failed Cannot .*read-only/)]);
    expect(hashState((await readLatest(localStore(folder), "run-1"))!.state)).toBe(hashState(before!.state));
  });
});
