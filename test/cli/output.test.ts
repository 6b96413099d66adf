import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Services } from "../../src/cli/services.ts";
import { type ErrorKind, KaaykoError } from "../../src/core/index.ts";
import { type RunOptions, run } from "./doubles/run.ts";
import { trainDocument } from "./doubles/services.mjs";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-output-"));
  writeFileSync(join(cwd, "a.csv"), "x,y\n1,2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const TASK = ["train", "--data", "a.csv", "--target", "y"];

function failingWith(error: unknown): RunOptions {
  const training: Services["training"] = async () => ({
    start: () => Promise.reject(error),
    resume: () => Promise.reject(error),
  });
  return { cwd, replace: { training } };
}

describe("--json", () => {
  const DOCUMENTS: [string[], string[]][] = [
    [
      TASK,
      [
        "run",
        "status",
        "champion",
        "algorithms",
        "metrics",
        "modelPath",
        "modelSha256",
        "rows",
        "resumedFrom",
        "seed",
        "stages",
      ],
    ],
    [["resume"], ["run", "status"]],
    [
      ["v2", ...TASK.slice(1)],
      ["run", "status"],
    ],
    [["status"], ["runs"]],
    [["list-checkpoints"], ["run", "checkpoints"]],
    [
      ["train", "--list-checkpoints"],
      ["run", "checkpoints"],
    ],
    [["train", "--status"], ["runs"]],
    [
      ["train", "--cleanup-old"],
      ["removed", "kept"],
    ],
    [["train", "--clear-cache"], ["removed"]],
    [
      ["verify", "houses-a"],
      ["ok", "checkpoints"],
    ],
    [["rollback", "houses-a", "--to", "3"], ["sequence"]],
    [
      ["cleanup", "--keep-last", "2"],
      ["removed", "kept"],
    ],
    [["clear-cache"], ["removed"]],
    [["models", "list"], ["models"]],
    [["models", "show", "houses"], ["name"]],
    [
      ["models", "import", "booster.json", "--name", "houses"],
      ["name", "version", "notices"],
    ],
    [
      ["models", "export", "houses", "--format", "onnx", "--out", "houses.onnx"],
      ["model", "format", "path"],
    ],
    [["evaluate", "--model", "houses", "--data", "a.csv"], ["metrics"]],
    [["predict", "--model", "houses", "--data", "a.csv"], ["predictions"]],
    [
      ["predict", "--model", "houses", "--data", "a.csv", "--out", "b.csv"],
      ["rows", "out"],
    ],
    [["data", "inspect", "a.csv"], ["columns"]],
    [["data", "generate", "--out", "s.parquet"], ["sha256"]],
    [["setup"], ["ready"]],
    [["doctor"], ["healthy", "findings"]],
    [["config", "show"], ["settings"]],
    [["--version"], ["version"]],
  ];

  it.each(DOCUMENTS)("%j prints one document and nothing else on stdout", async (argv, fields) => {
    const { code, stdout } = await run([...argv, "--json"], { cwd });
    const document = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(expect.arrayContaining(["schemaVersion", ...fields]));
    expect(stdout.endsWith("}\n")).toBe(true);
  });

  it("prints errors as a document too, and as lines on stderr", async () => {
    const { code, stdout, stderr } = await run(["train", "--json", "--rouns", "3"], { cwd });
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      status: "failed",
      error: {
        message: "Cannot use --rouns: kaayko train has no such option",
        remedy: "Did you mean --rounds?",
        kind: "usage",
      },
    });
    expect(stderr).toContain("error: Cannot use --rouns");
    expect(code).toBe(2);
  });
});

describe("exit codes", () => {
  it.each([
    ["failed", 1],
    ["usage", 2],
    ["input", 2],
    ["gate", 3],
    ["damaged", 4],
    ["leased", 5],
  ] as [ErrorKind, number][])("an error of kind %s is %d", async (kind, expected) => {
    const { code, stderr, stdout } = await run(
      TASK,
      failingWith(new KaaykoError({ action: "go on", rule: "no", kind })),
    );
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toContain("error: Cannot go on: no");
  });

  it.each([
    ["ENOSPC", 1, "the disk is full"],
    ["EROFS", 1, "read-only"],
    ["EACCES", 1, "access is denied"],
    ["ENOENT", 2, "there is no such file"],
  ])("%s from the system is %d, in words", async (systemCode, expected, words) => {
    const error = Object.assign(new Error(`${systemCode}: low level`), { code: systemCode, path: "/x/y" });
    const { code, stderr } = await run(TASK, failingWith(error));
    expect(code).toBe(expected);
    expect(stderr).toContain(words);
    expect(stderr).toContain("/x/y");
  });

  it("a fault of our own is 1, without a stack unless --debug", async () => {
    const plain = await run(TASK, failingWith(new TypeError("x is not a function")));
    expect(plain.code).toBe(1);
    expect(plain.stderr).toContain("x is not a function");
    expect(plain.stderr).not.toMatch(/^\s+at /m);
    expect((await run([...TASK, "--debug"], failingWith(new TypeError("x")))).stderr).toMatch(/^\s+at /m);
  });

  it("a missed gate is 3, with the result on stdout", async () => {
    const gate = { rule: "r2>=0.99", metric: "r2", value: 0.91, passed: false };
    const document = trainDocument({ status: "failed", gate, modelPath: null, modelSha256: null });
    const text = await run(TASK, { cwd, document });
    expect(text.code).toBe(3);
    expect(text.stdout).toContain("xgboost");
    expect(text.stderr).toContain("r2>=0.99, got r2 0.91");
    const json = await run([...TASK, "--json"], { cwd, document });
    expect(JSON.parse(json.stdout)).toMatchObject({ run: "houses-c", gate, error: { kind: "gate" } });
    expect(json.code).toBe(3);
  });

  it("nothing to resume is 2; a finished run prints its result again with 0; damage beyond rollback is 4", async () => {
    const nothing = await run(["resume"], { cwd, runs: [] });
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain("nothing to resume");
    expect((await run(["resume", "houses-a", "--json"], { cwd })).code).toBe(0);
    const checkpoints: Services["checkpoints"] = async () => ({
      ...(await (await import("./doubles/services.mjs")).doubleServices({ parameters: [] }).checkpoints()),
      verify: async () => ({
        ok: false,
        resumable: false,
        checkpoints: [{ sequence: 1, ok: false, error: "a bit flipped" }],
      }),
    });
    expect((await run(["verify", "houses-a"], { cwd, replace: { checkpoints } })).code).toBe(4);
  });

  it("an unhealthy part that is needed is 1", async () => {
    const backends: Services["backends"] = async () => ({
      setup: async () => ({ ready: false, version: null, gpu: false, summary: "no compiler" }),
      diagnose: async () => [
        { part: "webassembly", version: null, state: "broken", detail: "no SIMD", required: true },
      ],
    });
    expect((await run(["doctor"], { cwd, replace: { backends } })).code).toBe(1);
    expect((await run(["setup"], { cwd, replace: { backends } })).code).toBe(1);
  });
});

describe("what is said where", () => {
  it("puts results on stdout and talk on stderr, without animation or colour", async () => {
    const { stdout, stderr } = await run(TASK, { cwd });
    expect(stdout).toContain("★  xgboost");
    expect(stdout).toContain("models/houses/1");
    expect(stderr).toContain("[2/3] train");
    expect(stdout + stderr).not.toMatch(/[\u001b\r]/);
  });

  it("--quiet says nothing on stderr", async () => {
    const { stdout, stderr } = await run([...TASK, "--quiet"], { cwd });
    expect(stderr).toBe("");
    expect(stdout).toContain("xgboost");
  });

  it("--verbose says every setting and its origin", async () => {
    const { stderr } = await run([...TASK, "--verbose", "--rounds", "5"], { cwd });
    expect(stderr).toContain("rounds = 5 (--rounds)");
    expect(stderr).toContain("seed = 42 (default)");
  });

  it.each([
    [{ FORCE_COLOR: "1" }, [], true],
    [{ FORCE_COLOR: "0" }, [], false],
    [{ NO_COLOR: "1" }, [], false],
    [{ NO_COLOR: "1", FORCE_COLOR: "1" }, [], true],
    [{ FORCE_COLOR: "1" }, ["--no-color"], false],
    [{}, ["--color"], true],
    [{}, [], false],
  ])("colour with %j %j: %s", async (env, argv, expected) => {
    const { stdout } = await run([...TASK, ...argv], { cwd, env: env as Record<string, string> });
    expect(stdout.includes("\u001b[")).toBe(expected);
  });

  it("writes ASCII where nothing else is safe", async () => {
    const { stdout, stderr } = await run(TASK, { cwd, env: { LC_ALL: "C" } });
    expect(stdout + stderr).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it("lets no escape sequence of a file reach the terminal", async () => {
    const error = new KaaykoError({ action: "read \u001b]0;owned\u0007col\u001b[31m", rule: "no" });
    expect((await run(TASK, failingWith(error))).stderr).toContain("error: Cannot read col: no\n");
  });

  it("without a terminal, asks nothing: train says what is missing", async () => {
    expect((await run(["v1"], { cwd })).code).toBe(2);
  });
});

describe("predict from a pipe", () => {
  it.each([
    ['[{"a": 1}, {"a": 1, "b": 2}]', [1, 2]],
    ['{"a": 1}\n\n{"a": 1, "b": 2}\n', [1, 2]],
    ['{\n  "a": 1,\n  "b": 2\n}', [2]],
  ])("reads %j", async (stdin, expected) => {
    const { stdout, code } = await run(["predict", "--model", "houses"], { cwd, stdin });
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).prediction);
    expect({ rows, code }).toEqual({ rows: expected, code: 0 });
  });

  it("hands CSV to the reader of files", async () => {
    const { stdout, calls } = await run(["predict", "--model", "houses"], { cwd, stdin: "rooms,city\n3,Oslo\n" });
    expect(stdout).toBe('{"prediction":1}\n{"prediction":2}\n');
    expect(calls[0]![0]).toBe("predictFile");
  });

  it.each([
    ["", "there must be rows"],
    ["[1]", "row 1 must be an object"],
    ['{"a": 1}\n{"a": }\n', "line 2 of stdin"],
    ["[{]", "it must be valid JSON"],
  ])("refuses %j", async (stdin, expected) => {
    const { stdout, stderr, code } = await run(["predict", "--model", "houses"], { cwd, stdin });
    expect(stderr).toContain(expected);
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
  });
});
