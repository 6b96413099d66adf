import type { BlockProblem } from "../text/problems.ts";
import type { BlockRange, ParseOutcome } from "./block-parser.ts";
import type { BlockThreads } from "./parse-threads.ts";

/**
 * Parses blocks ahead, as many as the threads are wide, and gives the outcomes in the order of the blocks. A problem among the blocks
 * is passed on in its place.
 */
export async function* inOrder(
  blocks: AsyncIterable<BlockRange | BlockProblem> | Iterable<BlockRange>,
  threads: BlockThreads,
): AsyncGenerator<{ block: BlockRange; outcome: ParseOutcome }> {
  const ahead: { block: BlockRange; outcome: Promise<ParseOutcome> }[] = [];
  try {
    for await (const block of blocks) {
      if ("what" in block) {
        ahead.push({ block: { offset: block.offset, length: 0 }, outcome: Promise.resolve(block) });
      } else {
        const outcome = threads.parse(block);
        // Whoever takes it from the queue sees the failure; until then it must not count as unhandled.
        outcome.catch(() => {});
        ahead.push({ block, outcome });
      }
      if (ahead.length < threads.width) continue;
      const first = ahead.shift()!;
      yield { block: first.block, outcome: await first.outcome };
    }
    while (ahead.length > 0) {
      const first = ahead.shift()!;
      yield { block: first.block, outcome: await first.outcome };
    }
  } finally {
    await Promise.allSettled(ahead.map(({ outcome }) => outcome));
  }
}
