import { setTimeout as sleep } from "node:timers/promises";
import { localStore, readLatest, verifyRun } from "../../src/checkpoints/index.ts";
import { hashState, KaaykoError, randomStream } from "../../src/core/index.ts";
import { startOwner } from "./processes.ts";

/**
 * Starts a process that goes on with a run, kills it at a random moment, looks at what is there; again and again on the same
 * run. The newest acknowledged checkpoint or a later one must be there each time, whole, with the bytes that were committed.
 */
export async function expectRandomKillsSurvived(
  folder: string,
  count: number,
  seed: number,
): Promise<{ kills: number; acknowledged: number }> {
  const random = randomStream(seed, "kills");
  const store = localStore(folder);
  let acknowledged = 0;
  const hashes = new Map<number, string>();
  for (let kill = 0; kill < count; kill++) {
    const owner = startOwner("loop", folder, "run-1");
    // From before it has opened the run until it has made a few commits, and some moment after that.
    await owner.afterLines(random.integer(8));
    await sleep(random.integer(30));
    owner.process.kill("SIGKILL");
    const ended = await owner.ended;
    const context = `kill ${kill} of seed ${seed}`;
    if (ended !== "SIGKILL") throw new Error(`${context}: ended with ${ended}: ${owner.lines.at(-1)}`);
    for (const line of owner.lines) {
      const [word, step, hash] = line.split(" ");
      if (word === "trying") hashes.set(Number(step), hash!);
      if (word === "acknowledged") acknowledged = Math.max(acknowledged, Number(step));
      if (word === "opened" && Number(step) > 0 && hashes.get(Number(step)) !== hash)
        throw new Error(`${context}: step ${step} was opened changed`);
    }
    await expectThere(context);
  }
  return { kills: count, acknowledged };

  async function expectThere(context: string): Promise<void> {
    try {
      const latest = await readLatest(store, "run-1");
      const step = latest?.position.step ?? 0;
      if (step < acknowledged) throw new Error(`${context}: step ${acknowledged} was acknowledged, ${step} is there`);
      if (latest !== null && hashState(latest.state) !== hashes.get(step)) throw new Error(`${context}: changed`);
      if (!(await verifyRun(store, "run-1")).ok) throw new Error(`${context}: something is damaged`);
    } catch (error) {
      const absent = error instanceof KaaykoError && error.kind === "usage";
      if (!absent || acknowledged > 0) throw error;
    }
  }
}
