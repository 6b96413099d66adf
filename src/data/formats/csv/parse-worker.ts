import { openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { BlockParser, type BlockRange, isProblem, type ParsePlan } from "./block-parser.ts";

/** Parses the blocks that it is told, one message each, until it is terminated. */
function serve(): void {
  const { path, plan } = workerData as { path: string; plan: ParsePlan };
  const file = openSync(path, "r");
  const parser = new BlockParser(plan);
  parentPort!.on("message", ({ block, spare }: { block: BlockRange; spare?: ArrayBuffer }) => {
    const outcome = parser.parse(file, block, spare);
    parentPort!.postMessage(outcome, isProblem(outcome) ? [] : [outcome.values, outcome.seen.buffer]);
  });
}

serve();
