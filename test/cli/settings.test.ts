import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TrainRequest } from "../../src/cli/services.ts";
import { TRAINING_PARAMETERS } from "../../src/training/settings/index.ts";
import { type RunOptions, run } from "./doubles/run.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-settings-"));
  writeFileSync(join(cwd, "a.csv"), "x,y\n1,2\n");
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const project = (content: unknown, name = "kaayko.config.json") =>
  writeFileSync(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));

function user(content: unknown): Record<string, string> {
  mkdirSync(join(cwd, "user", "kaayko"), { recursive: true });
  writeFileSync(join(cwd, "user", "kaayko", "config.json"), JSON.stringify(content));
  return { XDG_CONFIG_HOME: join(cwd, "user") };
}

async function shown(env: Record<string, string> = {}, ...argv: string[]) {
  const { stdout, stderr, code } = await run(["config", "show", "--json", ...argv], { cwd, env });
  expect(code, stderr).toBe(0);
  const document = JSON.parse(stdout) as {
    settings: { name: string; value: unknown; origin: string; where: string | null }[];
  };
  return Object.fromEntries(document.settings.map(({ name, ...setting }) => [name, setting]));
}

async function trained(options: RunOptions, ...argv: string[]): Promise<TrainRequest> {
  const { calls, stderr } = await run(["train", "--data", "a.csv", "--target", "y", ...argv], { cwd, ...options });
  expect(calls, stderr).toHaveLength(1);
  return calls[0]![1] as TrainRequest;
}

describe("where a setting comes from", () => {
  it("flag over environment over project file over user file over default", async () => {
    const env = { ...user({ rounds: 1, epochs: 1, folds: 1, seed: 1 }), KAAYKO_ROUNDS: "3", KAAYKO_EPOCHS: "3" };
    project({ rounds: 2, epochs: 2, folds: 2 });
    const { settings } = await trained({ env }, "--rounds", "4");
    expect(settings).toMatchObject({ rounds: 4, epochs: 3, folds: 2, seed: 1, testSize: 0.1 });
  });

  it("config show says each value's origin", async () => {
    const env = { ...user({ seed: 7 }), KAAYKO_EPOCHS: "3" };
    project({ folds: 2 });
    const settings = await shown(env);
    expect(settings.epochs).toMatchObject({ value: 3, origin: "environment", where: "KAAYKO_EPOCHS" });
    expect(settings.folds).toMatchObject({ value: 2, origin: "project", where: "kaayko.config.json" });
    expect(settings.seed).toMatchObject({
      value: 7,
      origin: "user",
      where: join(cwd, "user", "kaayko", "config.json"),
    });
    expect(settings.testSize).toMatchObject({ value: 0.1, origin: "default", where: null });
    expect(settings.rounds).toMatchObject({ value: null, origin: "unset" });
    expect(Object.keys(settings)).toEqual(TRAINING_PARAMETERS.map((spec) => spec.name));
  });

  it("--config names another file, which then must be there", async () => {
    project({ folds: 2 });
    project({ folds: 3 }, "other.json");
    expect((await shown({}, "--config", "other.json")).folds).toMatchObject({ value: 3, where: "other.json" });
    const missing = await run(["config", "show", "--config", "absent.json"], { cwd });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("absent.json");
  });

  it("takes settings of algorithms from files and the environment, the nearest first", async () => {
    project({ set: { xgboost: { maxDepth: 3 }, "mlp.learningRate": 0.5, rounds: 11 } });
    const { settings, algorithmSettings } = await trained({ env: { KAAYKO_SET: "xgboost.maxDepth=4" } });
    expect(algorithmSettings).toEqual({ xgboost: { maxDepth: 4 }, mlp: { learningRate: 0.5 } });
    expect(settings.rounds).toBe(11);
  });

  it("leaves aside what a file says of an algorithm that is not chosen", async () => {
    project({ set: { "mlp.learningRate": 0.5 } });
    expect((await trained({}, "--algorithms", "xgboost")).algorithmSettings).toEqual({});
  });

  it("warns of a variable that is nearly a setting's", async () => {
    const { stderr, code } = await run(["train", "--data", "a.csv", "--target", "y"], {
      cwd,
      env: { KAAYKO_ROUNDES: "3" },
    });
    expect(stderr).toContain("KAAYKO_ROUNDES is no setting; did you mean KAAYKO_ROUNDS?");
    expect(code).toBe(0);
  });

  it("commands on runs read the folder from the same layers, and no other setting", async () => {
    project({ checkpointsDir: "elsewhere", rounds: 5 });
    expect((await run(["list-checkpoints"], { cwd, runs: [] })).stdout).toContain(join(cwd, "elsewhere"));
    expect((await run(["list-checkpoints", "--checkpoints-dir", "x"], { cwd, runs: [] })).stdout).toContain(
      join(cwd, "x"),
    );
  });
});

describe("a settings file that is wrong is exit code 2, with where it stands", () => {
  it.each([
    ['{"rouns": 3}', 'Did you mean "rounds"? It stands in kaayko.config.json.'],
    ['{"rounds": "many"}', "It was given by kaayko.config.json"],
    ["{rounds: 3}", "it must be valid JSON"],
    ["[]", "it must be a JSON object"],
    ['{"__proto__": {"a": 1}}', "a key may not name a prototype"],
    ['{"set": 3}', '"set" must be an object'],
    ['{"set": {"xgboost.maxDeph": 3}}', 'Did you mean "xgboost.maxDepth"?'],
    [`{"name": "${"x".repeat(1_000_001)}"}`, "at most 1 MB"],
  ])("%.40s", async (content, expected) => {
    project(content);
    const { code, stderr, stdout, calls } = await run(["train", "--data", "a.csv", "--target", "y"], { cwd });
    expect(stderr).toContain(expected);
    expect({ code, stdout, calls }).toEqual({ code: 2, stdout: "", calls: [] });
  });
});
