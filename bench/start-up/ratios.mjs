// How long starting takes, as ratios to an empty Node: `node bench/start-up/ratios.mjs [ROUNDS]`.
// The first line of `train` is timed to the first byte on stderr.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));
const rounds = Number(process.argv[2] ?? 15);
const cwd = mkdtempSync(join(tmpdir(), "kaayko-start-up-"));
const rows = Array.from({ length: 500 }, (_, i) => `${i % 7},${(i * 13) % 11},${(i % 7) * 2 + (i % 5)}`);
writeFileSync(join(cwd, "table.csv"), `a,b,y\n${rows.join("\n")}\n`);

/** Milliseconds to the end, or to the first byte on stderr. */
function time(args, untilFirstByte) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let first;
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", () => (first ??= performance.now() - begun));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`${args.join(" ")} ended with ${code}`));
      else resolve(untilFirstByte ? first : performance.now() - begun);
    });
  });
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const train = ["train", "--data", "table.csv", "--target", "y", "--algorithms", "baseline"];
const cases = [
  ["node -e 0", ["-e", "0"], false],
  ["--help", [BIN, "--help"], false],
  ["list-checkpoints", [BIN, "list-checkpoints"], false],
  ["train --help", [BIN, "train", "--help"], false],
  ["train, first line", [BIN, ...train], true],
];

try {
  for (const [, args, first] of cases) await time(args, first);
  const times = cases.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, [, args, first]] of cases.entries()) times[at].push(await time(args, first));
  const empty = median(times[0]);
  for (const [at, [name]] of cases.entries()) {
    const ms = median(times[at]);
    console.log(`${name.padEnd(20)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / empty).toFixed(2)} times node -e 0`);
  }
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
