import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createQueue, folderJobStore } from "../../src/jobs/index.ts";
import { type Death, diesAt } from "../support/dies-at.ts";
import { type Finished, runKaayko } from "../support/run-kaayko.ts";
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
  /** A worker and the job's process; the first step of training that the log has from there on kills one of them, once. */
  const work = (step: number, death: Death): Promise<Finished> => {
    const point = { type: "step", stage: "train", step };
    return runKaayko(["worker", "--drain"], { cwd, env: { ...env, ...diesAt({ on: "log", point }, death) } });
  };

  const first = await work(30, { whom: "parent", once: join(cwd, "killed-worker") });
  expect(first.signal, first.stderr).toBe("SIGKILL");
  const second = await work(31, { whom: "itself", once: join(cwd, "killed-process") });
  expect(second.code, second.stderr).toBe(0);

  const job = await queue.get(1);
  expect(job, JSON.stringify(job)).toMatchObject({ state: "completed", exitCode: 0 });
  expect(job.attempts).toBe(3);
  const result = job.result as { modelSha256: string; run: string };
  expect(result.run).toBe(JSON.parse(submitted.stdout).run);
  const alone = await runKaayko([...TRAIN, "--json", "--run-id", "alone"], { cwd, env });
  expect(JSON.parse(alone.stdout)).toMatchObject({ run: "alone", modelSha256: result.modelSha256 });
  expect(readFileSync(join(cwd, "checkpoints/.jobs/logs/1.log"), "utf8")).toContain("Going on with");
});
