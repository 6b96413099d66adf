import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../src/algorithms/index.ts";
import {
  type Algorithm,
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
import { copyState, expectResumable } from "./resumable.ts";

const TASKS: Record<string, Task> = {
  regression: { kind: "regression", target: "y" },
  binary: { kind: "binary", target: "y", classes: ["no", "yes"] },
  multiclass: { kind: "multiclass", target: "y", classes: ["a", "b", "c"] },
};
/** Few steps, so that every algorithm is done in a moment. */
const SMALL: Record<string, JsonValue> = { rounds: 5, epochs: 2, batchSize: 64 };

const entries = await Promise.all(
  Object.entries(ALGORITHMS).map(async ([name, load]) => ({ name, algorithm: await load() })),
);
const cases = entries.flatMap(({ name, algorithm }) =>
  algorithm.tasks.filter((kind) => kind in TASKS).map((kind) => ({ name, algorithm, task: TASKS[kind]! })),
);

function makeTrainer(algorithm: Algorithm, task: Task, seed = 42): Promise<Trainer> {
  const given = Object.fromEntries(
    Object.entries(SMALL).filter(([name]) => algorithm.parameters.some((spec) => spec.name === name)),
  );
  return algorithm.createTrainer({
    dataset: makeDataset(task),
    parameters: resolveParameters(algorithm.parameters, given, "setting"),
    seed,
    threads: 1,
    backend: "auto",
    notify: () => {},
  });
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
  return algorithm.createPredictor(model, { task, features: makeDataset(task).features, threads: 1, backend: "auto" });
}

/** The first rows of the test table, whole. */
async function tableOf(task: Task, rows = 240) {
  const { table } = await makeDataset(task).examples("test");
  const columns = table.columns.map((column) =>
    column.kind === "numeric"
      ? { ...column, values: column.values.slice(0, rows) }
      : { ...column, codes: column.codes.slice(0, rows) },
  );
  return { rows, columns };
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

describe.each(cases)("$name for $task.kind", ({ algorithm, task }) => {
  it("goes on after any step as if it had never stopped", async () => {
    const steps = await expectResumable<Trainer>({
      make: () => makeTrainer(algorithm, task),
      outcome: async (trainer) => hashState(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 8,
    });
    expect(steps).toBeGreaterThan(1);
  });

  it("gives a model of plain data that predicts in the task's shape", async () => {
    const model = await train(algorithm, task);
    expect(model.algorithm).toBe(algorithm.name);
    expect(hashState(await train(algorithm, task))).toBe(hashState(model));
    const copy = { ...model, ...copyState(model) };
    const predictor = await makePredictor(algorithm, task, copy);
    const predictions = await predictor.predict(await tableOf(task));
    expect(predictions.length).toBe(240 * outputsOf(task));
    expect(predictions.every(Number.isFinite)).toBe(true);
    if (task.kind !== "regression") expect(predictions.every((value) => value >= 0 && value <= 1)).toBe(true);
    if (task.kind === "multiclass")
      for (let row = 0; row < 240; row++)
        expect(predictions.subarray(3 * row, 3 * row + 3).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const importance = predictor.importance();
    if (importance !== null) {
      expect(importance.values.length).toBe(2);
      const sum = importance.values.reduce((total, value) => total + value, 0);
      expect(sum === 0 || Math.abs(sum - 1) < 1e-6).toBe(true);
    }
    await predictor.dispose();
  });

  it("predicts a row the same, whatever rows it comes with", async () => {
    const predictor = await makePredictor(algorithm, task, await train(algorithm, task));
    const all = await predictor.predict(await tableOf(task));
    const few = await predictor.predict(await tableOf(task, 7));
    for (const [i, value] of few.entries()) expect(Math.abs(value - all[i]!)).toBeLessThan(1e-6);
    expect((await predictor.predict(await tableOf(task, 0))).length).toBe(0);
    await predictor.dispose();
  });

  it("refuses a model that it cannot read", async () => {
    const model = await train(algorithm, task);
    for (const hostile of [
      { ...model, formatVersion: 999 },
      { ...model, json: {}, arrays: {} },
    ]) {
      const error = await makePredictor(algorithm, task, hostile).catch((caught) => caught);
      expect(error).toBeInstanceOf(KaaykoError);
    }
  });
});
