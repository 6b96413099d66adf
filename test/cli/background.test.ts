import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobArguments } from "../../src/cli/background.ts";
import { createQueue, type JobQueue, memoryJobStore } from "../../src/jobs/index.ts";
import { aWorker } from "../jobs/scenario.ts";
import { type RunOptions, run } from "./doubles/run.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-background-"));
  writeFileSync(join(cwd, "a.csv"), "x,y\n1,2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const TRAIN = ["train", "--data", "a.csv", "--target", "y"];
const newQueue = (): JobQueue => createQueue(memoryJobStore());
const kaayko = (argv: readonly string[], jobs: JobQueue, options: RunOptions = {}) =>
  run(argv, { cwd, jobs, ...options });

describe("train --background", () => {
  it("puts the command into the queue, starts a worker, says how to follow", async () => {
    const jobs = newQueue();
    const ran = await kaayko(
      [...TRAIN, "--background", "--priority", "high", "--threads", "1", "--name", "ours"],
      jobs,
    );
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("kaayko logs 1 --follow");
    expect(ran.calls).toEqual([["startWorker"]]);
    expect((await jobs.get(1)).spec).toMatchObject({
      name: "ours",
      priority: "high",
      needs: { threads: 1 },
      payload: {
        argv: [...TRAIN, "--threads", "1", "--name", "ours"],
        cwd,
        run: { checkpointsDir: join(cwd, "checkpoints") },
      },
    });
  });

  it("gives one document with --json, and starts no worker where none is wanted", async () => {
    const ran = await kaayko([...TRAIN, "--background", "--json", "--no-worker", "--retries=2"], newQueue());
    expect(JSON.parse(ran.stdout)).toMatchObject({ job: "job-1", state: "queued", worker: null, priority: "normal" });
    expect(ran.calls).toEqual([]);
  });

  it("keeps settings of the environment and nothing else of it", async () => {
    const jobs = newQueue();
    const env = { KAAYKO_ROUNDS: "7", KAAYKO_API_KEY: "secret", AWS_SECRET_ACCESS_KEY: "secret" };
    await kaayko([...TRAIN, "--background"], jobs, { env });
    expect((await jobs.get(1)).spec.payload.env).toEqual({ KAAYKO_ROUNDS: "7" });
  });

  it.each([
    [["--background", "--rounds", "many"], "it must be a number"],
    [["--background", "--priority", "urgent"], "high, normal, low"],
    [["--priority", "high"], "Add --background"],
    [["--no-worker"], "Add --background"],
  ])("%j is wrong use, before anything is submitted", async (flags, text) => {
    const jobs = newQueue();
    const ran = await kaayko([...TRAIN, ...flags], jobs);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(text)]);
    expect((await jobs.list()).jobs).toEqual([]);
  });

  it("leaves out of the job's command what concerned its submission", () => {
    const argv = [
      "--json",
      "train",
      "--background",
      "--priority",
      "low",
      "--retries=1",
      "--rounds",
      "5",
      "--no-worker",
    ];
    expect(jobArguments(argv)).toEqual(["train", "--rounds", "5"]);
  });
});

describe("queue", () => {
  it("lists the running, the waiting in their turn, the finished, with a note where nobody works", async () => {
    const jobs = newQueue();
    for (const priority of ["low", "high", "normal"])
      await kaayko([...TRAIN, "--background", "--threads", "1", "--priority", priority], jobs);
    const running = (await jobs.claim(aWorker()))!;
    await jobs.heartbeat(running, {
      progress: { stage: "train", subject: "xgboost", step: 5, total: 9, secondsLeft: 61 },
    });
    const { stdout, stderr } = await kaayko(["queue"], jobs);
    expect(stdout).toMatch(/2 +a +high +running +train xgboost 5\/9 +1 min/);
    expect(stdout).toMatch(/3 +a +1 +normal +queued[\s\S]*1 +a +2 +low +queued/);
    expect(stderr).toContain("kaayko worker");
    const document = JSON.parse((await kaayko(["queue", "list", "--json"], jobs)).stdout);
    expect(document.jobs.map((job: { id: number; position: number | null }) => [job.id, job.position])).toEqual([
      [2, null],
      [3, 1],
      [1, 2],
    ]);
  });

  it("cancels, pauses, resumes and removes by number and by name, several at once", async () => {
    const jobs = newQueue();
    for (const name of ["one", "two", "three"]) await kaayko([...TRAIN, "--background", "--name", name], jobs);
    expect((await kaayko(["queue", "pause", "1", "job-2", "three"], jobs)).stdout).toContain("job-3 is paused");
    expect((await kaayko(["queue", "resume", "two"], jobs)).stdout).toBe("job-2 is queued\n");
    expect((await kaayko(["queue", "cancel", "2", "--json"], jobs)).stdout).toContain('"state":"cancelled"');
    expect((await kaayko(["queue", "clear", "--finished"], jobs)).stdout).toContain("1 job forgotten");
    expect((await kaayko(["queue", "remove", "1"], jobs)).stdout).toContain("job-1 is forgotten");
    expect((await kaayko(["queue", "cancel", "nobody"], jobs)).code).toBe(2);
    expect((await kaayko(["queue", "clear"], jobs)).code).toBe(2);
    expect((await jobs.list()).jobs.map(({ job }) => job.id)).toEqual([3]);
  });

  it("adds any other command", async () => {
    const jobs = newQueue();
    const words = ["predict", "--model", "houses", "--data", "new.csv", "--out", "p.csv"];
    const ran = await kaayko(["queue", "add", "--priority", "low", "--threads", "1", "--", ...words], jobs);
    expect(ran.code, ran.stderr).toBe(0);
    expect((await jobs.get(1)).spec).toMatchObject({
      name: "predict",
      priority: "low",
      payload: { argv: words, run: null },
    });
    expect((await kaayko(["queue", "add", "--", "queue", "list"], jobs)).code).toBe(2);
  });
});

it("logs shows what a job said and how it ended", async () => {
  const jobs = newQueue();
  await kaayko([...TRAIN, "--background"], jobs);
  const job = (await jobs.claim(aWorker()))!;
  await jobs.appendLog(1, "tree 1\n");
  await jobs.complete(job, { champion: "xgboost", modelPath: "models/a/1" });
  const ran = await kaayko(["logs", "1", "--follow"], jobs);
  expect([ran.code, ran.stdout]).toEqual([0, "tree 1\n"]);
  expect(ran.stderr).toContain("job-1 is completed: xgboost, models/a/1");
  expect(JSON.parse((await kaayko(["logs", "1", "--json"], jobs)).stdout).log).toEqual(["tree 1"]);
});

it("status shows the jobs that wait or run below the runs", async () => {
  mkdirSync(join(cwd, "checkpoints", ".jobs"), { recursive: true });
  const jobs = newQueue();
  await kaayko([...TRAIN, "--background", "--name", "ours"], jobs);
  expect((await kaayko(["status"], jobs)).stdout).toMatch(/houses-b[\s\S]*1 +ours +1 +normal +queued/);
  expect(JSON.parse((await kaayko(["status", "--json"], jobs)).stdout).jobs).toMatchObject([
    { id: 1, state: "queued" },
  ]);
  await jobs.cancel(1);
  expect((await kaayko(["status"], jobs)).stdout).not.toContain("ours");
});

it("worker passes on what it may hand out", async () => {
  const ran = await kaayko(["worker", "--once", "--cores", "3", "--memory", "2GB", "--concurrency", "2"], newQueue());
  expect(ran.calls).toEqual([
    ["work", expect.objectContaining({ until: "once", concurrency: 2, budget: { threads: 3, memoryBytes: 2e9 } })],
  ]);
  expect((await kaayko(["worker", "--concurrency", "0"], newQueue())).code).toBe(2);
});
