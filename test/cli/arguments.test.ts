import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainRequest } from "../../src/cli/services.ts";
import { run } from "./doubles/run.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-arguments-"));
  for (const name of ["a.csv", "b.csv"]) writeFileSync(join(cwd, name), "x,y\n1,2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const TASK = ["train", "--data", "a.csv", "--target", "y"];

async function settingsOf(...argv: string[]): Promise<TrainRequest> {
  const { calls, stderr } = await run([...TASK, ...argv], { cwd });
  expect(calls, stderr).toHaveLength(1);
  return calls[0]![1] as TrainRequest;
}

describe("flags of train", () => {
  it.each([
    [["--rounds", "7"], { rounds: 7 }],
    [["--rounds=7"], { rounds: 7 }],
    [["--rounds", "7", "--rounds", "8"], { rounds: 8 }],
    [["--sample-size", "10%"], { sampleSize: "10%" }],
    [["--sample_size", "small"], { sampleSize: "small" }],
    [["--smoke_test"], { smokeTest: true }],
    [["--dev"], { dev: true }],
    [["--dev", "--no-dev"], { dev: false }],
    [["--algorithms", "xgboost,mlp"], { algorithms: ["xgboost", "mlp"] }],
    [["--algorithms", "xgboost", "--algorithms", "mlp"], { algorithms: ["xgboost", "mlp"] }],
    [["--time-limit", "30m"], { timeLimit: 1800 }],
    [["--max-memory", "2GB"], { maxMemory: 2e9 }],
    [["--checkpoint-every", "10steps"], { checkpointEvery: "10steps" }],
    [["--min-score", "auc>=0.9"], { minScore: "auc>=0.9" }],
    [["--set", "rounds=9"], { rounds: 9 }],
    [["--target=--odd-name"], { target: "--odd-name" }],
  ])("%j", async (argv, expected) => {
    expect((await settingsOf(...argv)).settings).toMatchObject(expected);
  });

  it("says which settings were given", async () => {
    expect([...(await settingsOf("--rounds", "7")).given].sort()).toEqual(["data", "rounds", "target"]);
  });

  it("gives settings to the algorithms that they name, or to all that have them", async () => {
    const { algorithmSettings } = await settingsOf("--set", "maxDepth=8", "--set", "mlp.learningRate=0.1");
    expect(algorithmSettings).toEqual({ xgboost: { maxDepth: 8 }, mlp: { learningRate: 0.1 } });
  });

  it("lets a setting with its algorithm's name win over a general one, in any order", async () => {
    const { algorithmSettings } = await settingsOf("--set", "xgboost.maxDepth=3", "--set", "maxDepth=8");
    expect(algorithmSettings).toEqual({ xgboost: { maxDepth: 3 } });
  });
});

describe("wrong use is exit code 2, with what to do", () => {
  it.each([
    [["trian"], 'Did you mean "train"?'],
    [["nothing-like-it-at-all"], "Known: train, resume"],
    [["train", "--daat", "x"], "Did you mean --data?"],
    [["train", "--backgroun"], "Did you mean --background?"],
    [["train"], "--data FILE --target COL"],
    [["train", "--data", "a.csv"], "--target COL"],
    [["train", "--data", "a.cvs", "--target", "y"], "Did you mean a.csv?"],
    [["train", "--data", "--target", "y"], "--data=--target"],
    [["train", "--data"], "For example --data <FILE>"],
    [[...TASK, "extra"], "an argument too many"],
    [[...TASK, "--algorithms", "xgbost"], 'Did you mean "xgboost"?'],
    [[...TASK, "--task", "regresion"], 'Did you mean "regression"?'],
    [[...TASK, "--rounds", "many"], "it must be a number"],
    [[...TASK, "--rounds", "0"], "at least 1"],
    [[...TASK, "--rounds", "1.5"], "whole number"],
    [[...TASK, "--set", "maxDepth"], "--set xgboost.maxDepth=8"],
    [[...TASK, "--set", "maxDeph=3"], 'Did you mean "maxDepth"?'],
    [[...TASK, "--set", "xgboost.maxDeph=3"], 'Did you mean "xgboost.maxDepth"?'],
    [[...TASK, "--set", "xgbost.maxDepth=3"], 'Did you mean "xgboost"?'],
    [[...TASK, "--set", "xgboost.maxDepth=99"], "at most 30"],
    [[...TASK, "--algorithms", "mlp", "--set", "xgboost.maxDepth=3"], "Add xgboost to --algorithms"],
    [[...TASK, "--fork"], "Add --resume RUN"],
    [["rollback", "houses-a"], "--to <SEQ>"],
    [["rollback", "--to", "3"], "it needs RUN"],
    [["rollback", "houses-a", "--to", "x"], "it must be a number"],
    [["cleanup"], "--older-than 7d"],
    [["cleanup", "--older-than", "7 parsecs"], "30s, 5m or 2h"],
    [["models"], "it needs one of list, show, import, export"],
    [["models", "lst"], "Did you mean list?"],
    [["predict"], "it needs --model"],
    [["resume", "houses-x"], "Did you mean"],
    [["completion", "tcsh"], "bash"],
    [["status", "houses-x"], "Did you mean"],
    [["data", "generate", "--out", "x.csv"], ".parquet"],
  ])("%j", async (argv, expected) => {
    const { code, stdout, stderr, calls } = await run(argv, { cwd });
    expect(stderr).toMatch(/^error: Cannot .*\n {2}(→|->) .*\n$/s);
    expect(stderr).toContain(expected);
    expect({ code, stdout, calls }).toEqual({ code: 2, stdout: "", calls: [] });
  });
});

describe("help", () => {
  const COMMANDS = [
    "train",
    "resume",
    "v1",
    "v2",
    "v3",
    "status",
    "list-checkpoints",
    "verify",
    "rollback",
    "cleanup",
  ].concat(
    ["clear-cache", "predict", "evaluate", "setup", "doctor", "completion"],
    ["models list", "models show", "models import", "models export", "data inspect", "data generate", "config show"],
  );

  it.each(COMMANDS)("of %s starts with examples and ends with the general flags", async (command) => {
    const { code, stdout, stderr } = await run([...command.split(" "), "--help"]);
    const headings = stdout.match(/^\S.*:(?= |$)/gm)!;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.startsWith(`Examples:\n`)).toBe(true);
    expect(stdout).toContain(`kaayko ${command}`);
    expect(headings.at(-1)).toBe("General:");
    expect(stdout).toContain("--json");
  });

  it("names every command, groups the flags of train, and keeps to the width", async () => {
    const all = (await run(["--help"])).stdout;
    for (const command of COMMANDS) expect(all).toContain(`  ${command.split(" ")[0]} `);
    const train = (await run(["help", "train"], { columns: 80 })).stdout;
    expect(train.match(/^[A-Z]\w+:$/gm)).toEqual([
      "Examples:",
      "Data:",
      "Training:",
      "Benchmark:",
      "Machine:",
      "Checkpoints:",
      "General:",
    ]);
    const flags = train.slice(train.indexOf("Data:")).split("\n");
    expect(Math.max(...flags.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("is what kaayko alone says; --version is one line", async () => {
    expect((await run([])).stdout).toContain("Usage: kaayko");
    expect((await run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("v3", () => {
  it("goes on with the interrupted run, and does what its flags ask for instead", async () => {
    expect((await run(["v3"], { cwd })).calls.at(-1)?.[0]).toBe("resume");
    for (const flag of ["--status", "--list-checkpoints", "--clear-cache"]) {
      const { calls, code, stderr } = await run(["v3", flag], { cwd });
      expect(code, stderr).toBe(0);
      expect(calls.map(([name]) => name)).not.toContain("resume");
    }
  });
});
