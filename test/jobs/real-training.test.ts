import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createQueue, folderJobStore, isFinished, type JobStatus } from "../../src/jobs/index.ts";
import { type Running, runKaayko, startKaayko } from "../support/run-kaayko.ts";
import { writeTableFile } from "../support/table-file.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-real-job-"));
  writeTableFile(join(cwd, "lakes.csv"), 4000);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const FLAGS = "--algorithms xgboost --rounds 400 --threads 1 --refit never --checkpoint-every 20steps".split(" ");
const TRAIN = ["train", "--data", "lakes.csv", "--target", "score", "--ignore", "label", ...FLAGS];

it("a training whose worker and whose process are killed goes on by itself and ends in the same model", async () => {
  const env = { KAAYKO_CACHE: join(cwd, "cache") };
  const submitted = await runKaayko([...TRAIN, "--background", "--no-worker", "--json"], { cwd, env });
  expect(submitted.code, submitted.stderr).toBe(0);
  const queue = createQueue(folderJobStore(JSON.parse(submitted.stdout).jobsDir));
  const worker = (): Running => startKaayko(["worker", "--drain"], { cwd, env });
  const status = async (): Promise<JobStatus> => (await queue.list()).jobs[0]!;
  const reached = async (step: number): Promise<JobStatus> => {
    for (;;) {
      const now = await status();
      if (isFinished(now.job) || (now.progress?.stage === "train" && now.progress.step >= step)) return now;
      await sleep(20);
    }
  };

  let running = worker();
  const first = await reached(30);
  expect(first.job.state).toBe("running");
  running.child.kill("SIGKILL");
  await running.finished;
  running = worker();
  const second = await reached(31);
  if (second.job.state === "running") process.kill(second.job.owner!.child!.pid, "SIGKILL");
  expect((await running.finished).code).toBe(0);

  const { job } = await status();
  expect(job, JSON.stringify(job)).toMatchObject({ state: "completed", exitCode: 0 });
  expect(job.attempts).toBeGreaterThan(1);
  const result = job.result as { modelSha256: string; run: string };
  expect(result.run).toBe(JSON.parse(submitted.stdout).run);
  const alone = await runKaayko([...TRAIN, "--json", "--run-id", "alone"], { cwd, env });
  expect(JSON.parse(alone.stdout)).toMatchObject({ run: "alone", modelSha256: result.modelSha256 });
  expect(readFileSync(join(cwd, "checkpoints/.jobs/logs/1.log"), "utf8")).toContain("Going on with");
});
