// Our training step beside Keras' compiled one and PyTorch's: the same layers on rows of the same size, in processes that take turns,
// medians; with the bar of each, GFLOP/s and the share of what a large product of matrices reaches here. Needs npm run build and
// kaayko setup. Peers are installed by pip into a folder of their own where no Python is named.
// usage: node bench/neural/steps.mjs [PYTHON] [--only mlp-8192,lstm] [--threads 1,2] [--rounds 9] [--seconds 1] [--peers keras,torch]
//   [--steps-per-call 1] [--before FOLDER] [--json]
// --steps-per-call is ours: batches that one call trains on. --before names another built checkout of ours, as one more side.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { preparePython } from "./peers-python.mjs";
import { flopsOf } from "./step-flops.mjs";
import { inTurns } from "./turns.mjs";

/** Ratios to be reached. PyTorch has one bar for all. */
const BARS = { "mlp-8192": 1.05, "mlp-1024": 1.3, "wide-8192": 1, lstm: 1, transformer: 1.25 };
const TORCH_BAR = 1.5;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: Object.keys(BARS).join(",") },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "9" },
    seconds: { type: "string", default: "1" },
    peers: { type: "string", default: "keras,torch" },
    "steps-per-call": { type: "string", default: "1" },
    before: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const together = options["steps-per-call"];
const peers = options.peers.split(",").filter(Boolean);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
const python = positionals[0] ?? (peers.length > 0 ? preparePython(peers) : "");

/** What to start for a side. */
function sideOf(who, name, threads) {
  if (who === "ours")
    return { command: process.execPath, args: [file("steps-ours.mjs"), name, threads, together], env };
  if (who === "before")
    return {
      command: process.execPath,
      args: [join(options.before, "bench/neural/steps-ours.mjs"), name, threads],
      env,
    };
  return { command: python, args: [file("steps_peer.py"), name, threads, who], env };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Rows a second of each side, also of processor time, and our ratios to the others. */
async function compare(name, threads) {
  const others = [...peers, ...(options.before === undefined ? [] : ["before"])];
  const sides = Object.fromEntries(["ours", ...others].map((who) => [who, sideOf(who, name, threads)]));
  const runs = await inTurns(sides, Number(options.rounds), Number(options.seconds));
  const of = (side, what) => median(runs[side].map((one) => one[what]));
  const ratios = Object.fromEntries(
    others.map((other) => {
      const bar = other === "torch" ? TORCH_BAR : (BARS[name] ?? 1);
      const wall = of("ours", "perSecond") / of(other, "perSecond");
      const processor = of("ours", "perCpuSecond") / of(other, "perCpuSecond");
      return [other, { rowsPerSecond: of(other, "perSecond"), wall, processor, bar, reached: wall >= bar }];
    }),
  );
  const rowsPerSecond = of("ours", "perSecond");
  const perCpuSecond = of("ours", "perCpuSecond");
  const flops = flopsOf(name);
  return {
    ...{ case: name, threads: Number(threads), stepsPerCall: Number(together), rowsPerSecond, perCpuSecond },
    ...{ gigaflops: (rowsPerSecond * flops) / 1e9, gigaflopsOfProcessor: (perCpuSecond * flops) / 1e9, ratios },
  };
}

const results = [];
for (const threads of options.threads.split(",")) {
  const peak = JSON.parse(execFileSync(process.execPath, [file("peak.mjs"), threads], { env }).toString());
  for (const name of options.only.split(",")) {
    const result = { ...(await compare(name, threads)), peak };
    results.push(result);
    if (options.json) console.log(JSON.stringify(result));
    else console.error(`measured ${name}, ${threads} thread(s)`);
  }
}
if (!options.json)
  console.table(
    results.map(({ case: name, threads, stepsPerCall, rowsPerSecond, gigaflopsOfProcessor, peak, ratios }) => ({
      case: name,
      threads,
      "steps a call": stepsPerCall,
      "rows/s": Math.round(rowsPerSecond),
      "of peak": `${Math.round((100 * gigaflopsOfProcessor) / peak.ofProcessor)} % of ${Math.round(peak.ofProcessor)} GFLOP/s`,
      ...Object.fromEntries(
        Object.entries(ratios).map(([peer, { wall, processor, bar, reached }]) => [
          `to ${peer}`,
          `${wall.toFixed(2)} (processor time ${processor.toFixed(2)}), bar ${bar}: ${reached ? "reached" : "not reached"}`,
        ]),
      ),
    })),
  );
