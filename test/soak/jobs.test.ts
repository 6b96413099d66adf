import { expect, it } from "vitest";
import { runManyJobs } from "../jobs/many-jobs.ts";

it("100 jobs on 3 workers with random kills of workers and jobs: each result once, none lost, urgent ones first", async () => {
  const report = await runManyJobs({ jobs: 100, workers: 3, kills: 150, killEveryMs: 250, steps: 60, seed: 11 });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report).toMatchObject({ states: { completed: 100 }, wrong: [], overlaps: 0, inversions: 0 });
  expect(report.killedWorkers).toBeGreaterThan(20);
  expect(report.killedJobs).toBeGreaterThan(40);
});
