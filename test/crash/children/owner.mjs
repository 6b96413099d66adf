// A process that owns a run: node owner.mjs MODE FOLDER RUN [NUMBER]. Reports on stdout, a line for each thing that happened.
import { existsSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createRun, listRuns, localStore, openRun, readLatest } from "../../../dist/checkpoints/index.js";
import { hashState } from "../../../dist/core/index.js";
import { nodeFileSystem } from "../../../dist/storage/index.js";

const [, , mode, folder, runId, number = "0"] = process.argv;
const store = localStore(folder);
const say = (...words) => writeSync(1, `${words.join(" ")}\n`);

function stateAt(step) {
  const arrays = {
    trees: Float32Array.from({ length: 300 * step }, (_, i) => i / 3),
    scores: new Float64Array(40_000).fill(step),
    edges: new Int32Array(20_000).fill(7),
  };
  return { json: { step }, arrays, appendOnly: ["trees"] };
}

function compute(milliseconds) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

async function open(options = {}) {
  const policy = { save: { kind: "steps", steps: 1 } };
  const runs = await listRuns(store);
  return runs.some((run) => run.runId === runId)
    ? openRun(store, runId, { policy, ...options })
    : createRun(store, { runId, run: { seed: 1 }, policy, ...options });
}

async function commit(session, step, acknowledge = true) {
  const state = stateAt(step);
  say("trying", step, hashState(state));
  await session.commit({ stage: "train", step }, state);
  if (!acknowledge) return;
  await session.flush();
  say("acknowledged", step);
}

const modes = {
  /** Commits for ever, with steps that block the event loop. */
  async loop() {
    const session = await open();
    let step = session.latest?.position.step ?? 0;
    say("opened", step, session.latest === null ? "-" : hashState(session.latest.state));
    for (;;) {
      compute(1 + (step % 4));
      step++;
      session.event({ type: "step", step });
      await commit(session, step, step % 3 !== 0);
    }
  },
  /** Kills itself before or after its n-th call of the file system: NUMBER is 2 n, and one more for after. */
  async site() {
    const [at, after] = [Math.floor(Number(number) / 2), Number(number) % 2];
    let calls = 0;
    const call = async (object, name, given) => {
      const number = ++calls;
      if (number === at && after === 0) process.kill(process.pid, "SIGKILL");
      try {
        const result = await object[name](...given);
        return name === "open" ? through(result) : result;
      } finally {
        // After a call that failed, too: a folder that is not there yet.
        if (number === at && after === 1) process.kill(process.pid, "SIGKILL");
      }
    };
    const through = (target) =>
      new Proxy(target, {
        // Without a "then", or it would be taken for a promise.
        get: (object, name) => (name === "then" ? undefined : (...given) => call(object, name, given)),
      });
    const own = localStore(folder, through(nodeFileSystem));
    const session = await createRun(own, { runId, run: { seed: 1 }, lease: { heartbeatMs: 100_000_000 } });
    for (let step = 1; step <= 4; step++) await commit(session, step);
    await session.close();
    say("calls", calls);
  },
  /** Opens and holds the run, for so long or until its stdin ends. */
  async hold() {
    const session = await open();
    say("won", process.pid);
    await new Promise((resolve) => {
      setTimeout(resolve, Number(number));
      process.stdin.resume().once("end", resolve);
    });
    await session.close();
    process.exit(0);
  },
  /** Opens, commits once and computes without ever coming back to the event loop, until there is a file "enough" beside the folder. */
  async block() {
    const session = await open();
    await commit(session, (session.latest?.position.step ?? 0) + 1);
    while (!existsSync(join(folder, "..", "enough"))) compute(10);
    await session.close();
  },
  /** Commits until the disk is full, makes room, goes on. */
  async fill() {
    writeFileSync(join(folder, "..", "filler"), new Uint8Array(Number(number)));
    let session = await open();
    let acknowledged = 0;
    try {
      for (let step = 1; ; step++) {
        await commit(session, step);
        acknowledged = step;
      }
    } catch (error) {
      say("failed", error.kind, error.message);
    }
    await session.close().catch(() => undefined);
    const latest = await readLatest(store, runId);
    say(
      "kept",
      acknowledged,
      latest.position.step,
      hashState(latest.state) === hashState(stateAt(latest.position.step)),
    );
    rmSync(join(folder, "..", "filler"));
    session = await open();
    await commit(session, session.latest.position.step + 1);
    await session.close();
  },
};

try {
  await modes[mode]();
} catch (error) {
  say("error", error.kind ?? "?", error.message);
  process.exit(error.exitCode ?? 70);
}
