import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("./doubles/program.mjs", import.meta.url));
/** Ends when it is stopped, however late that comes. */
const SLOW = JSON.stringify({ steps: 100_000, milliseconds: 20 });
const TASK = ["train", "--data", "a.csv", "--target", "y"];
const ENDLESS = 3_600_000;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-signals-"));
  writeFileSync(join(cwd, "a.csv"), "x,y\n1,2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly text: { stdout: string; stderr: string };
  /** Waits until stderr contains a text. */
  saw(text: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

function start(options: string, argv: readonly string[]): Started {
  const env = { PATH: process.env.PATH, HOME: cwd };
  const child = spawn(process.execPath, [PROGRAM, options, ...argv], { cwd, env });
  const text = { stdout: "", stderr: "" };
  const waiting: (() => void)[] = [];
  child.stdout.on("data", (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    text.stderr += chunk;
    for (const check of waiting) check();
  });
  const saw = (wanted: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (text.stderr.includes(wanted)) resolve();
      };
      waiting.push(check);
      check();
    });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  return { child, text, saw, ended };
}

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s finishes the step, says how to go on, and exits with %d", async (signal, code) => {
    const { child, text, saw, ended } = start(SLOW, TASK);
    await saw("train");
    child.kill(signal);
    expect(await ended).toEqual({ code, signal: null });
    expect(text.stderr).toContain("Finishing the step and saving");
    expect(text.stderr).toContain("\n  kaayko resume houses-c\n");
    expect(text.stdout).toBe("");
  });

  it("with --json, prints the interrupted run's document", async () => {
    const { child, text, saw, ended } = start(SLOW, [...TASK, "--json", "--checkpoints-dir", "my runs"]);
    await saw("train");
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(JSON.parse(text.stdout)).toMatchObject({ run: "houses-c", status: "interrupted" });
    expect(text.stderr).toContain("kaayko resume houses-c --checkpoints-dir 'my runs'");
  });

  it("the second one ends it at once, even in the middle of a step", async () => {
    const { child, saw, ended } = start(JSON.stringify({ steps: 1, milliseconds: ENDLESS }), TASK);
    await saw("load");
    child.kill("SIGINT");
    await saw("Finishing the step");
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 130, signal: null });
  });
});

describe("pipes", () => {
  it("a reader that goes away is no error", () => {
    const command = `"${process.execPath}" "${PROGRAM}" '{}' completion bash | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
    expect(stdout).toBe("_kaayko() {\n0\n");
    expect(stderr).toBe("");
  });
});

/**
 * A pseudo terminal by util-linux' script; the log is what the screen was sent.
 *
 * @param key pressed when the screen shows a text
 */
async function onTerminal(
  argv: readonly string[],
  env: Record<string, string> = {},
  key?: { readonly after: string; readonly press: string },
): Promise<{ log: string; code: number }> {
  const command = [process.execPath, PROGRAM, JSON.stringify({ steps: 3, milliseconds: 120 }), ...argv]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd, TERM: "xterm", ...env },
    timeout: 100_000,
    killSignal: "SIGKILL",
  });
  let log = "";
  let pressed = false;
  child.stdout.on("data", (chunk) => {
    log += chunk;
    if (key === undefined || pressed || !log.includes(key.after)) return;
    pressed = true;
    child.stdin.write(key.press);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { log, code: code ?? -1 };
}

const hasScript = process.platform === "linux" && existsSync("/usr/bin/script");

describe.skipIf(!hasScript)("on a terminal", () => {
  it("shows one live line that is redrawn, with colour, and leaves the stages behind", async () => {
    const { log, code } = await onTerminal(TASK);
    expect(code).toBe(0);
    expect(log).toMatch(/\r\u001b\[K.*train.*xgboost.*[123]\/3 trees/);
    expect(log).toMatch(/✓\u001b\[39m train/);
    expect(log).not.toContain("[2/3] train");
  });

  it.each([[{ TERM: "dumb" }], [{ CI: "true" }]])("draws nothing with %j", async (env) => {
    const { log } = await onTerminal(TASK, env as Record<string, string>);
    expect(log).toContain("[2/3] train");
    expect(log).not.toContain("\r\u001b[K");
  });

  it("asks for what is open; Ctrl-C at a question is 130", async () => {
    const { log, code } = await onTerminal(["train"], {}, { after: "select", press: "\u0003" });
    expect(log).toContain("Which table?");
    expect(code).toBe(130);
  });

  it.each([["--no-input"], ["--json"]])("does not ask with %s", async (flag) => {
    const { log, code } = await onTerminal(["train", flag]);
    expect(log).toContain("it needs a table to learn from");
    expect(code).toBe(2);
  });
});
