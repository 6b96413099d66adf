import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../support/run-here.ts";
import { startKaayko } from "../support/run-kaayko.ts";

/** Four groups: the first is committed long before the last is written. */
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

/** Rows that a generation which is under way has committed; 0 before it has any. */
function committedRows(name: string): number {
  const journal = join(folder, `.${name}.journal`);
  if (!existsSync(journal)) return 0;
  const { state } = JSON.parse(readFileSync(journal, "utf8")) as { state: { written: { rows: number }[] } };
  return state.written.reduce((sum, { rows }) => sum + rows, 0);
}

it("a table whose generation is killed shows no half file, and ends in the same bytes", async () => {
  const undisturbed = await runHere(generate("undisturbed.parquet"), { cwd: folder });
  expect(undisturbed.code, undisturbed.stderr).toBe(0);
  let before = 0;
  let kills = 0;
  for (; kills < 2; kills++) {
    const { child, finished } = startKaayko(generate("killed.parquet"), { cwd: folder });
    while (committedRows("killed.parquet") <= before && child.exitCode === null) await sleep(2);
    child.kill("SIGKILL");
    // On a loaded machine it may have ended before the second kill came.
    if ((await finished).signal !== "SIGKILL") break;
    expect(existsSync(join(folder, "killed.parquet"))).toBe(false);
    before = committedRows("killed.parquet");
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(ROWS);
  }
  expect(kills).toBeGreaterThan(0);
  const last = await runHere(generate("killed.parquet"), { cwd: folder });
  expect(last.code, last.stderr).toBe(0);
  expect(hashOf("killed.parquet")).toBe(hashOf("undisturbed.parquet"));
  expect(readdirSync(folder).sort()).toEqual(["killed.parquet", "undisturbed.parquet"]);
});
