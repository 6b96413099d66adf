// A job that counts to a number, keeps its step in a file, and goes on from there. It notes every beginning and every end. With `hold`
// it makes its last step once that file is gone.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { beginJob } from "../../../dist/jobs/index.js";

const { message, report } = await beginJob();
const { state, steps, milliseconds = 10, exit = 0, diary, dies = false, hold, id } = message;
const note = (what) => diary && appendFileSync(diary, `${JSON.stringify({ id, what, pid: process.pid })}\n`);
let stopping = false;
process.on("SIGTERM", () => {
  stopping = true;
});
let step = existsSync(state) ? Number(readFileSync(state, "utf8")) : 0;
if (existsSync(`${state}.pid`) && isAlive(...readFileSync(`${state}.pid`, "utf8").split(" "))) note("overlap");
writeFileSync(`${state}.pid`, `${process.pid} ${factsOf(process.pid)[19]}`);
note(`begins at ${step}`);
process.stderr.write(`begins at ${step}\n`);
while (step < steps && !stopping) {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (step + 1 === steps && hold !== undefined && existsSync(hold)) continue;
  writeFileSync(`${state}.tmp`, String(++step));
  renameSync(`${state}.tmp`, state);
  report({ stage: "count", subject: null, step, total: steps, secondsLeft: ((steps - step) * milliseconds) / 1000 });
  if (dies) process.kill(process.pid, "SIGKILL");
}
note(`ends at ${step}`);
if (step < steps) process.exit(143);
if (exit !== 0) process.stderr.write("error: Cannot count: it was told to fail\n");
else process.stdout.write(JSON.stringify({ counted: step }));
process.exitCode = exit;

/** Whether a process is there that began then: its id may be another's by now. */
function isAlive(pid, start) {
  const facts = factsOf(pid);
  return facts[0] !== "Z" && facts[19] === start;
}

/** What the system says of a process behind its name: its state first, the time when it began as the 20th. */
function factsOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
