import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../src/algorithms/index.ts";
import {
  type Algorithm,
  type Dataset,
  type FeatureTable,
  hashState,
  type JsonValue,
  KaaykoError,
  type ModelContent,
  outputsOf,
  type Predictor,
  resolveParameters,
  type Task,
  type Trainer,
} from "../../src/core/index.ts";
import { makeDataset } from "../training/doubles.ts";
import { makeTextDataset } from "../training/text-dataset.ts";
import { makeWindowDataset } from "../training/window-dataset.ts";
import { copyState, expectResumable } from "./resumable.ts";

const TASKS: Record<string, Task> = {
  regression: { kind: "regression", target: "y" },
  binary: { kind: "binary", target: "y", classes: ["no", "yes"] },
  multiclass: { kind: "multiclass", target: "y", classes: ["a", "b", "c"] },
  multilabel: { kind: "multilabel", target: "y", classes: ["a", "b", "c"] },
  anomaly: { kind: "anomaly", target: "y", classes: ["no", "yes"] },
  forecast: { kind: "forecast", target: "flow", horizon: 2 },
  quantiles: { kind: "forecast", target: "flow", horizon: 2, quantiles: [0.1, 0.5, 0.9] },
};
/** Few steps, so that every algorithm is done in a moment. */
const SMALL: Record<string, JsonValue> = { rounds: 5, trees: 12, epochs: 2, batchSize: 64, units: 8, heads: 2 };
/** Rows of the table that predictions are asked for. */
const ROWS = 240;

const entries = await Promise.all(
  Object.entries(ALGORITHMS).map(async ([name, load]) => ({ name, algorithm: await load() })),
);
const cases = entries.flatMap(({ name, algorithm }) =>
  Object.values(TASKS)
    // What is put together from other models has none here; test/algorithms/ensemble gives it some.
    .filter(({ kind }) => algorithm.tasks.includes(kind) && algorithm.combine === undefined)
    // One network says enough about quantiles: all share what is made of its outputs.
    .filter(({ quantiles }) => quantiles === undefined || name === "seq2seq")
    .map((task) => ({ name, algorithm, task, what: task.quantiles === undefined ? task.kind : "quantiles" })),
);

const NAIVE_FORECASTS: ReadonlySet<string> = new Set(["persistence", "seasonal"]);

/** Texts where the algorithm learns from them, or several labels are asked for. */
function datasetOf({ parts = [] }: Algorithm, task: Task): Dataset {
  if (task.kind === "forecast") return makeWindowDataset(task);
  const readsTexts = parts.includes("sparse") || parts.includes("tokens");
  return readsTexts || task.kind === "multilabel" ? makeTextDataset(task) : makeDataset(task);
}

function makeTrainer(algorithm: Algorithm, task: Task, seed = 42): Promise<Trainer> {
  // One task says enough about several layers.
  const own = algorithm.name === "text-encoder" && task.kind !== "binary" ? { ...SMALL, layers: 1 } : SMALL;
  const given = Object.fromEntries(
    Object.entries(own).filter(([name]) => algorithm.parameters.some((spec) => spec.name === name)),
  );
  return algorithm.createTrainer({
    dataset: datasetOf(algorithm, task),
    parameters: resolveParameters(algorithm.parameters, given, "setting"),
    seed,
    threads: 1,
    backend: "auto",
    notify: () => {},
  });
}

const models = new Map<string, Promise<ModelContent>>();

function keyOf(algorithm: Algorithm, task: Task): string {
  return `${algorithm.name} ${JSON.stringify(task)}`;
}

function learnsByEpochs({ parameters }: Algorithm): boolean {
  return parameters.some(({ name }) => name === "epochs");
}

/** A model for tests that only need one. */
function trained(algorithm: Algorithm, task: Task): Promise<ModelContent> {
  const key = keyOf(algorithm, task);
  const known = models.get(key) ?? train(algorithm, task);
  models.set(key, known);
  return known;
}

async function train(algorithm: Algorithm, task: Task): Promise<ModelContent> {
  const trainer = await makeTrainer(algorithm, task);
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  await trainer.dispose();
  return model;
}

function makePredictor(algorithm: Algorithm, task: Task, model: ModelContent): Promise<Predictor> {
  const { features, parts = [] } = datasetOf(algorithm, task);
  return algorithm.createPredictor(model, { task, features, parts, threads: 1, backend: "auto" });
}

/** The first rows of the test table, whole. */
async function tableOf(algorithm: Algorithm, task: Task, rows = ROWS): Promise<FeatureTable> {
  const { table } = await datasetOf(algorithm, task).examples("test");
  const columns = table.columns.map((column) =>
    column.kind === "numeric"
      ? { ...column, values: column.values.slice(0, rows) }
      : { ...column, codes: column.codes.slice(0, rows) },
  );
  const parts = (table.parts ?? []).map((part) =>
    part.kind === "windows"
      ? { ...part, ends: part.ends.slice(0, rows) }
      : { ...part, offsets: part.offsets.slice(0, rows + 1) },
  );
  return { rows, columns, parts };
}

describe.each(entries)("$name", ({ name, algorithm }) => {
  it("says who it is and what it takes", () => {
    expect(algorithm.name).toBe(name);
    expect(algorithm.title.length * algorithm.description.length).toBeGreaterThan(0);
    const names = algorithm.parameters.map((spec) => spec.name);
    expect(new Set(names).size).toBe(names.length);
    for (const spec of algorithm.parameters) expect(spec.description.length, spec.name).toBeGreaterThan(0);
    expect(() => resolveParameters(algorithm.parameters, {}, "setting")).not.toThrow();
  });
});

describe.each(cases)("$name for $what", ({ algorithm, task }) => {
  it("goes on after any step as if it had never stopped", async () => {
    const steps = await expectResumable<Trainer>({
      make: () => makeTrainer(algorithm, task),
      outcome: async (trainer) => {
        const model = await trainer.model();
        models.set(keyOf(algorithm, task), Promise.resolve(model));
        return hashState(model);
      },
      dispose: async (trainer) => {
        await trainer.dispose();
        await trainer.dispose();
      },
      // Each trainer of a network makes its graphs first, which costs more than all its steps; test/algorithms/neural restores each.
      points: learnsByEpochs(algorithm) ? 2 : 8,
    });
    // What is read off the last values is learnt in one step.
    expect(steps).toBeGreaterThan(NAIVE_FORECASTS.has(algorithm.name) ? 0 : 1);
  });

  it("gives a model of plain data that predicts in the task's shape", async () => {
    const model = await trained(algorithm, task);
    expect(model.algorithm).toBe(algorithm.name);
    const copy = { ...model, ...copyState(model) };
    const predictor = await makePredictor(algorithm, task, copy);
    const predictions = await predictor.predict(await tableOf(algorithm, task));
    expect(predictions.length).toBe(ROWS * outputsOf(task));
    expect(predictions.every(Number.isFinite)).toBe(true);
    if (task.classes !== undefined) expect(predictions.every((value) => value >= 0 && value <= 1)).toBe(true);
    if (task.kind === "multiclass")
      for (let row = 0; row < ROWS; row++)
        expect(predictions.subarray(3 * row, 3 * row + 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    if (task.quantiles !== undefined)
      for (let at = 0; at < predictions.length; at += 3)
        expect([...predictions.subarray(at, at + 3)].sort((a, b) => a - b)).toEqual([
          ...predictions.subarray(at, at + 3),
        ]);
    const importance = predictor.importance();
    if (importance !== null) {
      expect(importance.values.length).toBe(datasetOf(algorithm, task).features.length);
      const sum = importance.values.reduce((total, value) => total + value, 0);
      expect(sum === 0 || Math.abs(sum - 1) < 1e-6).toBe(true);
    }
    await predictor.dispose();
  });

  it("predicts a row the same, whatever rows it comes with", async () => {
    const predictor = await makePredictor(algorithm, task, await trained(algorithm, task));
    const all = await predictor.predict(await tableOf(algorithm, task));
    const few = await predictor.predict(await tableOf(algorithm, task, 7));
    for (const [i, value] of few.entries())
      expect(Math.abs(value - all[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    expect((await predictor.predict(await tableOf(algorithm, task, 0))).length).toBe(0);
    await predictor.dispose();
  });

  it("refuses a model that it cannot read", async () => {
    const model = await trained(algorithm, task);
    for (const hostile of [
      { ...model, formatVersion: 999 },
      { ...model, json: {}, arrays: {} },
    ]) {
      const error = await makePredictor(algorithm, task, hostile).catch((caught) => caught);
      expect(error).toBeInstanceOf(KaaykoError);
    }
  });
});
