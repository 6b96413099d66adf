// How long a listing takes beside an empty Node: node bench/checkpoints/listing.mjs [RUNS]. Prints the ratio of the medians.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, localStore } from "../../dist/checkpoints/index.js";

const runs = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));
const index = new URL("../../dist/checkpoints/index.js", import.meta.url).href;
const store = localStore(folder);
for (let run = 0; run < runs; run++) {
  const session = await createRun(store, { run: { run }, inThread: true });
  for (let step = 1; step <= 4; step++) {
    await session.commit({ stage: "train", step }, { json: { step }, arrays: { a: new Float64Array(10_000) } });
    await session.flush();
  }
  await session.close();
}
const list = `import("${index}").then(async (m) => {
  const store = m.localStore(${JSON.stringify(folder)});
  const runs = await m.listRuns(store);
  await m.listCheckpoints(store, runs[0].runId);
})`;
const time = (code) => {
  const start = performance.now();
  spawnSync(process.execPath, ["-e", code]);
  return performance.now() - start;
};
const empty = [];
const listing = [];
for (let i = 0; i < 15; i++) {
  empty.push(time("0"));
  listing.push(time(list));
}
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const [a, b] = [median(empty), median(listing)];
console.log(`node -e 0: ${a.toFixed(0)} ms; listing ${runs} runs: ${b.toFixed(0)} ms; ratio ${(b / a).toFixed(2)}`);
rmSync(folder, { recursive: true });
