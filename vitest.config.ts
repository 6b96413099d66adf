import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/soak/**"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // One more than cores of a small machine: many tests wait for processes.
    maxWorkers: 3,
    // .ci/run grants a second attempt, which is printed: its machine is shared, and some tests watch real processes.
    retry: Number(process.env.KAAYKO_TEST_RETRIES ?? 0),
  },
});
