// A worker of counting jobs: worker.mjs FOLDER CONCURRENCY THREADS until
import { fileURLToPath } from "node:url";
import { createQueue, folderJobStore, runWorker, startJobProcess } from "../../../dist/jobs/index.js";

const [folder, concurrency, threads, until] = process.argv.slice(2);
const script = fileURLToPath(new URL("./steps.mjs", import.meta.url));
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
await runWorker({
  queue: createQueue(folderJobStore(folder)),
  launch: (job, events) =>
    startJobProcess({ script, cwd: folder, env: process.env, message: { ...job.spec.payload, id: job.id } }, events),
  budget: { threads: Number(threads), memoryBytes: 2 ** 40 },
  concurrency: Number(concurrency),
  until,
  stop: stop.signal,
  say: (line) => process.stdout.write(`${line}\n`),
  pollMs: 100,
  heartbeatMs: 100,
  killAfterMs: 5000,
});
