import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tell } from "../crash/kill-and-resume.ts";
import { MUTATIONS } from "./mutations.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LONGEST_MS = 300_000;
/** Mutations whose description contains this, as in `KAAYKO_SOAK_MUTATIONS=lease`; all by default. */
const CHOSEN = MUTATIONS.filter(({ what }) => what.includes(process.env.KAAYKO_SOAK_MUTATIONS ?? ""));

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "kaayko-mutations-"));
  for (const name of ["src", "test", "dist", "package.json", "vitest.config.ts", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What becomes of tests on the copy. */
function outcomeOf(files: readonly string[], name: string): "passed" | "failed" {
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const args = ["run", "--bail=1", "--reporter=json", `--outputFile=${report}`, "-t", name, ...files];
  spawnSync(process.execPath, [vitest, ...args], { cwd: copy, stdio: "ignore", timeout: LONGEST_MS });
  // A test that never comes to its end has noticed something, too.
  if (!existsSync(report)) return "failed";
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  expect(numPassedTests + numFailedTests, `tests named ${name} in ${files.join(", ")}`).toBeGreaterThan(0);
  return numFailedTests === 0 ? "passed" : "failed";
}

const patternOf = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("the tests notice when something is taken out", () => {
  it("and pass when nothing is", () => {
    const files = [...new Set(CHOSEN.map(({ noticedBy: [file] }) => join("test", file)))];
    const names = [...new Set(CHOSEN.map(({ noticedBy: [, name] }) => patternOf(name)))];
    expect(outcomeOf(files, names.join("|"))).toBe("passed");
  });

  it.each(CHOSEN)("$what", ({ what, file, from, to, noticedBy: [test, name] }) => {
    const path = join(copy, "src", file);
    const source = readFileSync(path, "utf8");
    expect(source).toContain(from);
    writeFileSync(path, source.replace(from, to));
    try {
      expect(outcomeOf([join("test", test)], patternOf(name))).toBe("failed");
      tell(`${what}: missed by "${name}"`);
    } finally {
      writeFileSync(path, source);
    }
  });
});
