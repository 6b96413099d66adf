import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diesAt } from "../support/dies-at.ts";
import { runHere } from "../support/run-here.ts";
import { type Finished, runKaayko } from "../support/run-kaayko.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-any-table-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const NAMES = ["__proto__", "constructor", "a,b", 'say "hi"', "größe 😀"];
const ROWS = Array.from({ length: 300 }, (_, i) => [i % 7, (i * 0.37) % 5, `${i % 3}-x`, i / 7, (i * i) % 11]);
const TARGET = "score";
const targetOf = (row: readonly (number | string)[]) => Number(row[0]) * 2 + Number(row[1]);

function kaayko(argv: readonly string[], input = ""): Promise<Finished> {
  return runHere(argv, { cwd, input, env: { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache"), CI: "1" } });
}

async function json(argv: readonly string[], input = "") {
  const { code, stdout, stderr } = await kaayko([...argv, "--json"], input);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe("a table whose columns have names of other things", () => {
  const quoted = (cell: string | number) => `"${String(cell).replaceAll('"', '""')}"`;
  const asObject = (row: readonly (number | string)[]) =>
    `{${NAMES.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(row[i])}`).join(",")}}`;

  beforeAll(async () => {
    const lines = ROWS.map((row) => [...row, targetOf(row)].map(quoted).join(","));
    writeFileSync(join(cwd, "t.csv"), `${[...NAMES, TARGET].map(quoted).join(",")}\n${lines.join("\n")}\n`);
    writeFileSync(join(cwd, "t.jsonl"), ROWS.map((row) => `${asObject(row)}\n`).join(""));
    await json(["train", "--data", "t.csv", "--target", TARGET, "--algorithms", "xgboost", "--rounds", "8"]);
  });

  it("predicts the same from files and from rows of a pipe", async () => {
    const values = (predictions: { prediction: number }[]) => predictions.map(({ prediction }) => prediction);
    const fromCsv = values((await json(["predict", "--model", "t", "--data", "t.csv"])).predictions);
    expect(fromCsv).toHaveLength(300);
    expect(new Set(fromCsv).size).toBeGreaterThan(10);
    const fromLines = values((await json(["predict", "--model", "t", "--data", "t.jsonl"])).predictions);
    expect(fromLines).toEqual(fromCsv);
    const piped = ROWS.map((row) => `${asObject(row)}\n`).join("");
    expect(values((await json(["predict", "--model", "t"], piped)).predictions)).toEqual(fromCsv);
    const array = `[${ROWS.map(asObject).join(",")}]`;
    expect(values((await json(["predict", "--model", "t"], array)).predictions)).toEqual(fromCsv);
  });

  it("keeps columns as they were, also of rows from a pipe", async () => {
    const fromFile = await kaayko(["predict", "--model", "t", "--data", "t.csv", "--keep", "__proto__,constructor"]);
    expect(fromFile.stdout.split("\n")[1]).toMatch(/^\{"__proto__":1,"constructor":0\.37,"prediction":/);
    const fromPipe = await kaayko(["predict", "--model", "t", "--keep", "constructor"], asObject(ROWS[1]!));
    expect(fromPipe.stdout).toMatch(/^\{"constructor":0\.37,"prediction":/);
  });

  it("measures the test rows as training did", async () => {
    const lines = readFileSync(join(cwd, "t.csv"), "utf8").trimEnd().split("\n");
    const split = (keep: (i: number) => boolean) =>
      [lines[0], ...lines.slice(1).filter((_, i) => keep(i)), ""].join("\n");
    writeFileSync(
      join(cwd, "learn.csv"),
      split((i) => i % 5 !== 0),
    );
    writeFileSync(
      join(cwd, "judge.csv"),
      split((i) => i % 5 === 0),
    );
    const flags = ["--target", TARGET, "--algorithms", "xgboost", "--rounds", "8", "--name", "judged"];
    const trained = await json(["train", "--data", "learn.csv", "--test", "judge.csv", ...flags]);
    const measured = await json(["evaluate", "--model", "judged", "--data", "judge.csv"]);
    expect(measured.metrics).toEqual(trained.metrics.test);
    expect(measured).toMatchObject({ schemaVersion: 1, rows: 60, modelSha256: trained.modelSha256 });
  });
});

it("refuses to resume with a changed file of features, and forks", async () => {
  const lines = ROWS.map((row) => `${row[0]},${row[1]},${targetOf(row)}`);
  writeFileSync(join(cwd, "f.csv"), `a,b,y\n${lines.join("\n")}\n`);
  writeFileSync(join(cwd, "helper.ts"), "export const twice = (value: number): number => 2 * value;\n");
  writeFileSync(
    join(cwd, "mine.ts"),
    'import { twice } from "./helper.ts";\nexport const more = ({ a }: { a: number }) => twice(a);\n',
  );
  const flags = ["--data", "f.csv", "--target", "y", "--algorithms", "xgboost", "--rounds", "400", "--refit", "never"];
  const stop = ["--set", "xgboost.earlyStoppingRounds=0", "--features", "mine.ts", "--checkpoints-dir", "stopped"];
  const { code, stderr } = await runKaayko(["train", ...flags, ...stop, "--checkpoint-every", "1steps"], {
    cwd,
    env: {
      HOME: cwd,
      KAAYKO_CACHE: join(cwd, "cache"),
      CI: "1",
      ...diesAt({ on: "stderr", text: "[3/5]" }, { signal: "SIGINT" }),
    },
  });
  expect(code, stderr).toBe(130);
  writeFileSync(join(cwd, "helper.ts"), "export const twice = (value: number): number => 3 * value;\n");
  const refused = await kaayko(["resume", "--checkpoints-dir", "stopped"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("features: the content of the file, or of one that it imports");
  const forked = await json(["resume", "--fork", "--checkpoints-dir", "stopped"]);
  expect(forked.status).toBe("completed");
  const row = '{"a": 1, "b": 2}';
  expect((await kaayko(["predict", "--model", "f"], row)).code).toBe(2);
  expect((await json(["predict", "--model", "f", "--features", "mine.ts"], row)).predictions).toHaveLength(1);
});
