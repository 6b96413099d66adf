import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TESTS = [
  "test/crash/protocol-kills",
  "test/crash/damaged-files",
  "test/crash/fenced-owner",
  "test/storage",
  "test/checkpoints",
];

/** What is taken out of the code, and must be missed by some test. */
const MUTATIONS: readonly (readonly [what: string, file: string, from: string, to: string])[] = [
  ["the sync of files", "storage/write-file.ts", "await uninterrupted(() => file.sync());", ""],
  [
    "the sync of a folder after a rename",
    "storage/write-file.ts",
    "    await syncFolder(fs, dirname(path));\n  });",
    "  });",
  ],
  [
    "the sync of a folder after a link",
    "storage/write-file.ts",
    "if (published) await syncFolder(fs, dirname(path));",
    "",
  ],
  [
    "the sync of the folder of blobs",
    "checkpoints/stores/local.ts",
    "() => syncFolder(fs, path)",
    "async () => undefined",
  ],
  ["the sync above a new folder", "storage/folders.ts", "  await syncFolder(fs, dirname(path));\n}", "}"],
  ["the exclusive link", "storage/write-file.ts", "fs.link(temporary, path)", "fs.rename(temporary, path)"],
  ["the hash of a blob", "checkpoints/load-state.ts", "if (hash !== name.slice(0, hash.length))", "if (hash === name)"],
  ["the hash of a manifest", "storage/sealed-json.ts", "if (sha256(json) !== hash)", "if (json === hash)"],
  [
    "the name in a manifest",
    "checkpoints/manifest.ts",
    "content.token === at.token && content.sequence === at.sequence",
    "true",
  ],
  [
    "the run in a manifest",
    "checkpoints/read-chain.ts",
    "if (runHash !== undefined && manifest.run !== runHash) throw foreign(at);",
    "",
  ],
  [
    "the look at the lease before an acknowledgement",
    "checkpoints/committer.ts",
    "      await this.#lease.check();\n      this.#parent",
    "      this.#parent",
  ],
  [
    "the limits of an opening",
    "checkpoints/read-chain.ts",
    "return at.sequence <= (opening.readable[String(at.token)] ?? 0);",
    "return true;",
  ],
  [
    "manifests removed before their blobs",
    "checkpoints/retention.ts",
    "    await this.#removeManifests(dropped);\n    this.#live",
    "    this.#live",
  ],
  ["the pins", "checkpoints/retention.ts", "go.size > 0 || this.#sweep ?", "this.#sweep ?"],
  ["the check of a prefix", "checkpoints/pack-state.ts", 'hash.copy().digest("hex") === before.digest', "true"],
  ["blobs of two bases", "checkpoints/lay-out-blobs.ts", '(packed.base === 1 ? "" : ".2")', '""'],
  ["the second write after a failed sync", "storage/write-file.ts", "attempt >= 2 ||", "attempt >= 1 ||"],
];

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "kaayko-mutations-"));
  for (const name of ["src", "test", "dist", "package.json", "vitest.config.ts", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function testsPass(): boolean {
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const run = spawnSync(process.execPath, [vitest, "run", "--bail=1", ...TESTS], { cwd: copy, encoding: "utf8" });
  return run.status === 0;
}

describe("the tests notice when something is taken out", () => {
  it("and pass when nothing is", () => {
    expect(testsPass()).toBe(true);
  });

  it.each(MUTATIONS)("%s", (_, file, from, to) => {
    const path = join(copy, "src", file);
    const source = readFileSync(path, "utf8");
    expect(source).toContain(from);
    writeFileSync(path, source.replace(from, to));
    try {
      expect(testsPass()).toBe(false);
    } finally {
      writeFileSync(path, source);
    }
  });
});
