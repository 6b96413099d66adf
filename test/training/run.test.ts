import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baseline } from "../../src/algorithms/baseline/index.ts";
import { createRun, localStore, openRun } from "../../src/checkpoints/index.ts";
import type { KaaykoError } from "../../src/core/index.ts";
import { loadModel } from "../../src/models/index.ts";
import {
  describeRequest,
  requestOfRun,
  runTraining,
  type TrainDocument,
  type TrainingOptions,
} from "../../src/training/index.ts";
import { broken, type Disk, newDisk, openSession, preparationOf, SILENT, settings, toy } from "./doubles.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-run-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ALGORITHMS = { toy: async () => toy, baseline: async () => baseline };

function options(
  disk: Disk,
  values: Record<string, unknown> = {},
  more: Partial<TrainingOptions> = {},
): TrainingOptions {
  return {
    settings: settings({ modelsDir: join(folder, "models"), ...values }),
    session: openSession(disk),
    algorithms: ALGORITHMS,
    observer: SILENT,
    preparation: preparationOf(),
    ...more,
  };
}

/** Everything of a document that an interruption must not change. */
function result(document: TrainDocument): unknown {
  const algorithms = document.algorithms.map(({ seconds: _, ...rest }) => rest);
  const { status, champion, metrics, modelSha256, rows, seed, explanation, columns } = document;
  return { status, champion, metrics, modelSha256, rows, seed, algorithms, explanation, columns };
}

describe("a run", () => {
  it("trains, judges and saves", async () => {
    const document = await runTraining(options(newDisk()));
    expect(document.status).toBe("completed");
    expect(document.champion).toBe("toy");
    expect(document.algorithms.map(({ name }) => name)).toEqual(["toy", "baseline"]);
    expect(document.rows).toEqual({ train: 192, validation: 24, test: 24 });
    expect(document.stages.map(({ name }) => name)).toEqual(["load", "features", "train", "evaluate", "save"]);
    expect(document.modelPath).toBe(join(folder, "models", "points", "1"));
    const stored = await loadModel(document.modelPath!);
    expect(stored.modelSha256).toBe(document.modelSha256);
    expect(stored.metadata).toMatchObject({ algorithm: "toy", metrics: document.algorithms[0]!.metrics });
    expect((await readdir(document.modelPath!)).sort()).toEqual([
      "arrays.bin",
      "golden.json",
      "metadata.json",
      "model.json",
      "report.json",
    ]);
    expect(JSON.parse(await readFile(join(document.modelPath!, "report.json"), "utf8")).champion).toBe("toy");
  });

  it("explains as much as it is asked to", async () => {
    const explanationOf = async (report: string) => (await runTraining(options(newDisk(), { report }))).explanation;
    const full = (await explanationOf("full"))!;
    expect(full).toMatchObject({ algorithm: "toy", role: "test", rows: 24, predictions: { kind: "regression" } });
    expect(full.permutation!.features[0]!.feature).toBe("x");
    expect(full.partialDependence!.map(({ feature }) => feature)).toEqual(["x"]);
    expect(Object.keys((await explanationOf("fast"))!)).toEqual(["algorithm", "predictions", "role", "rows"]);
    expect(await explanationOf("none")).toBeUndefined();
  });

  it("gives the same bytes again, as the next version", async () => {
    const first = await runTraining(options(newDisk()));
    const second = await runTraining(options(newDisk()));
    expect(second.modelSha256).toBe(first.modelSha256);
    expect(second.modelPath).toBe(join(folder, "models", "points", "2"));
  });

  it.each([{}, { folds: 3 }])("ends the same when it is interrupted behind every step: %j", async (values) => {
    const golden = await runTraining(options(newDisk(), { ...values, modelsDir: join(folder, "golden") }));
    const disk = newDisk();
    let processes = 0;
    for (;;) {
      processes++;
      const before = disk.latest?.position;
      let asked = 0;
      const stop = () => (asked++ === 0 ? ("SIGINT" as const) : null);
      const document = await runTraining(options(disk, values, { stop }));
      if (before !== undefined) expect(document.resumedFrom).toMatchObject({ stage: before.stage, step: before.step });
      if (document.status === "completed") {
        expect(result(document)).toEqual(result(golden));
        break;
      }
      expect(document).toMatchObject({ status: "interrupted", signal: "SIGINT", modelPath: null });
    }
    const steps = disk.events.filter(({ type }) => type === "step").map(({ stage, step }) => `${stage} ${step}`);
    expect(new Set(steps).size).toBe(steps.length);
    expect(processes).toBeGreaterThan(values.folds === undefined ? 20 : 45);
    expect(await readdir(join(folder, "models", "points"))).toContain("1");
  });

  it("can be resumed from every step in its log, in that stage, however seldom the policy commits", async () => {
    const disk = newDisk();
    const session = openSession(disk, () => false);
    const unsafe: unknown[] = [];
    const subjects = new Set<unknown>();
    const event: typeof session.event = (line) => {
      session.event(line);
      const latest = disk.latest?.position;
      if (line.type === "step" && (latest == null || latest.stage !== line.stage || latest.step < 1)) unsafe.push(line);
      if (line.type === "commit") subjects.add(disk.latest?.position.note?.split(",")[0]);
    };
    const document = await runTraining(options(disk, {}, { session: { ...session, event } }));
    expect(document.status).toBe("completed");
    expect(unsafe).toEqual([]);
    expect([...subjects]).toEqual(expect.arrayContaining(["toy", "baseline"]));
  });

  it("ends the same when it is killed at any step and much was not committed", async () => {
    const golden = await runTraining(options(newDisk(), { modelsDir: join(folder, "golden") }));
    for (let kill = 1; kill < 40; kill += 3) {
      const disk = newDisk();
      let asked = 0;
      const session = openSession(disk, ({ step }) => step % 4 === 0);
      const killed = { ...session, event: () => undefined };
      const stop = () => {
        if (++asked === kill) throw new Error("killed");
        return null;
      };
      await runTraining(options(disk, {}, { session: killed, stop })).catch(() => undefined);
      const document = await runTraining(options(disk));
      expect(result(document), `killed at ${kill}`).toEqual(result(golden));
    }
  });

  it("goes on from a checkpoint on disk, in a session of its own, and logs commits once they are durable", async () => {
    const golden = await runTraining(options(newDisk(), { modelsDir: join(folder, "golden") }));
    const store = localStore(join(folder, "checkpoints"));
    const request = { settings: settings({ modelsDir: join(folder, "models") }) };
    const policy = { save: { kind: "steps", steps: 2 } } as const;
    let asked = 0;
    const first = await createRun(store, { run: describeRequest(request), policy });
    const stop = () => (++asked === 9 ? ("SIGTERM" as const) : null);
    const cut = await runTraining({ ...options(newDisk()), ...request, session: first, stop });
    await first.close();
    expect(cut.status).toBe("interrupted");

    const second = await openRun(store, first.runId, { policy });
    const document = await runTraining({ ...options(newDisk()), ...requestOfRun(second.run), session: second });
    await second.close();
    expect(document.modelSha256).toBe(golden.modelSha256);
    expect(document.resumedFrom).toMatchObject({ stage: "train", step: 4 });
    const log = await readFile(join(folder, "checkpoints", first.runId, "events.jsonl"), "utf8");
    const events = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const commits = events.filter(({ type }) => type === "commit").map(({ sequence }) => sequence);
    expect(commits.length).toBeGreaterThan(10);
    expect(commits).toEqual([...commits].sort((a, b) => a - b));
    const third = await openRun(store, first.runId, { policy });
    const again = await runTraining({ ...options(newDisk()), ...requestOfRun(third.run), session: third });
    await third.close();
    expect(again).toEqual(document);
  });

  it("refuses to resume where an algorithm means something else now", async () => {
    const disk = newDisk();
    let asked = 0;
    await runTraining(options(disk, {}, { stop: () => (++asked === 9 ? "SIGTERM" : null) }));
    const changed = {
      ...toy,
      createTrainer: async (context: Parameters<typeof toy.createTrainer>[0]) =>
        Object.assign(await toy.createTrainer(context), { version: 2 }),
    };
    const resumed = runTraining(options(disk, {}, { algorithms: { ...ALGORITHMS, toy: async () => changed } }));
    await expect(resumed).rejects.toMatchObject({ exitCode: 2, remedy: expect.stringContaining("--fork") });
  });

  it("says that the disk failed, at the latest with the next step", async () => {
    const session = openSession(newDisk());
    const full = { ...session, flush: async () => Promise.reject(new Error("no space left")) };
    await expect(runTraining(options(newDisk(), {}, { session: full }))).rejects.toThrow("no space left");
  });

  it("prints its result again once it is finished", async () => {
    const disk = newDisk();
    const first = await runTraining(options(disk));
    const again = await runTraining(options(disk));
    expect(again).toEqual(first);
  });

  it("refuses to resume with other settings, and says which and what to do", async () => {
    const disk = newDisk();
    await runTraining(options(disk));
    const error = await runTraining(options(disk, { seed: 7, folds: 2, threads: 2 })).catch((caught) => caught);
    expect((error as KaaykoError).exitCode).toBe(2);
    expect(error.message).toContain("seed: 42 before, 7 now");
    expect(error.message).toContain("folds: 0 before, 2 now");
    expect(error.message).not.toContain("threads");
    expect(error.remedy).toContain("--fork");
  });

  it("refuses to resume with other data", async () => {
    const disk = newDisk();
    let asked = 0;
    await runTraining(options(disk, {}, { stop: () => (++asked === 5 ? "SIGTERM" : null) }));
    const other = options(disk, {}, { preparation: preparationOf(undefined, "e".repeat(64)) });
    await expect(runTraining(other)).rejects.toThrow(/fingerprint ffff.* before, eeee.* now/);
  });

  it("forks: keeps what a change does not touch and ends as a run of its own", async () => {
    const fresh = await runTraining(options(newDisk(), { rounds: 9, modelsDir: join(folder, "fresh") }));
    const disk = newDisk();
    await runTraining(options(disk));
    const stages: string[] = [];
    const observer = { ...SILENT, stage: (name: string) => void stages.push(name) };
    const forked = await runTraining(options(newDisk(), { rounds: 9 }, { observer, forkFrom: disk.latest! }));
    expect(forked.modelSha256).toBe(fresh.modelSha256);
    expect(stages).toEqual(["train", "evaluate", "save"]);
  });

  it("goes on without an algorithm that fails, and says so", async () => {
    const algorithms = { broken: async () => broken, ...ALGORITHMS };
    const document = await runTraining(options(newDisk(), { folds: 2 }, { algorithms }));
    expect(document.status).toBe("completed");
    expect(document.algorithms[0]).toMatchObject({
      name: "broken",
      metrics: {},
      error: "its library is not installed",
    });
  });

  it("fails with an algorithm that was the only one", async () => {
    const run = runTraining(options(newDisk(), {}, { algorithms: { broken: async () => broken } }));
    await expect(run).rejects.toThrow("its library is not installed");
  });

  it("publishes no model where the gate is missed", async () => {
    const document = await runTraining(options(newDisk(), { minScore: "rmse<=0.001" }));
    expect(document).toMatchObject({ status: "failed", modelPath: null, gate: { metric: "rmse", passed: false } });
    expect(await readdir(folder)).toEqual([]);
    const passed = await runTraining(options(newDisk(), { minScore: "rmse<=100" }));
    expect(passed).toMatchObject({ status: "completed", gate: { passed: true } });
  });

  it.each([
    [{ algorithms: ["toi"] }, 'Did you mean "toy"?'],
    [{ minScore: "auc=0.9" }, "auc>=0.9"],
    [{ minScore: "auc>=0.9" }, "Known: rmse"],
    [{ folds: 1 }, "--folds 5"],
  ])("refuses wrong use: %j", async (values, remedy) => {
    const error: KaaykoError = await runTraining(options(newDisk(), values)).catch((caught) => caught);
    expect(error.exitCode).toBe(2);
    expect(error.remedy).toContain(remedy);
  });

  it("stops at the time limit and keeps what was learnt", async () => {
    const document = await runTraining(options(newDisk(), { timeLimit: 0.1, rounds: 100000 }));
    expect(document.status).toBe("completed");
    expect(document.champion).toBe("toy");
  });

  it("runs a user's own stage and continues it", async () => {
    const disk = newDisk();
    const done: number[] = [];
    const stage = {
      name: "custom_stage",
      run: async ({ checkpoints }: { checkpoints: import("../../src/training/index.ts").CustomCheckpoints }) => {
        const before = checkpoints.load("custom_stage");
        for (let step = before?.progress.step ?? 0; step < 4; step++) {
          done.push(step);
          await checkpoints.save("custom_stage", { step: step + 1, total: 4 }, { sum: step });
        }
      },
    };
    let document: TrainDocument;
    do {
      let asked = 0;
      const stop = () => (asked++ === 0 ? ("SIGTERM" as const) : null);
      document = await runTraining(options(disk, {}, { stop, customStages: [stage] }));
    } while (document.status === "interrupted");
    expect(done).toEqual([0, 1, 2, 3]);
    expect(document.status).toBe("completed");
    expect(document.stages.map(({ name }) => name)).toContain("custom_stage");
  });
});
