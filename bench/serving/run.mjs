// One row of a boosted-tree model at 1,000 requests a second, client and server on this machine, beside fastify's empty route.
// node bench/serving/run.mjs [rounds] [seconds]   after npm run build; about 6 × 10 s by default
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { train } from "../../dist/index.js";

const [rounds = 3, seconds = 10] = process.argv.slice(2).map(Number);
const RATE = 1000;
const CITIES = ["Oslo", "Lyon", "Rome", "Bern"];
const here = (name) => new URL(name, import.meta.url).pathname;
const numbers = (i) =>
  Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`x${k}`, Math.sin(i * (k + 1) * 0.37)]));
const row = (i) => ({ ...numbers(i), city: CITIES[i % 4], sunny: i % 3 === 0 });

const folder = await mkdtemp(join(tmpdir(), "kaayko-bench-"));
try {
  const modelsDir = join(folder, "models");
  const data = Array.from({ length: 5000 }, (_, i) => {
    const one = row(i);
    return { ...one, y: one.x0 * one.x1 + one.x2 + (one.sunny ? 0.5 : 0) };
  });
  const settings = { algorithms: ["xgboost"], rounds: 200, report: "none" };
  const { document } = await train({ data, target: "y", name: "trees", modelsDir, checkpointsDir: null, ...settings });
  console.log(`model: xgboost, 32 features, trained ${document.status}`);
  const results = { empty: [], predict: [] };
  const empty = await start([here("empty-route.mjs")], (line) => line.trim());
  const args = [here("../../bin/kaayko"), "serve", "--models-dir", modelsDir, "--port", "0", "--log-level", "warn"];
  const ours = await start(args, (line) => /on (http:\S+);/.exec(line)?.[1]);
  const body = JSON.stringify({ rows: [row(7)] });
  for (let round = 0; round <= rounds; round++) {
    const length = round === 0 ? 3 : seconds;
    const measured = {
      empty: await measure({ url: `${empty.url}/`, method: "POST", body, rate: RATE, seconds: length }),
      predict: await measure({
        url: `${ours.url}/v1/models/trees/predict`,
        method: "POST",
        body,
        rate: RATE,
        seconds: length,
      }),
    };
    // The first round warms both up.
    for (const name of ["empty", "predict"]) {
      if (round > 0) results[name].push(measured[name]);
      console.log(round === 0 ? "warm-up" : `round ${round}`, name, JSON.stringify(measured[name]));
    }
  }
  for (const { child } of [empty, ours]) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  for (const [name, list] of Object.entries(results)) {
    const median = (key) => list.map((one) => one[key]).sort((a, b) => a - b)[list.length >> 1];
    console.log(
      `${name}: median of ${list.length}: p50 ${median("p50")} ms, p99 ${median("p99")} ms, errors ${list.reduce((sum, one) => sum + one.errors, 0)}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function start(args, urlOf) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let url;
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      url ??= urlOf(String(chunk));
    });
  for (let tries = 0; url === undefined && tries < 600; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { child, url };
}

async function measure(request) {
  const child = spawn(process.execPath, [here("client.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(request));
  return json(child.stdout);
}
