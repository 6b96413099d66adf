// How long a killed run takes until it learns again: node bench/checkpoints/resume.mjs FILE TARGET [TREES] [TIMES]. Trains
// xgboost on all rows, kills it after that many trees, and times `resume` from process start to the first new tree.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [data, target, trees = "500", times = "3"] = process.argv.slice(2);
const bin = fileURLToPath(new URL("../../bin/kaayko", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));
const checkpoints = join(folder, "checkpoints");
const folders = ["--json", "--no-input", "--checkpoints-dir", checkpoints, "--models-dir", join(folder, "models")];
const rounds = String(Number(trees) + 400);
const settings = ["--algorithms", "xgboost", "--rounds", rounds, "--set", "xgboost.earlyStoppingRounds=0"];

function events() {
  try {
    const text = readFileSync(join(checkpoints, readdirSync(checkpoints)[0], "events.jsonl"), "utf8");
    return text.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Runs until the log shows something new, then kills; gives the seconds from the start and from the first word on. */
async function runUntil(args, reached) {
  const seen = events().length;
  const start = performance.now();
  const child = spawn(process.execPath, [bin, ...args, ...folders], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let over = false;
  ended.then(() => {
    over = true;
  });
  while (!over && !events().slice(seen).some(reached)) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - start) / 1000;
  const early = over;
  child.kill("SIGKILL");
  await ended;
  if (early) throw new Error("the run ended by itself");
  return seconds;
}

const isTree = ({ type, stage }) => type === "step" && stage === "train";
await runUntil(
  ["train", "--data", data, "--target", target, ...settings],
  (event) => isTree(event) && event.subjectStep >= Number(trees),
);
const seconds = [];
for (let i = 0; i < Number(times); i++) {
  seconds.push(await runUntil(["resume", "--quiet"], isTree));
  console.log(
    `resume ${i + 1}: first new tree after ${seconds.at(-1).toFixed(2)} s, at ${events().filter(isTree).at(-1).subjectStep}`,
  );
}
console.log(`median ${seconds.sort((a, b) => a - b)[seconds.length >> 1].toFixed(2)} s`);
rmSync(folder, { recursive: true });
