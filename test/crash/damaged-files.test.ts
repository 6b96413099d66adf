import { describe, expect, it } from "vitest";
import { createRun, listCheckpoints, localStore, openRun, verifyRun } from "../../src/checkpoints/index.ts";
import { KaaykoError, randomStream } from "../../src/core/index.ts";
import { impatient, loadedStep, trainRun } from "../checkpoints/scenario.ts";
import { type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";
import { expectFlipsFound, expectTruncationsFound } from "./damage-matrix.ts";

const STEPS = 5;
const RUN = "/runs/run-1";

async function finishedRun(): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  await trainRun(localStore("/runs", disk), STEPS);
  return disk;
}

/** Files that hold state: everything but logs, heartbeats and leases. */
function stateFiles(disk: SimulatedDisk): string[] {
  return [...disk.files().keys()].filter((path) => /run\.json$|\/manifests\/|\/blobs\//.test(path)).sort();
}

const damages: Record<string, (bytes: Uint8Array, pick: () => number) => Uint8Array | null> = {
  deleted: () => null,
  empty: () => new Uint8Array(),
  truncated: (bytes, pick) => bytes.slice(0, Math.floor(pick() * bytes.length)),
  "longer by a byte": (bytes) => Buffer.concat([bytes, Buffer.from(" ")]),
  zeroed: (bytes) => new Uint8Array(bytes.length),
  "flipped in one bit": (bytes, pick) => {
    const copy = Uint8Array.from(bytes);
    copy[Math.floor(pick() * bytes.length)]! ^= 1 << Math.floor(pick() * 8);
    return copy;
  },
};

/** Opens a run with a damaged file: it must open with some committed step, unchanged, or say that it is damaged. */
async function open(disk: SimulatedDisk): Promise<{ step: number; warnings: readonly string[] } | "damaged"> {
  try {
    return await loadedStep(localStore("/runs", disk));
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return "damaged";
    throw error;
  }
}

describe.each(Object.keys(damages))("a file that is %s", (name) => {
  it("is found before use, whichever it is, and costs at most the newest checkpoints", async () => {
    const original = await finishedRun();
    const random = randomStream(3, name);
    for (const path of stateFiles(original)) {
      const disk = original.afterKill();
      const damaged = damages[name]!(disk.files().get(path)!, () => random.float());
      if (damaged === null) await disk.unlink(path);
      else disk.plant(path, damaged);
      const opened = await open(disk);
      expect(opened, path).not.toBe("damaged");
      if (opened === "damaged") continue;
      // One blob is never shared by two consecutive checkpoints, so the one before the newest is there.
      expect(opened.step, path).toBeGreaterThanOrEqual(STEPS - 1);
      const lost = opened.step < STEPS;
      if (lost && name !== "deleted") expect(opened.warnings.join(), path).toMatch(/damaged and was set aside/);
    }
  });
});

describe("files in each other's place", () => {
  it("are found: every two of a kind swapped, every one replaced by another", async () => {
    const original = await finishedRun();
    const files = stateFiles(original);
    const kind = (path: string): string => path.replace(/[^/]*$/, "");
    for (const a of files) {
      for (const b of files) {
        if (a === b || kind(a) !== kind(b)) continue;
        const disk = original.afterKill();
        disk.plant(a, original.files().get(b)!);
        if (a < b) disk.plant(b, original.files().get(a)!);
        const opened = await open(disk);
        // Two files may belong to both bases; one file costs the newest checkpoint at most.
        const lost = opened === "damaged" ? STEPS : STEPS - opened.step;
        expect(lost, `${a} and ${b}`).toBeLessThanOrEqual(a < b ? STEPS : 1);
      }
    }
  });

  it("are found when they come from another run", async () => {
    const disk = simulatedDisk();
    await trainRun(localStore("/runs", disk), STEPS, undefined, "run-1");
    await trainRun(localStore("/runs", disk), STEPS + 1, undefined, "run-2");
    for (const name of ["1-0.json", "1-5.json"]) {
      const left = disk.afterKill();
      left.plant(`${RUN}/manifests/${name}`, disk.files().get(`/runs/run-2/manifests/${name}`)!);
      const opened = await open(left);
      expect(opened).toMatchObject({ step: name === "1-0.json" ? STEPS : STEPS - 1 });
    }
  });
});

describe("a run with damage", () => {
  it("sets aside what is damaged, deletes nothing, and says what it goes on from", async () => {
    const disk = await finishedRun();
    const store = localStore("/runs", disk);
    const path = `${RUN}/manifests/1-5.json`;
    const bytes = disk.files().get(path)!;
    disk.plant(path, bytes.slice(0, 100));
    expect(await verifyRun(store, "run-1")).toMatchObject({ ok: false, resumable: true });
    const { step, warnings } = await loadedStep(store);
    expect(step).toBe(4);
    expect(warnings).toEqual([
      expect.stringMatching(/Checkpoint 1-5 is damaged and was set aside .* from checkpoint 1-4/),
    ]);
    expect(Buffer.from(disk.files().get(`${RUN}/quarantine/1-5.json`)!)).toEqual(Buffer.from(bytes.slice(0, 100)));
    expect((await verifyRun(store, "run-1")).ok).toBe(true);
  });

  it("loses every other checkpoint at most to one blob that they share", async () => {
    const original = simulatedDisk();
    const store = localStore("/runs", original);
    const session = await createRun(store, { runId: "run-1", run: {}, inThread: true, lease: impatient() });
    const table = new Float64Array(50_000).map((_, i) => i);
    const trees = new Float64Array(50_000 + 5).map((_, i) => i / 2);
    for (let step = 1; step <= 5; step++) {
      const arrays = { table, trees: trees.slice(0, 50_000 + step) };
      await session.commit({ stage: "train", step }, { json: {}, arrays, appendOnly: ["trees"] });
      await session.flush();
    }
    await session.close();
    const shared = [...original.files()].filter(([path, bytes]) => path.includes("/blobs/") && bytes.length > 100_000);
    // The table and the first trees, each in two bases.
    expect(shared).toHaveLength(4);
    for (const [path, bytes] of shared) {
      const disk = original.afterKill();
      disk.plant(path, bytes.slice(1));
      const { checkpoints } = await verifyRun(localStore("/runs", disk), "run-1");
      const good = checkpoints.filter((checkpoint) => checkpoint.ok).map((checkpoint) => checkpoint.sequence);
      expect([[5, 3], [4]]).toContainEqual(good);
      const opened = await openRun(localStore("/runs", disk), "run-1", { inThread: true, lease: impatient() });
      expect(opened.latest?.sequence).toBe(good[0]);
      await opened.close();
    }
  });

  it("is refused, and left as it is, when no checkpoint is whole; again and again", async () => {
    const disk = await finishedRun();
    for (const path of stateFiles(disk)) if (path.includes("/blobs/")) disk.plant(path, "gone");
    const before = stateFiles(disk);
    for (let i = 0; i < 2; i++) {
      await expect(loadedStep(localStore("/runs", disk))).rejects.toMatchObject({ kind: "damaged", exitCode: 4 });
      expect(stateFiles(disk)).toEqual(before);
    }
    expect(await verifyRun(localStore("/runs", disk), "run-1")).toMatchObject({ ok: false, resumable: false });
  });

  it("is refused when checkpoints that an owner had are gone", async () => {
    const disk = await finishedRun();
    const store = localStore("/runs", disk);
    await loadedStep(store);
    for (const path of stateFiles(disk)) if (/manifests\/1-[1-9]/.test(path)) await disk.unlink(path);
    await expect(loadedStep(store)).rejects.toMatchObject({ kind: "damaged" });
  });

  it("restores run.json from its copy", async () => {
    const disk = await finishedRun();
    const before = disk.files().get(`${RUN}/run.json`)!;
    disk.plant(`${RUN}/run.json`, "{}");
    const { step, warnings } = await loadedStep(localStore("/runs", disk));
    expect(step).toBe(STEPS);
    expect(warnings[0]).toMatch(/run.json was damaged and has been restored/);
    expect(Buffer.from(disk.files().get(`${RUN}/run.json`)!)).toEqual(Buffer.from(before));
  });

  it("of another version of kaayko is refused, not set aside", async () => {
    const disk = await finishedRun();
    const { seal, unseal } = await import("../../src/storage/sealed-json.ts");
    const path = `${RUN}/manifests/1-5.json`;
    const { content } = unseal(disk.files().get(path)!, "it");
    disk.plant(path, seal({ ...content, version: 2 }).text);
    await expect(loadedStep(localStore("/runs", disk))).rejects.toThrow(/format must be version 1, got 2/);
    expect(disk.files().has(path)).toBe(true);
  });

  it("with a lease that nobody can read is opened once its owner is silent", async () => {
    const disk = await finishedRun();
    disk.plant(`${RUN}/lease.1`, "?");
    disk.plant(`${RUN}/beat.1`, "?");
    expect((await loadedStep(localStore("/runs", disk))).step).toBe(STEPS);
    await disk.unlink(`${RUN}/lease.2`);
    await disk.unlink(`${RUN}/lease.1`);
    const session = await openRun(localStore("/runs", disk), "run-1", { inThread: true, lease: impatient() });
    await session.commit({ stage: "train", step: 6 }, { json: {}, arrays: {} });
    expect((await session.flush())?.token).toBe(3);
    await session.close();
  });
});

describe("manifests that somebody else wrote", () => {
  it("are refused or read, whatever they say, without a crash", async () => {
    const { seal, unseal } = await import("../../src/storage/sealed-json.ts");
    const original = await finishedRun();
    const path = `${RUN}/manifests/1-5.json`;
    const random = randomStream(5, "fuzz");
    const odd = [null, -1, 1.5, 1e300, "", "../../etc/passwd", [], {}, "__proto__", 2 ** 53, true, [null], { blob: 9 }];
    const mutate = (value: unknown, depth = 0): unknown => {
      if (random.float() < 0.04 && depth > 0) return odd[random.integer(odd.length)];
      if (Array.isArray(value)) return value.map((item) => mutate(item, depth + 1));
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mutate(item, depth + 1)]));
    };
    let refused = 0;
    for (let i = 0; i < 400; i++) {
      const disk = original.afterKill();
      const { content } = unseal(original.files().get(path)!, "it");
      disk.plant(path, seal({ ...(mutate(content) as typeof content), version: 1, format: "kaayko-checkpoint" }).text);
      const checkpoints = await listCheckpoints(localStore("/runs", disk), "run-1");
      expect(checkpoints.length).toBeGreaterThan(2);
      const session = await openRun(localStore("/runs", disk), "run-1", { inThread: true, lease: impatient() });
      if (session.latest?.sequence !== STEPS) refused++;
      await session.close();
    }
    expect(refused).toBeGreaterThan(100);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("every file of a run", () => {
  it("cut short by any number of bytes is found (every 211th length here, all in the soak test)", async () => {
    expect(await expectTruncationsFound(211)).toBeGreaterThan(30);
  });

  it("with one bit flipped is found (100 here, 5,000 in the soak test)", async () => {
    expect(await expectFlipsFound(100, 1)).toBe(100);
  });
});
