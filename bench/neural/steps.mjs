// Our training step beside Keras' compiled one and PyTorch's: the same layers on rows of the same size, in alternating processes,
// medians; with the bar of each, GFLOP/s and the share of what a large product of matrices reaches here. Needs npm run build and
// kaayko setup. Peers are installed by pip into a folder of their own where no Python is named.
// usage: node bench/neural/steps.mjs [PYTHON] [--only mlp-8192,lstm] [--threads 1,2] [--rounds 3] [--seconds 3] [--peers keras,torch] [--json]
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { preparePython } from "./peers-python.mjs";
import { flopsOf } from "./step-flops.mjs";

/** Ratios to be reached. PyTorch has one bar for all. */
const BARS = { "mlp-8192": 1.05, "mlp-1024": 1.3, "wide-8192": 1, lstm: 1, transformer: 1.25 };
const TORCH_BAR = 1.5;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: Object.keys(BARS).join(",") },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    peers: { type: "string", default: "keras,torch" },
    json: { type: "boolean", default: false },
  },
});
const peers = options.peers.split(",").filter(Boolean);
const python = positionals[0] ?? preparePython(peers);
const file = (name) => fileURLToPath(new URL(name, import.meta.url));

function run(command, args) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "" };
  const output = execFileSync(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  return JSON.parse(output.toString().trim().split("\n").at(-1));
}

/** Rows a second of one process, and rows a second of processor time. */
function measure(who, name, threads) {
  const args = [name, threads, options.seconds];
  if (who === "ours") return run(process.execPath, [file("steps-ours.mjs"), ...args]);
  return run(python, [file("steps_peer.py"), ...args, who]);
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

function compare(name, threads) {
  const sides = ["ours", ...peers];
  const runs = Object.fromEntries(sides.map((side) => [side, []]));
  for (let round = 0; round < Number(options.rounds); round++)
    for (const side of sides) runs[side].push(measure(side, name, threads));
  const of = (side, what) => median(runs[side].map((one) => one[what]));
  const ratios = Object.fromEntries(
    peers.map((peer) => {
      const bar = peer === "torch" ? TORCH_BAR : BARS[name];
      const wall = of("ours", "perSecond") / of(peer, "perSecond");
      const processor = of("ours", "perCpuSecond") / of(peer, "perCpuSecond");
      return [peer, { rowsPerSecond: of(peer, "perSecond"), wall, processor, bar, reached: wall >= bar }];
    }),
  );
  const rowsPerSecond = of("ours", "perSecond");
  return {
    case: name,
    threads: Number(threads),
    rowsPerSecond,
    gigaflops: (rowsPerSecond * flopsOf(name)) / 1e9,
    ratios,
  };
}

const results = [];
for (const threads of options.threads.split(",")) {
  const { gigaflops: peak } = run(process.execPath, [file("peak.mjs"), threads]);
  for (const name of options.only.split(",")) {
    const result = { ...compare(name, threads), peak };
    results.push(result);
    if (options.json) console.log(JSON.stringify(result));
    else console.error(`measured ${name}, ${threads} thread(s)`);
  }
}
if (!options.json)
  console.table(
    results.map(({ case: name, threads, rowsPerSecond, gigaflops, peak, ratios }) => ({
      case: name,
      threads,
      "rows/s": Math.round(rowsPerSecond),
      "GFLOP/s": Number(gigaflops.toFixed(1)),
      "of peak": `${Math.round((100 * gigaflops) / peak)} % of ${Math.round(peak)}`,
      ...Object.fromEntries(
        Object.entries(ratios).map(([peer, { wall, processor, bar, reached }]) => [
          `to ${peer}`,
          `${wall.toFixed(2)} (processor time ${processor.toFixed(2)}), bar ${bar}: ${reached ? "reached" : "not reached"}`,
        ]),
      ),
    })),
  );
