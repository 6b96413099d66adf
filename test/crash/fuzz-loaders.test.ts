import { describe, expect, it } from "vitest";
import { fuzzLoaders } from "./fuzz-loaders.ts";

const MOST_MEMORY = 2 ** 31;

describe("loaders of files that somebody else wrote", () => {
  it("read or refuse 5,000 mutated ones (200,000 in the soak test)", async () => {
    const { outcomes, largestRssBytes } = await fuzzLoaders(0, 4_999);
    for (const [name, { refused, read }] of outcomes) {
      expect(refused, name).toBeGreaterThan(50);
      expect(read, name).toBeGreaterThan(5);
    }
    expect(largestRssBytes).toBeLessThan(MOST_MEMORY);
  });
});
