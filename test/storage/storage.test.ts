import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KaaykoError, randomStream } from "../../src/core/index.ts";
import {
  appendLine,
  checkName,
  ensureFolder,
  explainDiskError,
  fateOf,
  isSafeName,
  nodeFileSystem,
  ownProcess,
  pathOfKey,
  publishExclusive,
  publishFolder,
  readFileCapped,
  removeFolder,
  reserveName,
  storageAbilities,
  writeFileAtomic,
} from "../../src/storage/index.ts";
import { faultyFileSystem } from "./faulty-file-system.ts";
import { failure, simulatedDisk } from "./simulated-disk.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-storage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (path: string): string => readFileSync(path, "utf8");

describe("writeFileAtomic", () => {
  it("writes text, bytes and chunks, replaces what was there, leaves nothing else", async () => {
    const path = join(folder, "a.json");
    await writeFileAtomic(path, "first");
    await writeFileAtomic(path, Buffer.from("second"));
    expect(text(path)).toBe("second");
    await writeFileAtomic(path, () => [Buffer.from("in "), Buffer.from("pieces")]);
    expect(text(path)).toBe("in pieces");
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("has written for good once it returns, and leaves the old or the new content before that", async () => {
    for (let at = 1; at < 100; at++) {
      const disk = simulatedDisk();
      disk.plant("/x/file", "old");
      let dead = false;
      const fs = faultyFileSystem(disk, {
        before(call) {
          dead ||= call.number === at;
          if (dead) throw failure("EDEAD", call.path);
        },
      });
      const written = await writeFileAtomic("/x/file", "new", fs).then(
        () => true,
        () => false,
      );
      for (const seed of [1, 2, 3, 4]) {
        const left = disk
          .afterPowerLoss(randomStream(seed, "cut", at))
          .files()
          .get("/x/file")!;
        expect(written ? ["new"] : ["old", "new"]).toContain(Buffer.from(left).toString());
      }
      if (!dead) return;
    }
  });

  it("writes again under a new name when a sync fails, instead of trusting a second sync", async () => {
    const disk = simulatedDisk();
    disk.plant("/x/old", "old");
    const synced: string[] = [];
    const fs = faultyFileSystem(disk, {
      before(call) {
        if (call.name !== "sync" || call.path === "/x") return;
        synced.push(call.path);
        if (synced.length === 1) throw failure("EIO", call.path);
      },
    });
    await writeFileAtomic("/x/old", "new", fs);
    expect(new Set(synced).size).toBe(2);
    expect(Buffer.from(disk.files().get("/x/old")!).toString()).toBe("new");
    expect(disk.files().size).toBe(1);
  });

  it("keeps the old file and removes its temporary one when the disk is full", async () => {
    const disk = simulatedDisk();
    disk.plant("/x/old", "old");
    const fs = faultyFileSystem(disk, {
      before(call) {
        if (call.name === "write") throw failure("ENOSPC", call.path);
      },
    });
    await expect(writeFileAtomic("/x/old", "new", fs)).rejects.toThrow("Cannot write /x/old: the disk is full");
    expect(Buffer.from(disk.files().get("/x/old")!).toString()).toBe("old");
    expect(disk.files().size).toBe(1);
  });
});

describe("publishExclusive", () => {
  it("lets exactly one of many win and never replaces", async () => {
    const path = join(folder, "lease");
    const results = await Promise.all(Array.from({ length: 8 }, (_, i) => publishExclusive(path, `owner ${i}`)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(text(path)).toBe(`owner ${results.indexOf(true)}`);
    expect(readdirSync(folder)).toEqual(["lease"]);
  });

  it("creates exclusively in place where there are no links", async () => {
    const fs = faultyFileSystem(nodeFileSystem, {
      before(call) {
        if (call.name === "link") throw failure("EPERM", call.path);
      },
    });
    expect(await publishExclusive(join(folder, "a"), "one", fs)).toBe(true);
    expect(await publishExclusive(join(folder, "a"), "two", fs)).toBe(false);
    expect(text(join(folder, "a"))).toBe("one");
  });
});

describe("readFileCapped", () => {
  it("reads, and answers undefined for what is not there", async () => {
    writeFileSync(join(folder, "a"), "abc");
    expect(Buffer.from((await readFileCapped(join(folder, "a"), 3))!).toString()).toBe("abc");
    expect(await readFileCapped(join(folder, "none"), 3)).toBeUndefined();
  });

  it("refuses what is too large, a link, a folder", async () => {
    writeFileSync(join(folder, "a"), "abcd");
    symlinkSync(join(folder, "a"), join(folder, "link"));
    for (const name of ["a", "link", "."])
      await expect(readFileCapped(join(folder, name), 3)).rejects.toMatchObject({ kind: "damaged" });
  });
});

describe("folders", () => {
  it("makes what is missing, mode 0700, and accepts what is there", async () => {
    await ensureFolder(join(folder, "a/b/c"));
    await ensureFolder(join(folder, "a/b/c"));
    expect(statSync(join(folder, "a/b")).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder, "file"), "");
    await expect(ensureFolder(join(folder, "file"))).rejects.toThrow(/not a folder/);
    await expect(ensureFolder(join(folder, "file/below"))).rejects.toThrow(/not a folder/);
  });

  it("removes everything without following links", async () => {
    mkdirSync(join(folder, "a/b"), { recursive: true });
    mkdirSync(join(folder, "safe"));
    writeFileSync(join(folder, "safe/keep"), "");
    symlinkSync(join(folder, "safe"), join(folder, "a/b/link"));
    await removeFolder(join(folder, "a"));
    await removeFolder(join(folder, "a"));
    expect(readdirSync(folder)).toEqual(["safe"]);
    expect(readdirSync(join(folder, "safe"))).toEqual(["keep"]);
  });
});

describe("publishFolder", () => {
  const files = [
    ["model.json", "{}"],
    ["arrays/0.bin", new Uint8Array(3)],
  ] as const;

  it("publishes whole folders, once", async () => {
    const parent = join(folder, "models/trees");
    expect(await publishFolder(parent, "1", files)).toBe(true);
    expect(await publishFolder(parent, "1", [["other", "x"]])).toBe(false);
    expect(readdirSync(join(parent, "1")).sort()).toEqual(["arrays", "model.json"]);
    expect(readdirSync(parent)).toEqual(["1"]);
  });

  it("refuses names that leave the folder, and leaves nothing", async () => {
    await expect(publishFolder(folder, "../x", files)).rejects.toMatchObject({ kind: "usage" });
    await expect(publishFolder(folder, "1", [["../../x", "x"]])).rejects.toMatchObject({ kind: "usage" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is there whole or not at all after a power cut at any call", async () => {
    for (let at = 1; at < 1000; at++) {
      const disk = simulatedDisk();
      let dead = false;
      const fs = faultyFileSystem(disk, {
        before(call) {
          dead ||= call.number === at;
          if (dead) throw failure("EDEAD", call.path);
        },
      });
      const published = await publishFolder("/models", "1", files, fs).catch(() => false);
      for (const seed of [1, 2, 3]) {
        const left = [...disk.afterPowerLoss(randomStream(seed, "cut", at)).files()];
        const names = left.filter(([path]) => path.startsWith("/models/1/"));
        expect([0, 2]).toContain(names.length);
        if (published) expect(names).toHaveLength(2);
        for (const [path, bytes] of names) expect(bytes.length, path).toBe(path.endsWith("json") ? 2 : 3);
      }
      if (!dead) break;
    }
  });

  it("reserves a version for one run, and the same one when that asks again", async () => {
    const versions = (): string[] => Array.from({ length: 10 }, (_, i) => String(i + 1));
    const parent = join(folder, "trees");
    expect(await reserveName(parent, versions(), "run-a")).toBe("1");
    expect(await reserveName(parent, versions(), "run-b")).toBe("2");
    expect(await reserveName(parent, versions(), "run-a")).toBe("1");
    await publishFolder(parent, "3", files);
    expect(await reserveName(parent, versions(), "run-c")).toBe("4");
    expect(await reserveName(parent, ["1"], "run-d")).toBeUndefined();
  });

  it("reserves another version for each of several runs that ask at once", async () => {
    const holders = ["run-1", "run-2", "run-3", "run-4"];
    const names = await Promise.all(holders.map((holder) => reserveName(folder, ["v1", "v2", "v3", "v4"], holder)));
    expect([...names].sort()).toEqual(["v1", "v2", "v3", "v4"]);
  });
});

describe("appendLine", () => {
  it("adds lines and sets a long file aside", async () => {
    const path = join(folder, "events.jsonl");
    await appendLine(path, '{"a":1}');
    await appendLine(path, "two\nlines");
    expect(text(path)).toBe('{"a":1}\ntwo lines\n');
    await appendLine(path, "x", { rotateBytes: 5 });
    expect(text(path)).toBe("x\n");
    expect(text(`${path}.1`)).toContain('{"a":1}');
  });
});

describe("names", () => {
  it.each(["run-1", "a.b_c", "20261121-080000-abcdef", "7"])("accepts %s", (name) => {
    expect(isSafeName(name)).toBe(true);
  });

  it.each(["", ".", "..", ".x", "-x", "a/b", "a\\b", "a\0", "é", "con", "NUL.txt", "a.", "x".repeat(201)])(
    "refuses %j",
    (name) => {
      expect(() => checkName(name, "a name")).toThrow(KaaykoError);
    },
  );

  it("keeps every key below its folder", () => {
    expect(pathOfKey("/root", "run/blobs/1")).toBe(join("/root", "run", "blobs", "1"));
    for (const key of ["../x", "a/../../x", "/etc/passwd", "a//b", ""])
      expect(() => pathOfKey("/root", key)).toThrow(KaaykoError);
  });
});

describe("errors of the disk", () => {
  it.each([
    ["ENOSPC", "the disk is full"],
    ["EDQUOT", "the disk is full"],
    ["EROFS", "read-only"],
    ["EACCES", "permission"],
    ["EMFILE", "too many files"],
    ["EIO", "the disk reported an error"],
    ["EXDEV", "EXDEV"],
  ])("%s is explained, with a remedy", (code, words) => {
    const error = explainDiskError("write x", failure(code, "x")) as KaaykoError;
    expect(error.message).toMatch(/^Cannot write x: /);
    expect(error.message).toContain(words);
    expect(error.kind).toBe("failed");
    expect(error.remedy).toMatch(/\.$/);
  });
});

describe("a process", () => {
  it("is alive, is dead under another start time, and is unknown on another machine", () => {
    const own = ownProcess();
    if (own.startTime === null) return;
    expect(fateOf(own)).toBe("alive");
    expect(fateOf({ ...own, startTime: "1" })).toBe("dead");
    expect(fateOf({ ...own, pid: 2 ** 22 + 1 })).toBe("dead");
    expect(fateOf({ ...own, bootId: "another" })).toBe("unknown");
    expect(fateOf({ ...own, pidNamespace: "another" })).toBe("unknown");
  });
});

it("says what a folder can do and leaves nothing behind", async () => {
  const abilities = await storageAbilities(folder);
  expect(Object.values(abilities).every((able) => typeof able === "boolean")).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});
