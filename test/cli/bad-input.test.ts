import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRun, localStore } from "../../src/checkpoints/index.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Host } from "../../src/cli/terminal/host.ts";
import { wiredServices } from "../../src/cli/wiring/index.ts";

const ENCRYPTED = new URL("../fixtures/parquet/encrypted_file.parquet", import.meta.url).pathname;
const ROWS = 60;
const line = (i: number, target: unknown) => `${i % 7},${(i * 13) % 11},${"xyz"[i % 3]},${target}`;
const table = (target: (i: number) => unknown) =>
  `${["a,b,c,y", ...Array.from({ length: ROWS }, (_, i) => line(i, target(i)))].join("\n")}\n`;
const good = table((i) => (i % 7) * 2 + i / 100);

let folder: string;
let checkpoints: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-bad-input-"));
  checkpoints = join(folder, "checkpoints");
  put("good.csv", good);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The real rooms behind the command line, in this process and without a terminal. */
async function kaayko(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const texts = ["", ""];
  const sink = (at: number) => new PassThrough().on("data", (chunk) => (texts[at] += String(chunk)));
  const host: Host = {
    env: { HOME: folder },
    cwd: folder,
    platform: process.platform,
    stdin: Readable.from([]) as Host["stdin"],
    stdout: sink(0) as unknown as Host["stdout"],
    stderr: sink(1) as unknown as Host["stderr"],
  };
  const code = await runProgram(argv, wiredServices, host);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, stdout: texts[0]!, stderr: texts[1]! };
}

function trainArgs(file: string, ...more: string[]): string[] {
  const folders = ["--checkpoints-dir", checkpoints, "--models-dir", join(folder, "models")];
  const data = ["--data", file.startsWith("/") ? file : join(folder, file)];
  const quick = more.includes("--algorithms") ? [] : ["--algorithms", "baseline"];
  const target = more.includes("--target") ? [] : ["--target", "y"];
  return ["train", ...data, ...target, ...quick, "--quiet", ...folders, ...more];
}

/** Runs that hold something: the load stage may be saved before the target turns out not to fit. */
function emptyRuns(): string[] {
  const runs = existsSync(checkpoints) ? readdirSync(checkpoints) : [];
  return runs.filter((run) => {
    const manifests = join(checkpoints, run, "manifests");
    return !existsSync(manifests) || readdirSync(manifests).length < 2;
  });
}

/** One line of cause, one of remedy, the code, no stack, and no run left behind that holds nothing. */
async function expectRefused(argv: string[], says: RegExp, exitCode = 2): Promise<void> {
  const { code, stdout, stderr } = await kaayko(...argv);
  expect({ code, stdout }, stderr).toEqual({ code: exitCode, stdout: "" });
  const lines = stderr.trimEnd().split("\n");
  expect(lines.at(-2), stderr).toMatch(/^error: Cannot /);
  expect(lines.at(-2)).toMatch(says);
  expect(lines.at(-1)).toMatch(/^ {2}(→|->) \S/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(emptyRuns()).toEqual([]);
}

const FILES: readonly [name: string, content: string | Uint8Array, says: RegExp][] = [
  ["empty.csv", "", /an empty file/],
  ["empty.parquet", "", /an empty file/],
  ["empty.arrow", "", /an empty file/],
  ["empty.jsonl", "", /an empty file/],
  ["header.csv", "a,b,c,y\n", /only a header/],
  ["cut.csv", good.slice(0, good.lastIndexOf(",") - 2), /every row must have 4 cells, got 2 in line 61/],
  ["ragged.csv", `${good}1,2,x,3,4\n`, /every row must have 4 cells, got 5 in line 62/],
  [
    "bytes.csv",
    Buffer.concat([Buffer.from(good.replace("x", "\u00e9\u00e8")), Buffer.from("1,2,\xe9,3\n", "latin1")]),
    /UTF-8/,
  ],
  ["wide.csv", Buffer.from(`\ufeff${good}`, "utf16le"), /UTF-16/],
  ["zeros.csv", Buffer.alloc(500), /NUL/],
  ["quote.csv", good.replace("x", '"x'), /every quote must be closed/],
  ["long.csv", `${good}1,2,${"x".repeat(17 * 2 ** 20)},3\n`, /a row may have 16 MB at most/],
  ["cut.jsonl", '{"a":1,"y":2}\n{"a":1,"y"', /every line must be a JSON object/],
  ["cut.libsvm", "1 1:2 2:3\n2 1:2 2\n", /instead of index:value/],
  ["cut.parquet", Buffer.from("PAR1 and no more"), /must end in PAR1/],
  ["cut.arrow", Buffer.from("ARROW1\0\0and no more"), /Arrow/],
  ["picture.png", Buffer.from("89504e470d0a1a0a", "hex"), /got the ending \.png/],
  ["constant.csv", table(() => 5), /at least two different values/],
  ["one-class.csv", table(() => "yes"), /at least two different values/],
  ["all-null.csv", table(() => ""), /missing values only/],
  ["infinite.csv", table((i) => (i === 7 ? "inf" : i)), /must be finite/],
  ["only-target.csv", "y\n1\n2\n3\n4\n5\n", /at least one column must be useful/],
  ["two-rows.csv", "a,y\n1,2\n3,4\n", /every part must get at least one row/],
];

it.each(FILES)("refuses %s", async (name, content, says) => {
  await expectRefused(trainArgs(put(name, content)), says);
});

it("refuses what is no table of its own making, and says what is near", async () => {
  await expectRefused(trainArgs("nothing.csv"), /there is no such file/);
  await expectRefused(trainArgs(folder), /got a folder/);
  await expectRefused(trainArgs(ENCRYPTED), /must not be encrypted/);
  await expectRefused(trainArgs("good.csv", "--target", "z"), /"z": .* must have it/);
  await expectRefused(trainArgs("good.csv", "--test", put("other.csv", "a,b,y\n1,2,3\n")), /column "c"/);
  await expectRefused(trainArgs("good.csv", "--test", put("test.csv", "")), /an empty file/);
});

it("says that a nested column can be no target, and leaves one out as a feature", async () => {
  const nested = new URL("../fixtures/parquet/nested.parquet", import.meta.url).pathname;
  await expectRefused(trainArgs(nested, "--target", "struct"), /use column "struct".*it is nested/);
  const { code, stderr } = await kaayko(
    ...trainArgs(nested, "--target", "before", "--ignore", "map").filter((word) => word !== "--quiet"),
  );
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Column struct is left out: it is nested/);
});

it("does not wait for a pipe that nobody writes to", async () => {
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [join(folder, "pipe")]);
  await expectRefused(trainArgs("pipe"), /a pipe or device/);
});

it("refuses settings that do not fit, with a suggestion", async () => {
  await expectRefused(trainArgs("good.csv", "--algorithms", "xgbost"), /"xgbost": it is unknown/);
  await expectRefused(["train", "--recipe", "paddle-safty", "--quiet"], /"paddle-safty": it is unknown/);
  await expectRefused(trainArgs("good.csv", "--sample-sise", "3"), /no such option/);
  await expectRefused(trainArgs("good.csv", "--config", put("key.json", '{"sampelSize":3}')), /"sampelSize"/);
  await expectRefused(trainArgs("good.csv", "--config", put("cut.json", "{")), /valid JSON/);
  await expectRefused(trainArgs("good.csv", "--sample-size", "0"), /a number over 0/);
  await expectRefused(trainArgs("good.csv", "--sample-size", "5000"), /at most the table's 60 rows/);
  await expectRefused(trainArgs("good.csv", "--max-memory", "1KB"), /at least 1000000/);
  await expectRefused(trainArgs("good.csv", "--features", put("cut.ts", "export const x = (")), /valid TypeScript/);
  await expectRefused(trainArgs("good.csv", "--features", put("none.ts", "")), /at least one transformation/);
});

it("says what a table lacks that a model is used on", async () => {
  expect((await kaayko(...trainArgs("good.csv", "--name", "m"))).code).toBe(0);
  const use = (command: string, file: string, ...more: string[]) => {
    return [command, "--model", "m", "--models-dir", join(folder, "models"), "--data", join(folder, file), ...more];
  };
  put("gone.csv", "a,c\n1,x\n");
  await expectRefused(use("predict", "gone.csv"), /column "b".*must have it/);
  await expectRefused(use("predict", "cut.csv", "--out", join(folder, "out.csv")), /every row must have 4 cells/);
  expect(existsSync(join(folder, "out.csv"))).toBe(false);
  put("new.csv", "a,b,c,d\n1,2,x,3\n");
  const more = await kaayko(...use("predict", "new.csv"));
  expect(more.code, more.stderr).toBe(0);
  expect(more.stderr).toContain("does not use: d");
});

it("has nothing to resume where nothing was saved, and prints a finished run again", async () => {
  const dir = join(folder, "unsaved");
  mkdirSync(dir);
  const session = await createRun(localStore(dir), { run: {}, runId: "early", inThread: true });
  await session.close();
  for (const named of [[], ["early"]])
    await expectRefused(["resume", ...named, "--checkpoints-dir", dir], /there is nothing to resume/);
  await expectRefused(["resume", "--checkpoints-dir", join(folder, "none")], /there is nothing to resume/);
  const trained = await kaayko(...trainArgs("good.csv", "--json"));
  const { run } = JSON.parse(trained.stdout) as { run: string };
  const again = await kaayko("resume", run, "--json", "--checkpoints-dir", checkpoints);
  expect(again).toMatchObject({ code: 0, stdout: trained.stdout });
});

it("stops with 5 where a live process owns the run, and with 4 where every checkpoint is damaged", async () => {
  const dir = join(folder, "owned");
  mkdirSync(dir);
  const owner = await createRun(localStore(dir), { run: {}, runId: "owned", inThread: true });
  await owner.commit({ stage: "load", step: 1 }, { json: { a: 1 }, arrays: {} });
  await owner.flush();
  await expectRefused(["resume", "owned", "--checkpoints-dir", dir], /owned/, 5);
  await owner.close();
  const manifests = join(dir, "owned", "manifests");
  for (const name of readdirSync(manifests)) {
    const bytes = readFileSync(join(manifests, name));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(manifests, name), bytes);
  }
  await expectRefused(["resume", "owned", "--checkpoints-dir", dir], /must be whole/, 4);
});
