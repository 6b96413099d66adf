// Our training step beside Keras' compiled one: the same layers on rows of the same size, in alternating processes, medians.
// Needs npm run build, kaayko setup, and a Python with tensorflow-cpu (and torch for --peers keras,torch).
// usage: node bench/neural/steps.mjs PYTHON [--only mlp-8192,lstm] [--threads 1,2] [--rounds 3] [--seconds 3] [--peers keras]
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const CASES = ["mlp-8192", "mlp-1024", "wide-8192", "lstm", "transformer"];
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: CASES.join(",") },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    peers: { type: "string", default: "keras" },
  },
});
const [python = "python3"] = positionals;
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Rows a second of one process, and rows a second of processor time. */
function measure(who, name, threads) {
  const args = [name, threads, options.seconds];
  const [command, script] = who === "ours" ? [process.execPath, "steps-ours.mjs"] : [python, "steps_peer.py"];
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
  const output = execFileSync(command, [file(script), ...args, ...(who === "ours" ? [] : [who])], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return JSON.parse(output.toString().trim().split("\n").at(-1));
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

for (const name of options.only.split(","))
  for (const threads of options.threads.split(",")) {
    const sides = ["ours", ...options.peers.split(",")];
    const runs = Object.fromEntries(sides.map((side) => [side, []]));
    for (let round = 0; round < Number(options.rounds); round++)
      for (const side of sides) runs[side].push(measure(side, name, threads));
    const of = (side, what) => median(runs[side].map((run) => run[what]));
    const result = { case: name, threads: Number(threads) };
    for (const side of sides) result[side] = Math.round(of(side, "perSecond"));
    for (const peer of sides.slice(1)) {
      result[`to ${peer}`] = Number((of("ours", "perSecond") / of(peer, "perSecond")).toFixed(2));
      result[`to ${peer} by processor time`] = Number(
        (of("ours", "perCpuSecond") / of(peer, "perCpuSecond")).toFixed(2),
      );
    }
    console.log(JSON.stringify(result));
  }
