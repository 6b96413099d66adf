import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseline } from "../../src/algorithms/baseline/index.ts";
import { canonicalJson, type KaaykoError } from "../../src/core/index.ts";
import { memorySource } from "../../src/data/index.ts";
import { createModelPredictor, loadModel, predictFile, predictRows } from "../../src/models/index.ts";
import { digestFile } from "../../src/training/file-digest.ts";
import {
  createFilePreparation,
  evaluateFile,
  runTraining,
  type TrainDocument,
  type TrainingOptions,
} from "../../src/training/index.ts";
import { expectResumable } from "../conformance/resumable.ts";
import { type Disk, newDisk, openSession, SILENT, settings, toy } from "./doubles.ts";
import { collectRows, makeTable, openTables } from "./tables.ts";

const TABLES = { main: makeTable(1000), test: makeTable(200, 2) };
const PREPARATION = createFilePreparation(openTables(TABLES));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function options(
  disk: Disk,
  values: Record<string, unknown> = {},
  more: Partial<TrainingOptions> = {},
): TrainingOptions {
  return {
    settings: settings({
      data: "main",
      target: "y",
      ignore: ["yes", "size"],
      modelsDir: join(folder, "models"),
      ...values,
    }),
    session: openSession(disk),
    algorithms: { toy: async () => toy, baseline: async () => baseline },
    observer: SILENT,
    preparation: PREPARATION,
    ...more,
  };
}

const BINARY = { target: "yes", ignore: ["y", "size"], algorithms: ["baseline"], name: "yes" };
const CLASSES = { target: "size", ignore: ["y", "yes"], algorithms: ["baseline"], name: "size" };

describe("a run over tables", () => {
  it.each([
    ["regression", {}, { train: 800, validation: 100, test: 100 }],
    ["binary", BINARY, { train: 800, validation: 100, test: 100 }],
    ["multiclass", CLASSES, undefined],
    ["regression", { test: "test", weight: "w" }, { train: 900, validation: 100, test: 200 }],
    ["regression", { group: "site" }, { train: 800, validation: 100, test: 100 }],
    ["regression", { sampleSize: "500" }, { train: 400, validation: 50, test: 50 }],
    ["regression", { maxMemory: 1e6, algorithms: ["baseline"] }, { train: 800, validation: 100, test: 100 }],
    ["regression", { folds: 3, smokeTest: true }, { train: 800, validation: 100, test: 100 }],
  ] as const)("learns %s: %j", async (task, values, rows) => {
    const document = await runTraining(options(newDisk(), values));
    expect(document).toMatchObject({ status: "completed", task, ...(rows === undefined ? {} : { rows }) });
    for (const { metrics } of document.algorithms)
      for (const value of Object.values(metrics.test!)) expect(value === null || Number.isFinite(value)).toBe(true);
    expect(() => canonicalJson(document)).not.toThrow();
  });

  it.each([
    ["in memory", {}],
    ["streamed, with a test table", { maxMemory: 1e6, algorithms: ["baseline"], test: "test" }],
  ])("ends the same when it is interrupted behind every step, %s", async (_, values) => {
    const golden = await runTraining(options(newDisk(), { ...values, name: "golden" }));
    const disk = newDisk();
    let document: TrainDocument;
    do {
      let asked = 0;
      document = await runTraining(
        options(disk, { ...values, name: "cut" }, { stop: () => (asked++ === 0 ? ("SIGTERM" as const) : null) }),
      );
    } while (document.status === "interrupted");
    expect(document.modelSha256).toBe(golden.modelSha256);
    expect(document.metrics).toEqual(golden.metrics);
    const steps = disk.events.filter(({ type }) => type === "step").map(({ stage, step }) => `${stage} ${step}`);
    expect(new Set(steps).size).toBe(steps.length);
  });

  it("has a load stage that can be stopped anywhere", async () => {
    const values = settings({ data: "main", test: "test", target: "y" });
    const steps = await expectResumable({
      make: () => PREPARATION.createLoader(values, "needed"),
      outcome: async (stage) => (await stage.product()).fingerprint,
      dispose: async (stage) => stage.dispose?.(),
    });
    expect(steps).toBeGreaterThan(10);
  });

  it.each([
    [{ target: "why" }, /use column "why"/],
    [{ target: undefined }, /must be named/],
    [{ ignore: ["colour"] }, /use column "colour"/],
    [{ split: "time" }, /split the rows by time/],
    [{ target: "y", task: "ranking" }, /train for ranking/],
    [{ weight: "color" }, /weight rows by "color"/],
    [{ target: "y", task: "binary" }, /predict "y"/],
    [{ sampleSize: "0" }, /sample-size/],
    [{ sampleSize: "100000" }, /sample-size/],
  ])("refuses what cannot be learnt from: %j", async (values, message) => {
    const error: KaaykoError = await runTraining(options(newDisk(), values)).catch((caught) => caught);
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });

  it("notices that a file has changed, and not that it has moved", async () => {
    const [first, second, changed] = ["a.bin", "b.bin", "c.bin"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(first, new Uint8Array(3_000_000).fill(7));
    await writeFile(second, new Uint8Array(3_000_000).fill(7));
    await writeFile(changed, new Uint8Array(3_000_000).fill(7, 0, 2_999_999));
    expect(await digestFile(second)).toBe(await digestFile(first));
    expect(await digestFile(changed)).not.toBe(await digestFile(first));
    expect(await digestFile(join(folder, "none"))).toBeNull();
  });

  it.skipIf(process.platform === "win32")("does not wait at a pipe to digest it", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await digestFile(pipe)).toBeNull();
  });

  it("takes no file for a table in memory that is called so", async () => {
    const path = join(folder, "houses");
    await writeFile(path, "what was there before");
    const disk = newDisk();
    const preparation = createFilePreparation(openTables({ [path]: TABLES.main }));
    const given = options(disk, { data: path, rounds: 3 }, { preparation });
    await runTraining({ ...given, stop: () => "SIGTERM" });
    expect(disk.latest).not.toBeNull();
    await writeFile(path, "another text");
    expect((await runTraining({ ...given, session: openSession(disk) })).status).toBe("completed");
  });
});

describe("a saved model", () => {
  it("predicts a file as it was judged", async () => {
    const document = await runTraining(options(newDisk(), { ...CLASSES, test: "test" }));
    const { model } = await loadModel(document.modelPath!);
    const predictor = await createModelPredictor(model);
    const notices: string[] = [];
    const written = collectRows();
    const source = memorySource(TABLES.test, "test");
    const result = await predictFile({
      predictor,
      source,
      openWriter: written.openWriter,
      keep: ["site"],
      notify: (message) => notices.push(message),
    });
    expect(result).toEqual({ rows: 200, bytes: 0 });
    expect(written.state.columns.map(({ name }) => name)).toEqual([
      "site",
      "prediction",
      "probability_large",
      "probability_medium",
      "probability_small",
    ]);
    expect(written.rows[3]).toMatchObject({ site: 3, prediction: expect.any(String) });
    expect(notices.join()).toContain("yes");
    const judged = await evaluateFile({ predictor, source });
    expect(judged!.values).toEqual(document.metrics.test);
    await predictor.dispose();
  });

  it("predicts rows of JSON as the rows of a file", async () => {
    const document = await runTraining(options(newDisk(), BINARY));
    const predictor = await createModelPredictor((await loadModel(document.modelPath!)).model);
    const row = { x: 1, color: null, noise: 0, day: "2020-02-03", w: 1, site: 2 };
    const [prediction] = await predictRows(predictor, [row]);
    expect(prediction).toMatchObject({ prediction: expect.stringMatching(/yes|no/), probability: expect.any(Number) });
    const gone = predictRows(predictor, [row, { ...row, noise: undefined, nois: 1 }]);
    await expect(gone).rejects.toThrow(/row 2: it must have "noise".* got "nois"/);
    await expect(predictRows(predictor, [{ ...row, x: "high" }])).rejects.toThrow(/row 1: "x" must be a number/);
    await expect(predictRows(predictor, [7])).rejects.toThrow(/must be an object/);
    expect(await predictRows(predictor, [])).toEqual([]);
  });

  it("names a column that is gone, and writes nothing", async () => {
    const binary = await runTraining(options(newDisk(), BINARY));
    const known = await createModelPredictor((await loadModel(binary.modelPath!)).model);
    const columns = TABLES.test.columns.filter(({ name }) => name !== "noise");
    const written = collectRows();
    const source = memorySource({ rows: 200, columns }, "test");
    const run = predictFile({ predictor: known, source, openWriter: written.openWriter });
    await expect(run).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('"noise"') });
    expect(written.rows).toEqual([]);
  });

  it("stops between batches and leaves nothing behind", async () => {
    const document = await runTraining(options(newDisk(), BINARY));
    const predictor = await createModelPredictor((await loadModel(document.modelPath!)).model);
    const written = collectRows();
    const source = memorySource(TABLES.main, "main");
    expect(await predictFile({ predictor, source, openWriter: written.openWriter, stop: () => true })).toBeNull();
    expect(written.state).toMatchObject({ aborted: true, finished: false });
  });
});
