import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listRuns, localStore, verifyRun } from "../../src/checkpoints/index.ts";
import { runHere } from "../support/run-here.ts";

const CORPUS = fileURLToPath(new URL("../fixtures/corpus/", import.meta.url));
const VERSIONS = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
/** What a clear refusal names: a version or a format that this program does not go on with. */
const REFUSAL = /version|format/;

interface Expected {
  readonly models: Readonly<Record<string, string>>;
  readonly predictions: Readonly<Record<string, readonly object[]>>;
  /** Model hashes of runs that were never interrupted, by the folder of the one that was. */
  readonly resumed: Readonly<Record<string, string>>;
}

/** Networks compute in float32: a later build may sum in another order, but must not predict anything else. */
function toSixDigits(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "number" ? expect.closeTo(value, 6) : value]),
  );
}

/** Runs and models of every version since the corpus began: each is used exactly, or refused clearly and left as it is. */
describe.each(VERSIONS)("what version %s wrote", (version) => {
  let folder: string;
  let expected: Expected;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-corpus-"));
    cpSync(join(CORPUS, version), folder, { recursive: true });
    expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (args: string) => runHere([...args.split(" "), "--json", "--no-input"], { cwd: folder });

  it("is whole", async () => {
    for (const name of ["finished", ...Object.keys(expected.resumed)]) {
      const store = localStore(join(folder, name));
      const [found] = await listRuns(store);
      expect(found).toMatchObject({ status: name === "finished" ? "completed" : "interrupted" });
      if (found!.error === undefined) expect(await verifyRun(store, found!.runId)).toMatchObject({ ok: true });
      else expect(found!.error).toMatch(REFUSAL);
    }
  });

  it("predicts as it did, or is refused as a model of another version", async () => {
    for (const [name, hash] of Object.entries(expected.models)) {
      const { code, stdout } = await run(`predict --model ${name} --data table.csv`);
      const document = JSON.parse(stdout);
      if (code === 0) {
        expect(document.predictions.slice(0, 20)).toEqual(expected.predictions[name]!.map(toSixDigits));
        expect(JSON.parse((await run(`models show ${name}`)).stdout).modelSha256).toBe(hash);
      } else expect(document.error.message, name).toMatch(REFUSAL);
    }
  });

  it("prints a finished run's result again", async () => {
    const { code, stdout } = await run("resume --checkpoints-dir finished");
    const document = JSON.parse(stdout);
    if (code === 0) expect(Object.values(expected.models)).toContain(document.modelSha256);
    else expect(document.error.message).toMatch(REFUSAL);
  });

  it("goes on where it was interrupted and ends in the same bytes, or is refused as a run of another version", async () => {
    for (const [checkpoints, golden] of Object.entries(expected.resumed)) {
      const { code, stdout } = await run(`resume --checkpoints-dir ${checkpoints}`);
      const document = JSON.parse(stdout);
      const store = localStore(join(folder, checkpoints));
      const [left] = await listRuns(store);
      expect(await verifyRun(store, left!.runId)).toMatchObject({ ok: true });
      if (code === 0) {
        expect(document.modelSha256, checkpoints).toBe(golden);
        expect(left!.status).toBe("completed");
      } else expect(document.error.message).toMatch(REFUSAL);
    }
  });
});
