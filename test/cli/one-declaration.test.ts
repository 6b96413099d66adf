import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askOpenSettings } from "../../src/cli/questions.ts";
import type { TrainRequest } from "../../src/cli/services.ts";
import { resolveSettings } from "../../src/cli/settings/resolve.ts";
import type { Prompter } from "../../src/cli/terminal/prompter.ts";
import type { ParameterSpec } from "../../src/core/index.ts";
import { describeRequest, requestOfRun, TRAINING_PARAMETERS } from "../../src/training/index.ts";
import { type RunOptions, run } from "./doubles/run.ts";

const NEW: ParameterSpec = {
  name: "coolingTime",
  type: "duration",
  min: 1,
  group: "Training",
  placeholder: "2m",
  prompt: "How long to cool down?",
  description: "Rest between two algorithms",
};
const parameters = [...TRAINING_PARAMETERS, NEW];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-declaration-"));
  writeFileSync(join(cwd, "a.csv"), "x,y\n1,2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const kaayko = (argv: readonly string[], options: RunOptions = {}) => run(argv, { cwd, parameters, ...options });

async function trained(argv: readonly string[], options: RunOptions = {}): Promise<TrainRequest> {
  const { calls, stderr } = await kaayko(["train", "--data", "a.csv", "--target", "y", ...argv], options);
  expect(calls, stderr).toHaveLength(1);
  return calls[0]![1] as TrainRequest;
}

it("makes a flag, in both spellings, with its rule and a suggestion", async () => {
  expect((await trained(["--cooling-time", "2m"])).settings.coolingTime).toBe(120);
  expect((await trained(["--cooling_time=90"])).settings.coolingTime).toBe(90);
  const broken = await kaayko(["train", "--cooling-time", "soon"]);
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining("a time such as 30s, 5m or 2h")]);
  const mistyped = await kaayko(["train", "--coling-time", "2m"]);
  expect([mistyped.code, mistyped.stderr]).toEqual([2, expect.stringContaining("--cooling-time")]);
});

it("makes a line of the help and a word of the completion", async () => {
  const { stdout } = await kaayko(["train", "--help"]);
  expect(stdout).toMatch(/--cooling-time <2m>\s+Rest between two algorithms/);
  expect((await kaayko(["completion", "bash"])).stdout).toContain("--cooling-time");
});

it("makes a variable, a key of the config file, and a line of config show", async () => {
  expect((await trained([], { env: { KAAYKO_COOLING_TIME: "3m" } })).settings.coolingTime).toBe(180);
  writeFileSync(join(cwd, "own.json"), '{ "coolingTime": "4m" }');
  expect((await trained(["--config", "own.json"])).settings.coolingTime).toBe(240);
  const { stdout } = await kaayko(["config", "show", "--json", "--config", "own.json"]);
  expect(JSON.parse(stdout).settings.at(-1)).toEqual({
    name: "coolingTime",
    value: 240,
    origin: "project",
    where: "own.json",
    flag: "--cooling-time",
    variable: "KAAYKO_COOLING_TIME",
  });
});

it("makes a question", async () => {
  const asked: string[] = [];
  const prompter: Prompter = {
    select: async () => "" as never,
    checkbox: async () => [],
    confirm: async () => true,
    input: async (message) => {
      asked.push(message);
      return "5m";
    },
  };
  const context = { host: { cwd, env: { KAAYKO_CACHE: join(cwd, "cache") }, platform: "linux" } };
  const answers = await askOpenSettings(context as never, prompter, [NEW], resolveSettings([NEW], []));
  expect(asked).toEqual([NEW.prompt]);
  expect(answers.coolingTime).toBe(300);
});

it("is kept with the run", async () => {
  const request = await trained(["--cooling-time", "2m"]);
  expect(requestOfRun(describeRequest(request)).settings.coolingTime).toBe(120);
});
