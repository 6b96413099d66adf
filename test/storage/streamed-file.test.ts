import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { createStreamedFile, type FileSystem, nodeFileSystem, ownProcess } from "../../src/storage/index.ts";
import { simulatedDisk } from "./simulated-disk.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-streamed-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** This machine's file system, of which one call of a name fails. */
function failing(name: "write" | "sync", code: string): FileSystem {
  return {
    ...nodeFileSystem,
    open: async (path, flags, mode) => {
      const file = await nodeFileSystem.open(path, flags, mode);
      const fail = async (): Promise<never> => {
        throw Object.assign(new Error(code), { code });
      };
      return { ...file, [name]: fail };
    },
  };
}

describe("a streamed file", () => {
  // Elsewhere nobody can tell whether the process is gone, and the file stays.
  it.skipIf(ownProcess().bootId === null || ownProcess().startTime === null)(
    "removes what a killed process left of it, and nothing that somebody writes",
    async () => {
      const path = join(folder, "out.txt");
      const built = new URL("../../dist/storage/index.js", import.meta.url).href;
      const script = `const { createStreamedFile } = await import(${JSON.stringify(built)});
        await (await createStreamedFile(${JSON.stringify(path)})).write(Buffer.from("half"));
        process.kill(process.pid, "SIGKILL");`;
      expect(spawnSync(process.execPath, ["--input-type=module", "-e", script]).signal).toBe("SIGKILL");
      const [left] = await readdir(folder);
      expect(left).toMatch(/^\.out\.txt\..*\.tmp$/);
      const first = await createStreamedFile(path);
      const second = await createStreamedFile(path);
      const names = await readdir(folder);
      expect(names).toHaveLength(2);
      expect(names).not.toContain(left);
      await first.publish();
      await second.publish();
      expect(await readdir(folder)).toEqual(["out.txt"]);
    },
  );

  it("appears when it is published, whole, and replaces what was there", async () => {
    const path = join(folder, "out.txt");
    for (const text of ["first", "second and longer"]) {
      const file = await createStreamedFile(path);
      for (const letter of text) await file.write(Buffer.from(letter));
      expect(await file.publish()).toBe(text.length);
      expect(file.open).toBe(false);
      await file.abort();
      expect(await readFile(path, "utf8")).toBe(text);
    }
    expect(await readdir(folder)).toEqual(["out.txt"]);
  });

  it("is there for good once it is published: no power cut takes it back", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const disk = simulatedDisk();
      disk.plant("/x/out", "old");
      const file = await createStreamedFile("/x/out", disk);
      await file.write(Buffer.from("new ".repeat(500)));
      await file.publish();
      const left = disk.afterPowerLoss(randomStream(seed, "cut")).files().get("/x/out")!;
      expect(Buffer.from(left).toString()).toBe("new ".repeat(500));
    }
  });

  it("leaves nothing when it is aborted, and takes nothing afterwards", async () => {
    const file = await createStreamedFile(join(folder, "out.txt"));
    await file.write(Buffer.from("x"));
    await file.abort();
    expect(await readdir(folder)).toEqual([]);
    await expect(file.write(Buffer.from("y"))).rejects.toThrow("the file must be open");
  });

  it.each([
    ["write", "ENOSPC", "the disk is full"],
    ["sync", "EIO", "the disk reported an error"],
  ] as const)("leaves nothing when a %s fails with %s", async (name, code, rule) => {
    const file = await createStreamedFile(join(folder, "out.txt"), failing(name, code));
    const attempt = async () => {
      await file.write(Buffer.from("x"));
      await file.publish();
    };
    await expect(attempt()).rejects.toMatchObject({ message: expect.stringContaining(rule), exitCode: 1 });
    expect(await readdir(folder)).toEqual([]);
  });

  it("says that the folder is missing", async () => {
    await expect(createStreamedFile(join(folder, "no", "out.txt"))).rejects.toMatchObject({
      message: expect.stringContaining("its folder must exist"),
      exitCode: 2,
    });
  });
});
