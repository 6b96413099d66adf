import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));
const REPORT =
  'import fs from "node:fs"; process.on("exit", () => fs.writeFileSync(process.env.USAGE_FILE, JSON.stringify(process.cpuUsage())));';

/** Runs the program to its end: what it printed, seconds by the clock, and seconds of processor time over all its threads. */
export function runMeasured(args, { cwd } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "kaayko-usage-"));
  const file = join(folder, "usage.json");
  const preload = `data:text/javascript,${encodeURIComponent(REPORT)}`;
  const start = performance.now();
  try {
    const stdout = execFileSync(process.execPath, ["--import", preload, BIN, ...args], {
      cwd: cwd ?? folder,
      env: { ...process.env, USAGE_FILE: file },
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
    });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = JSON.parse(readFileSync(file, "utf8"));
    return { stdout, seconds, cpuSeconds: (user + system) / 1e6 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
