import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/soak/**"],
    globalSetup: ["test/global-setup.ts"],
    setupFiles: ["test/support/watch-stalls.ts"],
    // For what never ends: a loaded machine, or a disk that writes for a minute, is slow and not wrong.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    // Modules are read once a worker, not once a file: a fifth of the whole time.
    isolate: false,
    // One more than cores of a small machine: many tests wait for processes.
    maxWorkers: 3,
    // .ci/run grants a second attempt, which is printed: its machine is shared, and some tests watch real processes.
    retry: Number(process.env.KAAYKO_TEST_RETRIES ?? 0),
  },
});
