import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "../../src/core/index.ts";
import { createWriter } from "../../src/data/index.ts";
import { drawRows as drawRequests } from "../../src/recipes/assistant/intent/generate.ts";
import { drawRows as drawSentences } from "../../src/recipes/assistant/ner/generate.ts";
import { expandNames, GROUPS } from "../../src/recipes/groups.ts";
import { recipesNamed } from "../../src/recipes/index.ts";
import { diesAt } from "../support/dies-at.ts";
import { runHere } from "../support/run-here.ts";
import { runKaayko } from "../support/run-kaayko.ts";
import { run } from "./doubles/run.ts";

const COMMAND = ["train-all", "--models", "ner,intent", "--epochs", "2", "--report", "none"];
const TABLES = ["--data", "ner=sentences.csv,intent=requests.csv"];

interface Summary {
  readonly status: string;
  readonly models: readonly {
    readonly recipe: string;
    readonly status: string;
    readonly modelSha256: string | null;
    readonly error: { readonly message: string } | null;
  }[];
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-train-all-"));
  await write("sentences.csv", drawSentences(240, 1));
  await write("requests.csv", drawRequests(300, 1));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(name: string, batch: Batch): Promise<void> {
  const schema = batch.columns.map((column) => ({ name: column.name, kind: column.kind, physical: "string" }));
  const writer = await createWriter(join(folder, name), schema);
  await writer.write(batch);
  await writer.finish();
}

/** Runs the real command; with `killAt` in a process that is killed as it says that. */
async function start(runs: string, words: readonly string[], killAt?: string) {
  const folders = ["--checkpoints-dir", runs, "--models-dir", `${runs}-models`, "--json"];
  const args = [...COMMAND, ...words, ...folders];
  const env = { HOME: folder, CI: "1" };
  const { code, signal, stdout, stderr } = await (killAt === undefined
    ? runHere(args, { cwd: folder, env })
    : runKaayko(args, { cwd: folder, env: { ...env, ...diesAt({ on: "stderr", text: killAt }) } }));
  return { code, signal, stderr, summary: stdout === "" ? null : (JSON.parse(stdout) as Summary) };
}

describe("train-all with its real rooms", () => {
  it("goes on as a whole after kills, to the same models", async () => {
    const undisturbed = await start("one", TABLES);
    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    const first = await start("two", TABLES, "[3/5] train");
    expect(first.signal).toBe("SIGKILL");
    const second = await start("two", TABLES, "(2 of 2) assistant-intent: new\n[1/5] load\n[2/5] features");
    expect(second.signal).toBe("SIGKILL");
    expect(second.stderr).toContain("(1 of 2) assistant-ner: going on");
    const last = await start("two", TABLES);
    expect(last.code, last.stderr).toBe(0);
    expect(last.summary!.models.map(({ status }) => status)).toEqual(["finished before", "trained"]);
    const hashes = (summary: Summary) => summary.models.map(({ modelSha256 }) => modelSha256);
    expect(hashes(last.summary!)).toEqual(hashes(undisturbed.summary!));
    expect(hashes(last.summary!)).not.toContain(null);
  }, 600_000);

  it("trains the others where one fails, says what and why, and then only what is missing", async () => {
    const broken = ["--data", "ner=missing.csv,intent=requests.csv"];
    const stopped = await start("three", broken);
    expect(stopped.code).toBe(1);
    expect(stopped.summary!.models.map(({ status }) => status)).toEqual(["failed", "not begun"]);
    const others = await start("three", [...broken, "--continue-on-error"]);
    expect(others.code).toBe(1);
    expect(others.summary!.status).toBe("failed");
    expect(others.summary!.models.map(({ status }) => status)).toEqual(["failed", "trained"]);
    expect(others.summary!.models[0]!.error!.message).toMatch(/missing\.csv/);
    const mended = await start("three", TABLES);
    expect(mended.code, mended.stderr).toBe(0);
    expect(mended.summary!.models.map(({ status }) => status)).toEqual(["trained", "finished before"]);
  }, 600_000);
});

describe("train-all", () => {
  it("says what is missing or not meant", async () => {
    expect((await run(["train-all"])).stderr).toMatch(/it must be said which[\s\S]*--recipe assistant/);
    expect((await run(["train-all", "--models", "nerr"])).stderr).toMatch(/Did you mean "?ner/);
    const unnamed = await run(["train-all", "--models", "ner", "--data", "a.csv"]);
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toContain("--data ner=FILE");
    const grouped = await run(["train", "--recipe", "assistant", "--target", "x"]);
    expect(grouped.code).toBe(2);
    expect(grouped.stderr).toMatch(/several recipes/);
  });

  it("is what train does for a group", async () => {
    const { calls, stderr } = await run(["train", "--recipe", "assistant", "--seed", "7"]);
    const started = calls.filter(([name]) => name === "start").map(([, request]) => request as { settings: object });
    expect(started.length, stderr).toBeGreaterThan(0);
    expect(started[0]!.settings).toMatchObject({ recipe: recipesNamed(["assistant"])[0], seed: 7 });
  });
});

describe("names of recipes", () => {
  const all = ["emotions", "assistant-ner", "assistant-intent", "transactions-amount", "other-ner"];

  it("may be whole, short, or those of groups, each once", () => {
    expect(expandNames(["assistant", "emotions", "assistant-ner", "amount"], all)).toEqual([
      "assistant-intent",
      "assistant-ner",
      "emotions",
      "transactions-amount",
    ]);
    expect(() => expandNames(["spending"], all)).toThrow(/spending/);
  });

  it("must be plain", () => {
    expect(() => expandNames(["ner"], [...all, "transactions-ner"])).toThrow(/got assistant-ner, transactions-ner/);
    expect(GROUPS.assistant).toContain("assistant-ner");
  });
});
