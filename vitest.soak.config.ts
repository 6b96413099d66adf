import { defineConfig } from "vitest/config";

/** The long suites: kills, faults and fuzzing by the thousand. Hours, not minutes; never part of the default run. */
export default defineConfig({
  test: {
    include: ["test/soak/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    testTimeout: 3 * 3600_000,
    hookTimeout: 600_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
