import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localStore, openRun } from "../../src/checkpoints/index.ts";
import { hashState, KaaykoError } from "../../src/core/index.ts";
import { startOwner } from "./processes.ts";

/**
 * Starts a process that kills itself before or after its n-th call of the file system, for every `stride`-th n from `from` on,
 * and opens what it leaves: the acknowledged checkpoint or a later one must be there, whole, at once.
 *
 * @returns how many processes were killed
 */
export async function expectSiteKillsSurvived(from: number, stride: number): Promise<number> {
  let kills = 0;
  for (let at = from; ; at += stride) {
    for (const after of [0, 1]) {
      const folder = mkdtempSync(join(tmpdir(), "kaayko-site-"));
      try {
        const owner = startOwner("site", folder, "run-1", 2 * at + after);
        const ended = await owner.ended;
        if (ended === 0) return kills;
        if (ended !== "SIGKILL") throw new Error(`call ${at}: ended with ${ended}: ${owner.lines.at(-1)}`);
        kills++;
        await expectThere(folder, owner.lines, `killed ${after === 0 ? "before" : "after"} call ${at}`);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
}

async function expectThere(folder: string, lines: readonly string[], context: string): Promise<void> {
  const said = lines.map((line) => line.split(" "));
  const acknowledged = Math.max(0, ...said.filter(([word]) => word === "acknowledged").map(([, step]) => Number(step)));
  const hashes = new Map(said.filter(([word]) => word === "trying").map(([, step, hash]) => [Number(step), hash]));
  try {
    // Its death is proved, so that nothing waits for the lease to end.
    const session = await openRun(localStore(folder), "run-1", { lease: { timeToLiveMs: 1e9 } });
    const { latest } = session;
    await session.close();
    const step = latest?.position.step ?? 0;
    if (step < acknowledged) throw new Error(`${context}: step ${acknowledged} was acknowledged, ${step} is there`);
    if (latest !== null && hashState(latest.state) !== hashes.get(step)) throw new Error(`${context}: changed`);
  } catch (error) {
    if (!(error instanceof KaaykoError) || error.kind !== "usage" || acknowledged > 0) throw error;
  }
}
