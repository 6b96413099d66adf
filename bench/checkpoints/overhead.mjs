// What saving costs a training: node bench/checkpoints/overhead.mjs [ROWS] [SECONDS]. The same steps with and without a
// session, in turns; prints the ratio, the time that commits held the training thread up, and the bytes a commit.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRun, localStore } from "../../dist/checkpoints/index.js";

const rows = Number(process.argv[2] ?? 2_400_000);
const seconds = Number(process.argv[3] ?? 12);
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));
const scores = new Float32Array(rows);

/** A tree's worth of work: passes over all rows. */
function work(step) {
  for (let pass = 0; pass < 12; pass++) for (let i = 0; i < rows; i++) scores[i] += Math.sqrt(i + step) * 1e-6;
}

async function train(steps, session) {
  let trees = new Float32Array(0);
  let held = 0;
  let bytes = 0;
  let commits = 0;
  const start = performance.now();
  for (let step = 1; step <= steps; step++) {
    work(step);
    const grown = new Float32Array(trees.length + 63 * 6);
    grown.set(trees);
    trees = grown.fill(step, trees.length);
    if (!session?.due({ stage: "train", step })) continue;
    const before = performance.now();
    const state = { json: { step }, arrays: { trees, scores: scores.slice() }, appendOnly: ["trees"] };
    await session.commit({ stage: "train", step }, state);
    held += performance.now() - before;
    commits++;
  }
  const total = performance.now() - start;
  if (session) bytes = (await session.flush())?.bytes ?? 0;
  return { total, held, commits, bytes };
}

const once = await train(5);
const steps = Math.max(20, Math.ceil((seconds * 1000) / (once.total / 5)));
const ratios = [];
for (let round = 0; round < 3; round++) {
  const plain = await train(steps);
  const session = await createRun(localStore(folder), { run: {} });
  const saved = await train(steps, session);
  await session.close();
  ratios.push(saved.total / plain.total);
  const share = ((100 * saved.held) / saved.total).toFixed(2);
  console.log(
    `${steps} steps: ${plain.total.toFixed(0)} ms without, ${saved.total.toFixed(0)} ms with ${saved.commits} commits of ${(saved.bytes / 1e6).toFixed(1)} MB; held up ${share} %`,
  );
}
console.log(`median ratio ${ratios.sort((a, b) => a - b)[1].toFixed(3)}`);
rmSync(folder, { recursive: true });
