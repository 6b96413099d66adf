import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/cli/context.ts";
import { askOpenSettings } from "../../src/cli/questions.ts";
import { flagLayer } from "../../src/cli/settings/layers.ts";
import { answersPath, recallAnswers, rememberAnswers } from "../../src/cli/settings/remembered.ts";
import { resolveSettings } from "../../src/cli/settings/resolve.ts";
import { readSwitches } from "../../src/cli/terminal/capabilities.ts";
import type { Host } from "../../src/cli/terminal/host.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import type { Prompter } from "../../src/cli/terminal/prompter.ts";
import type { ParameterSpec } from "../../src/core/index.ts";
import { TRAINING_PARAMETERS } from "../../src/training/settings/index.ts";
import { doubleServices } from "./doubles/services.mjs";

const DAY = 86_400_000;
let cwd: string;
let host: Host;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-questions-"));
  mkdirSync(join(cwd, "data"));
  for (const name of ["a.csv", "note.txt", "data/b.parquet"]) writeFileSync(join(cwd, name), "x");
  const sink = (): Host["stdout"] => new PassThrough().resume() as unknown as Host["stdout"];
  host = {
    env: { KAAYKO_CACHE: join(cwd, "cache") },
    cwd,
    platform: "linux",
    stdin: Readable.from([]),
    stdout: sink(),
    stderr: sink(),
  };
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Answers by question; what is not answered takes the suggestion. Records what was offered. */
function scripted(answers: Record<string, unknown>) {
  const asked: { message: string; offered: unknown; suggested: unknown }[] = [];
  const answer = (message: string, offered: unknown, suggested: unknown): never => {
    asked.push({ message, offered, suggested });
    return (message in answers ? answers[message] : suggested) as never;
  };
  const prompter: Prompter = {
    select: async (message, choices, suggested) =>
      answer(
        message,
        choices.map((choice) => choice.value),
        suggested,
      ),
    checkbox: async (message, choices) => {
      const checked = choices.filter((choice) => choice.checked).map((choice) => choice.value);
      return answer(
        message,
        choices.map((choice) => choice.value),
        checked,
      );
    },
    input: async (message, suggested, problem) => {
      const text = answer(message, undefined, suggested) as string;
      const wrong = problem(text);
      if (wrong !== undefined) throw new Error(wrong);
      return text;
    },
    confirm: async (message, suggested) => answer(message, undefined, suggested),
  };
  return { prompter, asked };
}

async function ask(
  given: Record<string, unknown>,
  answers: Record<string, unknown>,
  specs: readonly ParameterSpec[] = TRAINING_PARAMETERS,
) {
  const output = createOutput(host, readSwitches([]));
  const services = doubleServices({ parameters: specs });
  const context: Context = {
    argv: [],
    host,
    output,
    services,
    interactive: true,
    commandTree: () => Promise.reject(new Error("unused")),
  };
  const { prompter, asked } = scripted(answers);
  const settled = await askOpenSettings(context, prompter, specs, resolveSettings(specs, [flagLayer(given, [])]));
  return { settled, asked };
}

describe("questions", () => {
  it("offers the tables of the folder, the columns, the algorithms", async () => {
    const { settled, asked } = await ask({}, { "Which table?": "a.csv", "Which algorithms?": ["xgboost"] });
    expect(asked.map(({ message }) => message)).toEqual([
      "Which table?",
      "Which column is to be predicted?",
      "Which algorithms?",
    ]);
    expect((asked[0]!.offered as string[]).slice(0, 2)).toEqual(["a.csv", join("data", "b.parquet")]);
    expect(asked[1]).toMatchObject({ offered: ["rooms", "city", "price"], suggested: "price" });
    expect(settled).toEqual({ data: "a.csv", target: "price", algorithms: ["xgboost"] });
  });

  it("asks only what no flag answered", async () => {
    const { settled, asked } = await ask({ data: "a.csv", algorithms: "mlp" }, {});
    expect(asked.map(({ message }) => message)).toEqual(["Which column is to be predicted?"]);
    expect(settled).toEqual({ target: "price" });
  });

  it("suggests what was answered the last time", async () => {
    await ask(
      {},
      { "Which table?": "a.csv", "Which column is to be predicted?": "city", "Which algorithms?": ["mlp"] },
    );
    const { settled } = await ask({}, {});
    expect(settled).toEqual({ data: "a.csv", target: "city", algorithms: ["mlp"] });
  });

  it("takes another path, and asks a new setting by its declaration alone", async () => {
    const depth: ParameterSpec = {
      name: "depth",
      type: "integer",
      min: 1,
      default: 6,
      prompt: "How deep?",
      description: "Depth",
    };
    const data = TRAINING_PARAMETERS.filter((spec) => spec.name === "data");
    const answers = { "Which table?": "\u0000another", "Path of the table:": "/x/y.csv", "How deep?": "9" };
    expect((await ask({}, answers, [...data, depth])).settled).toEqual({ data: "/x/y.csv", depth: 9 });
    await expect(ask({}, { ...answers, "How deep?": "0" }, [...data, depth])).rejects.toThrow("at least 1");
  });
});

describe("remembered answers", () => {
  it("last seven days, for their folder only, readable by nobody else", () => {
    rememberAnswers(host, { data: "a.csv" }, 1000 * DAY);
    expect(recallAnswers(host, 1006.9 * DAY)).toEqual({ data: "a.csv" });
    expect(recallAnswers(host, 1007.1 * DAY)).toEqual({});
    expect(recallAnswers(host, 999 * DAY)).toEqual({});
    expect(recallAnswers({ ...host, cwd: "/elsewhere" }, 1001 * DAY)).toEqual({});
    if (process.platform !== "win32") expect(statSync(answersPath(host)).mode & 0o777).toBe(0o600);
  });

  it("keep the answers of other folders", () => {
    rememberAnswers({ ...host, cwd: "/other" }, { data: "o.csv" }, 1000 * DAY);
    rememberAnswers(host, { data: "a.csv" }, 1001 * DAY);
    expect(recallAnswers({ ...host, cwd: "/other" }, 1002 * DAY)).toEqual({ data: "o.csv" });
  });

  it.each([["not json"], ["[]"], ['{"format":9}'], ['{"format":1,"folders":{"X":3}}'], [""]])(
    "a file that says %j is as good as none",
    (text) => {
      mkdirSync(join(cwd, "cache"));
      writeFileSync(answersPath(host), text.replace("X", cwd));
      expect(recallAnswers(host)).toEqual({});
      rememberAnswers(host, { data: "a.csv" });
      expect(JSON.parse(readFileSync(answersPath(host), "utf8")).format).toBe(1);
    },
  );

  it("do without a folder that cannot be written", () => {
    writeFileSync(join(cwd, "file"), "");
    const blocked: Host = { ...host, env: { KAAYKO_CACHE: join(cwd, "file", "cache") } };
    rememberAnswers(blocked, { data: "a.csv" });
    expect(recallAnswers(blocked)).toEqual({});
  });
});
