import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/**
 * A few seconds, and nothing native: the contracts, the numbers, and training on wasm and cpu as on a machine without TensorFlow.
 * Tests that need it are skipped, since the cache folder is one in which it was never set up.
 */
export default defineConfig({
  test: {
    include: [
      "test/core/**/*.test.ts",
      "test/metrics/**/*.test.ts",
      "test/algorithms/neural/layers.test.ts",
      "test/algorithms/sequence/**/*.test.ts",
    ],
    // Thousands of draws each: the default suite has them.
    exclude: ["test/core/exact-math.test.ts", "test/core/random.test.ts"],
    env: { KAAYKO_NO_SETUP: "1", KAAYKO_CACHE: join(tmpdir(), "kaayko-without-tensorflow") },
    testTimeout: 600_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
