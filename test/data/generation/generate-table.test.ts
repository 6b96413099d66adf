import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GROUP_ROWS, generateTable, TableGenerator } from "../../../src/data/index.ts";
import { partialPath } from "../../../src/storage/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-generate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const module = join(folder, "draw.mjs");
writeFileSync(
  module,
  `export function drawGroup({ seed }, group, rows) {
  const a = Float32Array.from({ length: rows }, (_, i) => ((i * 7 + group + seed) % 100) / 4);
  const codes = Uint8Array.from({ length: rows }, (_, i) => (i + group) % 3);
  return { firstRow: 0, rows, columns: [
    { kind: "numeric", name: "a", values: a },
    { kind: "categorical", name: "b", codes, dictionary: ["x", "y"] },
  ] };
}
`,
);

function spec(name: string, rows = 2 * GROUP_ROWS + 17) {
  return {
    path: join(folder, name),
    rows,
    schema: [
      { name: "a", kind: "numeric" as const, physical: "float" },
      { name: "b", kind: "categorical" as const, physical: "string" },
    ],
    module: pathToFileURL(module),
    configuration: { seed: 3 },
    threads: 2,
    version: 1,
  };
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

describe("a generated table", () => {
  beforeAll(() => generateTable(spec("undisturbed.parquet")));

  it("is resumable behind every row group, to the same bytes", async () => {
    const whole = spec("whole.parquet");
    const steps = await expectResumable({
      make: async () => {
        // What the process that was killed had written, and more.
        if (existsSync(whole.path)) copyFileSync(whole.path, partialPath(whole.path));
        return new TableGenerator(whole);
      },
      outcome: async (finished) => finished.sha256,
      dispose: (generator) => generator.dispose(),
    });
    expect(steps).toBe(3);
  });

  it("is gone on with where it was stopped, and leaves nothing beside it", async () => {
    const whole = spec("undisturbed.parquet");
    const stopped = { ...whole, path: join(folder, "stopped.parquet") };
    const abort = new AbortController();
    const begun = generateTable({ ...stopped, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(begun).rejects.toThrow("it was stopped, got 65,536 of 131,089 rows");
    expect(existsSync(stopped.path)).toBe(false);
    const seen: number[] = [];
    await generateTable({ ...stopped, onProgress: (done) => seen.push(done) });
    expect(seen[0]).toBe(2 * GROUP_ROWS);
    expect(hashOf(stopped.path)).toBe(hashOf(whole.path));
    expect(readdirSync(folder).filter((name) => name.startsWith(".stopped"))).toEqual([]);
  });

  it("begins anew where what was written is damaged or belongs to another table", async () => {
    const whole = spec("undisturbed.parquet");
    for (const [name, change] of [
      ["damaged", (path: string) => writeFileSync(partialPath(path), "PAR1 and something else")],
      ["journal", (path: string) => writeFileSync(join(folder, `.${path.split("/").at(-1)}.journal`), "{")],
    ] as const) {
      const other = { ...whole, path: join(folder, `${name}.parquet`) };
      const abort = new AbortController();
      await generateTable({ ...other, signal: abort.signal, onProgress: () => abort.abort() }).catch(() => {});
      change(other.path);
      await generateTable(other);
      expect(hashOf(other.path), name).toBe(hashOf(whole.path));
    }
  });

  it("is kept where it is there, and no other table is replaced", async () => {
    const whole = spec("undisturbed.parquet");
    expect(await generateTable(whole)).toEqual({ rows: whole.rows, generated: false });
    await expect(generateTable({ ...whole, rows: 5 })).rejects.toThrow("the file is there and holds another table");
  });

  it("has the same bytes for one thread and for two", async () => {
    await generateTable({ ...spec("one.parquet"), threads: 1 });
    expect(hashOf(join(folder, "one.parquet"))).toBe(hashOf(join(folder, "undisturbed.parquet")));
  });
});
