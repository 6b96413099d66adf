// Services in memory for tests of the command line: a training of small steps that obeys its stop signal, a few runs, a model.
import { setTimeout as sleep } from "node:timers/promises";
import { createQueue, memoryJobStore } from "../../../dist/jobs/index.js";

const SCHEMA = [
  { name: "rooms", kind: "numeric", missing: 0, min: 1, max: 9, mean: 4.2 },
  { name: "city", kind: "categorical", missing: 0.01, distinct: 12, examples: ["Oslo", "Rome"] },
  { name: "price", kind: "numeric", missing: 0, min: 1000, max: 90000, mean: 30000 },
];

const algorithm = (name, parameters) => async () => ({
  name,
  title: name,
  description: `${name}, as a double`,
  tasks: ["regression", "binary", "multiclass"],
  input: "memory",
  parameters,
});

export const ALGORITHM_TABLE = {
  xgboost: algorithm("xgboost", [
    { name: "rounds", type: "integer", min: 1, default: 100, description: "Trees" },
    { name: "maxDepth", type: "integer", min: 1, max: 30, default: 6, description: "Depth" },
  ]),
  mlp: algorithm("mlp", [{ name: "learningRate", type: "number", min: 0, default: 0.001, description: "Rate" }]),
  baseline: algorithm("baseline", []),
};

const POSITION = { stage: "train", step: 12, total: 50, note: "xgboost, tree 12 of 50" };
const TIMES = { createdAt: "2026-01-01T00:00:00.000Z", savedAt: "2026-01-01T00:01:00.000Z" };

export const RUNS = [
  {
    runId: "houses-b",
    status: "interrupted",
    ...TIMES,
    position: POSITION,
    bytes: 2_000_000,
    checkpoints: 3,
    pid: null,
  },
  { runId: "houses-a", status: "completed", ...TIMES, position: null, bytes: 0, checkpoints: 1, pid: null },
];

const CHECKPOINT = {
  sequence: 3,
  token: 1,
  position: POSITION,
  bytes: 12_345,
  savedAt: TIMES.savedAt,
  state: "good",
  verifiedAt: null,
};

export function trainDocument(changes = {}) {
  return {
    schemaVersion: 1,
    run: "houses-c",
    status: "completed",
    champion: "xgboost",
    task: "regression",
    target: "price",
    primaryMetric: "rmse",
    algorithms: [
      {
        name: "xgboost",
        metrics: { validation: { rmse: 0.21 }, test: { rmse: 0.22, mae: 0.15, r2: 0.91 } },
        seconds: 1.2,
        importance: [
          { feature: "rooms", share: 0.7 },
          { feature: "city", share: 0.3 },
        ],
      },
      { name: "baseline", metrics: { validation: { rmse: 0.8 }, test: { rmse: 0.81, mae: 0.6, r2: 0 } }, seconds: 0 },
    ],
    metrics: { test: { rmse: 0.22, mae: 0.15, r2: 0.91 } },
    modelPath: "models/houses/1",
    modelSha256: "ab".repeat(32),
    rows: { train: 800, validation: 100, test: 100 },
    resumedFrom: null,
    seed: 42,
    stages: [
      { name: "load", seconds: 0.1, peakRssBytes: 1e8 },
      { name: "train", seconds: 1.2, peakRssBytes: 2e8 },
    ],
    ...changes,
  };
}

async function fakeTraining({ observer, stop }, { steps, milliseconds, document }) {
  for (const [index, stage] of ["load", "train", "save"].entries()) {
    observer.stage(stage, index, 3);
    if (stage === "load") observer.notice("3 columns, 1,000 rows\nprice is the target");
    const total = stage === "train" ? steps : 2;
    for (let step = 1; step <= total; step++) {
      await sleep(milliseconds);
      const metrics = { "validation.rmse": 1 / step };
      observer.progress({
        stage,
        subject: "xgboost",
        seconds: (step * milliseconds) / 1000,
        report: { done: step === total, step, total, unit: "tree", metrics },
      });
      if (stop.aborted)
        return { ...document, status: "interrupted", champion: null, modelPath: null, modelSha256: null };
    }
  }
  return document;
}

/** @param options jobs: the queue of background jobs; parameters: the settings of train; calls: records what was asked; steps, milliseconds: of the training; replace: parts to put in */
export function doubleServices({
  parameters,
  calls = [],
  steps = 3,
  milliseconds = 0,
  document = trainDocument(),
  runs = RUNS,
  jobs = createQueue(memoryJobStore()),
  replace = {},
}) {
  const record = (name, ...args) => void calls.push([name, ...args]);
  return {
    parameters: async () => parameters,
    algorithms: async () => ALGORITHM_TABLE,
    training: async () => ({
      start: (request, watch) => {
        record("start", request);
        return fakeTraining(watch, { steps, milliseconds, document });
      },
      resume: (request, watch) => {
        record("resume", request);
        return fakeTraining(watch, {
          steps,
          milliseconds,
          document: { ...document, resumedFrom: { stage: "train", step: 12, sequence: 3 } },
        });
      },
    }),
    checkpoints: async () => ({
      listRuns: async () => runs,
      listCheckpoints: async () => [CHECKPOINT],
      verify: async () => ({ ok: true, resumable: true, checkpoints: [{ sequence: 3, ok: true, error: null }] }),
      rollback: async (_folder, run, sequence) => {
        record("rollback", run, sequence);
        return [];
      },
      cleanup: async (request) => {
        record("cleanup", request);
        return {
          removed: [{ what: "run houses-a", bytes: 1000, why: "not used for 9 days" }],
          kept: [{ what: "run houses-b", reason: "another process works on it" }],
        };
      },
    }),
    models: async () => ({
      list: async () => [
        {
          name: "houses",
          version: "1",
          path: "models/houses/1",
          algorithm: "xgboost",
          task: "regression",
          target: "price",
          metrics: { rmse: 0.22 },
          createdAt: 0,
          bytes: 9000,
        },
      ],
      show: async () => ({ schemaVersion: 1, name: "houses", version: "1", metrics: { test: { rmse: 0.22 } } }),
      importModel: async ({ name, file }) => ({ schemaVersion: 1, name, version: "1", path: file, notices: [] }),
      exportModel: async ({ model }, { format, out }) => ({ schemaVersion: 1, model, format, path: out }),
      predictRows: async (_location, rows) => rows.map((row) => ({ prediction: Object.keys(row).length })),
      predictFile: async (_location, request) => {
        record("predictFile", request);
        if (request.sink !== undefined) await request.sink([{ prediction: 1 }, { prediction: 2 }]);
        return { rows: 2 };
      },
      evaluate: async (location, { data }) => ({
        schemaVersion: 1,
        model: location.model,
        modelSha256: "ab".repeat(32),
        data,
        rows: 164,
        task: "binary",
        target: "left",
        metrics: { auc: 0.9, accuracy: 0.98 },
        confusion: {
          classes: ["no", "yes"],
          counts: [
            [120, 3],
            [0, 41],
          ],
        },
      }),
    }),
    data: async () => ({
      extensions: [".csv", ".parquet"],
      describe: async () => ({ format: "csv", rows: 1000, bytes: 12_345, columns: SCHEMA }),
      digest: async () => null,
      generate: async ({ out, rows = 100 }) => ({ path: out, rows, sha256: "cd".repeat(32), target: "score" }),
    }),
    backends: async () => ({
      setup: async () => ({ ready: true, version: "2.9.1", gpu: false, summary: "TensorFlow 2.9.1 is ready." }),
      diagnose: async () => [
        { part: "node", version: process.version, state: "ok", detail: "linux x64", required: true },
        {
          part: "tensorflow",
          version: null,
          state: "missing",
          detail: "not set up",
          remedy: "Run kaayko setup.",
          required: false,
        },
      ],
    }),
    jobs: async () => ({
      queue: () => jobs,
      work: async (request, say) => {
        record("work", request);
        say("job-1 houses: starts");
      },
      startWorker: async () => {
        record("startWorker");
        return 4711;
      },
    }),
    ...replace,
  };
}
