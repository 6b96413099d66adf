import { expect, it } from "vitest";
import { runManyJobs } from "./many-jobs.ts";

it("12 jobs on 2 workers, with workers and jobs killed: each result once, none lost, urgent ones first", async () => {
  const plan = { jobs: 12, workers: 2, kills: 6, killEveryMs: 150, steps: 20, seed: 5, lastWaits: true };
  const report = await runManyJobs(plan);
  expect(report).toMatchObject({ states: { completed: 12 }, wrong: [], overlaps: 0, inversions: 0 });
  expect(report.killedWorkers + report.killedJobs).toBe(6);
  expect(report.attempts).toBeGreaterThan(12);
});
