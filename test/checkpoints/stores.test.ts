import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type CheckpointStore, listRuns, localStore, memoryStore, newestRun } from "../../src/checkpoints/index.ts";
import { randomStream } from "../../src/core/index.ts";
import { simulatedDisk } from "../storage/simulated-disk.ts";
import { bucketStore, memoryBucket } from "./bucket-store.ts";
import { loadedStep, trainRun } from "./scenario.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-stores-"));
  folders.push(folder);
  return folder;
}

/** What every store must do. A new store adds a line here. */
describe.each<[string, () => CheckpointStore]>([
  ["local", () => localStore(join(temporaryFolder(), "made/with/the/first/run"))],
  ["memory", memoryStore],
  ["bucket with conditional puts", () => bucketStore(memoryBucket())],
])("the %s store", (_, make) => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const read = async (store: CheckpointStore, key: string): Promise<string | undefined> => {
    const found = await store.read(key, 1000);
    return found === undefined ? undefined : new TextDecoder().decode(found);
  };

  it("is empty at first", async () => {
    const store = make();
    expect(await store.children("")).toEqual([]);
    expect(await store.list("run")).toEqual([]);
    expect(await store.read("run/a", 10)).toBeUndefined();
    await store.remove(["run/a"]);
    await store.move("run/a", "run/b");
    await store.removeAll("run");
  });

  it("writes objects of bytes, text and pieces", async () => {
    const store = make();
    await store.write([
      { key: "run/blobs/1/a", content: bytes("abc") },
      { key: "run/blobs/1/b", content: "text" },
      { key: "run/blobs/2/c", content: () => [bytes("in "), bytes("pieces")] },
    ]);
    expect(await read(store, "run/blobs/1/a")).toBe("abc");
    expect(await read(store, "run/blobs/1/b")).toBe("text");
    expect(await read(store, "run/blobs/2/c")).toBe("in pieces");
    expect((await store.list("run/blobs/1")).sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: "run/blobs/1/a", bytes: 3 },
      { key: "run/blobs/1/b", bytes: 4 },
    ]);
    expect((await store.children("run/blobs")).sort()).toEqual(["1", "2"]);
    expect(await store.children("")).toEqual(["run"]);
  });

  it("creates for one of many only", async () => {
    const store = make();
    const won = await Promise.all(Array.from({ length: 10 }, (_, i) => store.create("run/lease.1", `owner ${i}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await read(store, "run/lease.1")).toBe(`owner ${won.indexOf(true)}`);
  });

  it("touches, appends, moves, removes", async () => {
    const store = make();
    await store.touch("run/beat.1", "beat 1");
    await store.touch("run/beat.1", "b2");
    expect(await read(store, "run/beat.1")).toBe("b2");
    await store.append("run/log", "a\n");
    await store.append("run/log", "b\n");
    expect(await read(store, "run/log")).toBe("a\nb\n");
    await store.move("run/log", "run/quarantine/log");
    expect(await store.read("run/log", 10)).toBeUndefined();
    expect(await read(store, "run/quarantine/log")).toBe("a\nb\n");
    await store.remove(["run/beat.1", "run/none"]);
    expect(await store.children("run")).toEqual(["quarantine"]);
    await store.removeAll("run");
    expect(await store.children("")).toEqual([]);
    // Folders that were removed are made again.
    expect(await store.create("run/quarantine/log", "again")).toBe(true);
  });

  it("gives bytes that nobody else changes", async () => {
    const store = make();
    const content = bytes("abc");
    await store.create("run/a", content);
    content[0] = 0;
    const first = (await store.read("run/a", 10))!;
    first[1] = 0;
    expect(await read(store, "run/a")).toBe("abc");
  });

  it("refuses what is too large, and keys that leave it", async () => {
    const store = make();
    await store.create("run/a", "abcd");
    await expect(store.read("run/a", 3)).rejects.toMatchObject({ kind: "damaged" });
    for (const key of ["../a", "run/../../a", "run/.hidden", "/etc/passwd"]) {
      await expect(store.read(key, 10)).rejects.toMatchObject({ kind: "usage" });
      await expect(store.create(key, "")).rejects.toMatchObject({ kind: "usage" });
    }
  });

  it("carries a run", async () => {
    const store = make();
    await trainRun(store, 5);
    expect(await loadedStep(store)).toEqual({ step: 5, warnings: [] });
  });
});

describe("the local store", () => {
  it("follows no link below its folder", async () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    symlinkSync(outside, join(folder, "run"));
    const store = localStore(folder);
    await expect(store.create("run/a", "x")).rejects.toMatchObject({ kind: "damaged" });
    await expect(store.read("run/a", 10)).rejects.toMatchObject({ kind: "damaged" });
    await expect(store.write([{ key: "run/a", content: "x" }])).rejects.toMatchObject({ kind: "damaged" });
    expect(readdirSync(outside)).toEqual([]);
  });

  it("lists its runs beside files, links, and runs that cannot be read", async () => {
    const folder = temporaryFolder();
    const store = localStore(folder);
    await trainRun(store, 2, undefined, "run-1");
    await trainRun(store, 2, undefined, "run-2");
    writeFileSync(join(folder, "README.md"), "notes");
    symlinkSync(join(folder, "run-1"), join(folder, "run-3"));
    const manifest = join(folder, "run-2/manifests/1-2.json");
    const { seal, unseal } = await import("../../src/storage/sealed-json.ts");
    const { content } = unseal(readFileSync(manifest), "it");
    writeFileSync(manifest, seal({ ...content, version: 2 }).text);
    expect(await listRuns(store)).toMatchObject([
      { runId: "run-2", error: expect.stringMatching(/format must be version 1/) },
      { runId: "run-1", checkpoints: 2 },
    ]);
    expect(await newestRun(store)).toBe("run-2");
  });

  it("keeps files and folders to their owner, and shows nothing that is under way", async () => {
    const folder = join(temporaryFolder(), "runs");
    const store = localStore(folder);
    await trainRun(store, 3);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "run-1/blobs/1")).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "run-1/run.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "run-1/manifests/1-3.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, "run-1/blobs/1")).some((name) => name.startsWith("."))).toBe(false);
  });

  it("has moved and removed for good once it returns: no power cut takes it back", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const disk = simulatedDisk();
      for (const key of ["left/a", "run/b", "run/c", "old/d"]) disk.plant(`/runs/${key}`, key);
      const store = localStore("/runs", disk);
      await store.move("left/a", "run/quarantine/a");
      await store.remove(["run/b"]);
      await store.removeAll("old");
      const left = disk.afterPowerLoss(randomStream(seed, "cut")).files();
      expect([...left.keys()].sort()).toEqual(["/runs/run/c", "/runs/run/quarantine/a"]);
    }
  });
});
