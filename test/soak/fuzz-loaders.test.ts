import { describe, expect, it } from "vitest";
import { fuzzLoaders } from "../crash/fuzz-loaders.ts";
import { tell } from "../crash/kill-and-resume.ts";
import { createTally, rangeOf } from "./tally.ts";

const [FIRST, LAST] = rangeOf(process.env.KAAYKO_SOAK_FUZZ, [0, 199_999]);
const MOST_MEMORY = 2 ** 31;

describe("loaders of files that somebody else wrote", () => {
  it(`read or refuse mutated ones, seeds ${FIRST} to ${LAST}`, async () => {
    const { outcomes, largestRssBytes } = await fuzzLoaders(FIRST, LAST, (seed) => {
      if (seed % 20_000 === 0) tell(`fuzzed up to seed ${seed}`);
    });
    const tally = createTally();
    for (const [name, { refused, read }] of outcomes) {
      tally.survived(`${name}: refused clearly`, refused);
      tally.survived(`${name}: read`, read);
    }
    tally.print(
      `Mutated files, none of which crashed or hung a loader; at most ${Math.round(largestRssBytes / 1e6)} MB`,
    );
    expect(tally.total).toBe(LAST - FIRST + 1);
    expect(largestRssBytes).toBeLessThan(MOST_MEMORY);
  });
});
