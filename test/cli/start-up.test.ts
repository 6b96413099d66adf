import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-start-"));
  writeFileSync(
    join(cwd, "hooks.mjs"),
    `import { appendFileSync } from "node:fs";
     export async function load(url, context, next) {
       appendFileSync(process.env.LOADED, url + "\\n");
       return next(url, context);
     }`,
  );
  writeFileSync(
    join(cwd, "register.mjs"),
    `import { register } from "node:module"; register("./hooks.mjs", import.meta.url);`,
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Modules that a command loads: ours by their path in the build, packages by name. */
function loadedBy(args: readonly string[]): { modules: string[]; packages: string[]; code: number | null } {
  const list = join(cwd, "loaded.txt");
  rmSync(list, { force: true });
  const { status } = spawnSync(process.execPath, ["--import", join(cwd, "register.mjs"), BIN, ...args], {
    cwd,
    env: { ...process.env, LOADED: list },
  });
  const urls = existsSync(list) ? readFileSync(list, "utf8").trim().split("\n") : [];
  const paths = (folder: string) => urls.flatMap((url) => url.split(`/${folder}/`).slice(1, 2));
  const packages = paths("node_modules").map((path) => path.split("/")[0]!);
  return { modules: paths("dist"), packages: [...new Set(packages)], code: status };
}

function roomsOf(modules: readonly string[]): string[] {
  return [...new Set(modules.map((module) => module.split("/")[0]!))].sort();
}

/** What the texts of a terminal are made of. */
const TEXTS = /^reports\/(text\/index|bars|format|style|table)\.js$/;

describe("a command loads no more than it needs: every module takes about a millisecond", () => {
  it("--help: texts and the list of commands", () => {
    const { modules, packages, code } = loadedBy(["--help"]);
    expect(code).toBe(0);
    expect(roomsOf(modules)).toEqual(["cli", "core", "reports"]);
    expect(modules.filter((module) => module.startsWith("reports/") && !TEXTS.test(module))).toEqual([]);
    expect(packages).toEqual(["commander"]);
    expect(modules.length).toBeLessThanOrEqual(45);
  });

  it("list-checkpoints: what reads checkpoints, and two settings of train", () => {
    const { modules, packages, code } = loadedBy(["list-checkpoints"]);
    expect(code).toBe(0);
    expect(roomsOf(modules)).toEqual(["checkpoints", "cli", "core", "reports", "storage", "training"]);
    expect(modules.filter((module) => module.startsWith("training/"))).toEqual(["training/settings/folders.js"]);
    expect(packages).toEqual(["commander"]);
    expect(modules.length).toBeLessThanOrEqual(92);
  });

  it.each([
    { what: "train --help", args: ["train", "--help"], code: 0 },
    { what: "train up to its first line", args: ["train", "--data", "absent.csv", "--target", "y"], code: 2 },
  ])("$what: settings, and nothing that trains", ({ args, code }) => {
    const { modules, code: actual } = loadedBy(args);
    expect(actual).toBe(code);
    for (const room of ["data", "features", "models", "metrics", "kernels", "backends", "checkpoints"])
      expect(roomsOf(modules)).not.toContain(room);
    const others = modules.filter((module) => /^(?:training|algorithms|reports)\//.test(module));
    const allowed = /^(?:training\/settings\/[\w-]+|algorithms\/index)\.js$/;
    expect(others.filter((module) => !allowed.test(module) && !TEXTS.test(module))).toEqual([]);
  });
});
