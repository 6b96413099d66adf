import { listRuns, localStore } from "../../src/checkpoints/index.ts";
import { type Owner, startOwner } from "./processes.ts";

/** Until everybody has asked, however slowly processes start. */
const HOLDS_AT_MOST_MS = 600_000;

/**
 * Starts processes that all want to resume a run whose owner is dead. One must get it, and the others must be told whose it
 * is and leave.
 *
 * @throws where none or several got it
 */
export async function expectOneWinner(folder: string, contenders: number): Promise<void> {
  const owner = startOwner("loop", folder, "run-1");
  await owner.saying("acknowledged");
  owner.process.kill("SIGKILL");
  await owner.ended;
  const all = Array.from({ length: contenders }, () => startOwner("hold", folder, "run-1", HOLDS_AT_MOST_MS));
  try {
    const words = await Promise.all(all.map((one) => Promise.race([one.saying("won"), one.saying("error")])));
    const winners = all.filter((_, i) => words[i]?.startsWith("won"));
    if (winners.length !== 1) throw new Error(`${winners.length} of ${contenders} got the run: ${words.join("; ")}`);
    await expectTold(all, winners[0]!);
    const [left] = await listRuns(localStore(folder));
    if (left?.status !== "running" || left.pid !== winners[0]!.process.pid)
      throw new Error(`the run must be seen to be the winner's, got ${JSON.stringify(left)}`);
    winners[0]!.process.stdin!.end();
    if ((await winners[0]!.ended) !== 0) throw new Error(`the winner ended with ${await winners[0]!.ended}`);
  } finally {
    for (const one of all) one.process.kill("SIGKILL");
  }
}

async function expectTold(all: readonly Owner[], winner: Owner): Promise<void> {
  const told = new RegExp(`^error leased Cannot open the run run-1: .*process ${winner.process.pid} `);
  for (const one of all.filter((other) => other !== winner)) {
    const code = await one.ended;
    if (code !== 5 || !told.test(one.lines[0] ?? ""))
      throw new Error(`a loser ended with ${code}: ${one.lines.join()}`);
  }
}
