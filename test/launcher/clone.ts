import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** What npm does for an installation: removes what is there, puts packages down, writes its own record last. */
const FAKE_NPM = `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path");
const root = process.cwd();
fs.appendFileSync(path.join(root, "npm.log"), process.argv.slice(2).join(" ") + "\\n");
const mode = process.env.FAKE_NPM ?? "";
if (process.argv[2] === "ci") {
  if (mode === "offline") { process.stderr.write("npm error code ENOTFOUND\\nnpm error request to the registry failed, reason: getaddrinfo ENOTFOUND\\n"); process.exit(1); }
  fs.rmSync(path.join(root, "node_modules"), { recursive: true, force: true });
  fs.mkdirSync(path.join(root, "node_modules", "something"), { recursive: true });
  if (mode === "hang") { setInterval(() => {}, 1000); return; }
  while (mode === "held" && fs.existsSync(path.join(root, "hold"))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  fs.writeFileSync(path.join(root, "node_modules", ".package-lock.json"), JSON.stringify({ packages: { "node_modules/something": { version: "1.0.0" } } }));
} else {
  if (mode === "no-build") { process.stderr.write("src/a.ts(1,1): error TS1: wrong\\n"); process.exit(2); }
  fs.mkdirSync(path.join(root, "dist", "cli"), { recursive: true });
  fs.writeFileSync(path.join(root, "dist", "cli", "main.js"), "export async function main(argv) { console.log(JSON.stringify(argv)); return argv[0] === 'fail' ? 3 : 0; }\\n");
}
`;

export interface LaunchResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Clone {
  readonly root: string;
  launch(args: readonly string[], mode?: string): Promise<LaunchResult>;
  /** Starts it and gives its process before it ends. */
  start(
    args: readonly string[],
    mode?: string,
  ): {
    readonly pid: number;
    readonly ended: Promise<LaunchResult>;
    /** What it has said so far. */
    stderr(): string;
    kill(signal: NodeJS.Signals): void;
  };
  dispose(): void;
}

/** A fresh clone with the real launcher, a tiny project and an npm that only pretends. */
export function freshClone(options: { readonly withNpm: boolean } = { withNpm: true }): Clone {
  const root = mkdtempSync(join(tmpdir(), "kaayko-launcher-"));
  cpSync(join(REPOSITORY, "bin"), join(root, "bin"), { recursive: true });
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "src", "a.ts"), "export {};\n");
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "kaayko", type: "module" }));
  const packages = { "": {}, "node_modules/something": { version: "1.0.0" } };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  const tools = join(root, "fake-tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "package.json"), JSON.stringify({ type: "commonjs" }));
  if (options.withNpm) {
    writeFileSync(join(tools, "npm"), FAKE_NPM);
    chmodSync(join(tools, "npm"), 0o755);
  }
  // Only what the launcher needs of the machine, so that a real npm is never found.
  const path = [tools, ...(options.withNpm ? [dirname("/usr/bin/env")] : [])].join(delimiter);
  const start: Clone["start"] = (args, mode = "") => {
    const child = spawn(process.execPath, [join(root, "bin", "kaayko"), ...args], {
      cwd: tmpdir(),
      env: { PATH: path, FAKE_NPM: mode },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const ended = new Promise<LaunchResult>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return { pid: child.pid!, ended, stderr: () => stderr, kill: (signal) => child.kill(signal) };
  };
  return {
    root,
    start,
    launch: (args, mode) => start(args, mode).ended,
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
