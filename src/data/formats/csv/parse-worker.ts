import { closeSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { BlockParser, type BlockRange, isProblem, type ParsePlan } from "./block-parser.ts";

/** Parses the blocks that it is told, one message each, until it is told `null`. */
function serve(): void {
  const { path, plan } = workerData as { path: string; plan: ParsePlan };
  const file = openSync(path, "r");
  const parser = new BlockParser(plan);
  parentPort!.on("message", (block: BlockRange | null) => {
    if (block === null) {
      closeSync(file);
      parentPort!.close();
      return;
    }
    const outcome = parser.parse(file, block);
    parentPort!.postMessage(outcome, isProblem(outcome) ? [] : [outcome.values, outcome.seen.buffer]);
  });
}

serve();
