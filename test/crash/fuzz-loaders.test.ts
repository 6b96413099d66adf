import { describe, expect, it } from "vitest";
import { fuzzLoaders } from "./fuzz-loaders.ts";

const MOST_MEMORY = 2 ** 31;

describe("loaders of files that somebody else wrote", () => {
  it("read or refuse 2,000 mutated ones (200,000 in the soak test)", async () => {
    // What other files of tests left in this process is not theirs.
    const before = process.memoryUsage.rss();
    const { outcomes, largestRssBytes } = await fuzzLoaders(0, 1_999);
    for (const [name, { refused, read }] of outcomes) {
      expect(refused, name).toBeGreaterThan(20);
      expect(read, name).toBeGreaterThan(2);
    }
    expect(largestRssBytes - before).toBeLessThan(MOST_MEMORY);
  });
});
