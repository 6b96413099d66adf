import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { diesAt } from "../support/dies-at.ts";
import { runHere } from "../support/run-here.ts";
import { runKaayko } from "../support/run-kaayko.ts";

/** Four groups: a process that dies behind its first one has three to go. */
const ROWS = 200_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-generate-kills-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const generate = (out: string): string[] =>
  `data generate --recipe paddle-safety --rows ${ROWS} --seed 5 --out ${out}`.split(" ");
const hashOf = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");

/** Rows that a generation has committed; 0 before it has any. */
function committedRows(name: string): number {
  const journal = join(folder, `.${name}.journal`);
  if (!existsSync(journal)) return 0;
  const { state } = JSON.parse(readFileSync(journal, "utf8")) as { state: { written: { rows: number }[] } };
  return state.written.reduce((sum, { rows }) => sum + rows, 0);
}

it("a table whose generation is killed shows no half file, and ends in the same bytes", async () => {
  const undisturbed = await runHere(generate("undisturbed.parquet"), { cwd: folder });
  expect(undisturbed.code, undisturbed.stderr).toBe(0);
  // The journal is written before the first group, and behind each.
  const env = diesAt({ on: "rename", file: ".killed.parquet.journal", times: 2 });
  let before = 0;
  for (let kill = 1; kill <= 2; kill++) {
    const { signal, stderr } = await runKaayko(generate("killed.parquet"), { cwd: folder, env });
    expect(signal, stderr).toBe("SIGKILL");
    expect(existsSync(join(folder, "killed.parquet"))).toBe(false);
    const committed = committedRows("killed.parquet");
    expect(committed).toBeGreaterThan(before);
    expect(committed).toBeLessThan(ROWS);
    before = committed;
  }
  const last = await runHere(generate("killed.parquet"), { cwd: folder });
  expect(last.code, last.stderr).toBe(0);
  expect(hashOf("killed.parquet")).toBe(hashOf("undisturbed.parquet"));
  expect(readdirSync(folder).sort()).toEqual(["killed.parquet", "undisturbed.parquet"]);
});
