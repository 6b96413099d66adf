// What saving costs a training: node bench/checkpoints/overhead.mjs FILE TARGET [ROUNDS] [PAIRS]. Trains xgboost with the default
// interval and without a commit in between, in turns; prints the ratios of the training stage's seconds and of processor time.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMeasured } from "../support/run-measured.mjs";

const [data, target, rounds = "100", pairs = "5"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));

function train(...interval) {
  const own = mkdtempSync(join(folder, "run-"));
  const args = ["train", "--data", data, "--target", target, "--algorithms", "xgboost", "--rounds", rounds];
  args.push("--set", "xgboost.earlyStoppingRounds=0", "--report", "none", "--json", "--quiet", "--no-input");
  const places = ["--checkpoints-dir", join(own, "checkpoints"), "--models-dir", join(own, "models")];
  const { stdout, cpuSeconds } = runMeasured([...args, ...places, ...interval], { cwd: own });
  const { seconds } = JSON.parse(stdout).stages.find(({ name }) => name === "train");
  rmSync(own, { recursive: true });
  return { seconds, cpuSeconds };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const ratios = { time: [], cpu: [] };
for (let pair = 0; pair < Number(pairs); pair++) {
  const runs = { without: null, saved: null };
  // Every other pair begins with the other of the two, so that a machine that grows slower favours neither.
  for (const kind of pair % 2 === 0 ? ["without", "saved"] : ["saved", "without"])
    runs[kind] = kind === "saved" ? train() : train("--checkpoint-every", "100000000steps");
  const { without, saved } = runs;
  ratios.time.push(saved.seconds / without.seconds);
  ratios.cpu.push(saved.cpuSeconds / without.cpuSeconds);
  console.log(
    `training ${without.seconds.toFixed(2)} s without, ${saved.seconds.toFixed(2)} s with commits; processor ${without.cpuSeconds.toFixed(2)} s, ${saved.cpuSeconds.toFixed(2)} s`,
  );
}
console.log(
  `median ratio of time ${median(ratios.time).toFixed(3)}, of processor time ${median(ratios.cpu).toFixed(3)}`,
);
rmSync(folder, { recursive: true });
