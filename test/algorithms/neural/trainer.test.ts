import { describe, expect, it } from "vitest";
import { mlp } from "../../../src/algorithms/neural/mlp.ts";
import { MlpTrainer } from "../../../src/algorithms/neural/trainer.ts";
import { tensorflowStatus } from "../../../src/backends/index.ts";
import { hashState, KaaykoError, type ModelContent, type TrainerContext, toBytes } from "../../../src/core/index.ts";
import { copyState, expectResumable } from "../../conformance/resumable.ts";
import { syntheticTable } from "./memory-dataset.ts";
import { contextOf, trainFully } from "./training.ts";

const small = { hiddenLayers: ["8", "4"], epochs: 3, batchSize: 16, oneHotLimit: 8, stepsPerCall: 3 };
const hasTensorflow = tensorflowStatus().state === "ready";
const backends = ["cpu", "wasm", "tensorflow"] as const;

const hashOfModel = (model: ModelContent): string => hashState(model);

describe.each(backends)("the mlp trainer on %s", (backend) => {
  const resumes = it.skipIf(backend === "tensorflow" && !hasTensorflow);
  resumes.each(["regression", "binary", "multiclass"] as const)(
    "resumes %s anywhere to the same bytes",
    async (kind) => {
      const table = syntheticTable(kind, 200, true);
      const steps = await expectResumable({
        make: () => MlpTrainer.create(contextOf(table, small, backend)),
        outcome: async (trainer) => hashOfModel(await trainer.model()),
        dispose: (trainer) => trainer.dispose(),
        points: 6,
      });
      // One step looks for the borders of the encoding, one at the validation rows; the last call of an epoch has two batches.
      expect(steps).toBe(2 + 3 * (Math.ceil(Math.ceil(120 / 16) / 3) + 1));
    },
  );
});

async function stepOften(trainer: MlpTrainer): Promise<void> {
  for (let i = 0; i < 5; i++) await trainer.step();
}

/** A trainer that has looked at all rows: its network has its first weights. */
async function prepared(context: TrainerContext): Promise<MlpTrainer> {
  const trainer = await MlpTrainer.create(context);
  while ((await trainer.getState()).json.inputs === undefined) await trainer.step();
  return trainer;
}

describe("the mlp trainer", () => {
  it.each(["regression", "binary", "multiclass"] as const)("learns %s", async (kind) => {
    const table = syntheticTable(kind, 1500);
    const settings = { hiddenLayers: ["16"], epochs: 15, batchSize: 32, oneHotLimit: 8, learningRate: 0.02 };
    const { trainer, epochs } = await trainFully(contextOf(table, settings, "wasm"));
    const name = kind === "regression" ? "validation.rmse" : "validation.logLoss";
    const best = Math.min(...epochs.map((epoch) => epoch[name]!));
    expect(best).toBeLessThan({ regression: 8, binary: 0.25, multiclass: 0.35 }[kind]);
    await trainer.dispose();
  });

  it("stops early and keeps the best epoch's weights", async () => {
    const table = syntheticTable("regression", 100);
    const settings = { ...small, epochs: 400, patience: 3, learningRate: 0.05 };
    const { trainer, epochs } = await trainFully(contextOf(table, settings, "wasm"));
    expect(epochs.length).toBeLessThan(400);
    const scores = epochs.map((epoch) => epoch["validation.rmse"]!);
    const best = Math.min(...scores);
    expect(scores.indexOf(best)).toBe(scores.length - 4);
    const { features } = contextOf(table).dataset;
    const context = { task: table.task, features, threads: 1, backend: "cpu" } as const;
    const predictor = await mlp.createPredictor(await trainer.model(), context);
    const predicted = await predictor.predict({ rows: 100, columns: table.columns });
    const squares = Array.from(table.roles.validation, (row) => (predicted[row]! - table.target[row]!) ** 2);
    const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(rmse).toBeCloseTo(best, 3);
    await trainer.dispose();
  });

  it("trains without validation rows to its last epoch", async () => {
    const table = syntheticTable("binary", 100);
    const roles = { ...table.roles, validation: new Uint32Array(0) };
    const { trainer, epochs } = await trainFully(contextOf({ ...table, roles }, small));
    expect(epochs).toHaveLength(3);
    expect(Object.keys(epochs[0]!)).toEqual(["train.loss"]);
    await trainer.dispose();
  });

  it("counts a row of weight 2 as two rows", async () => {
    const table = syntheticTable("regression", 50);
    const twice = { ...table, weight: new Float32Array(50).fill(2) };
    const once = await trainFully(contextOf(table, small));
    const weighted = await trainFully(contextOf(twice, small));
    expect(hashOfModel(await weighted.trainer.model())).toBe(hashOfModel(await once.trainer.model()));
    await once.trainer.dispose();
    await weighted.trainer.dispose();
  });

  it("weighs classes as if their rows had these weights", async () => {
    const table = syntheticTable("binary", 80);
    const classes = table.task.classes!;
    const weight = Float32Array.from(table.target, (code) => (code === 1 ? 3 : 1));
    const settings = { ...small, classWeight: [`${classes[1]}:3`] };
    const hashes = await Promise.all(
      [contextOf(table, settings), contextOf({ ...table, weight }, small), contextOf(table, small)].map(
        async (context) => {
          const { trainer } = await trainFully(context);
          const hash = hashOfModel(await trainer.model());
          await trainer.dispose();
          return hash;
        },
      ),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
    const balanced = await trainFully(contextOf(table, { ...small, classWeight: ["balanced"] }));
    expect(balanced.epochs.every((epoch) => Number.isFinite(epoch["validation.logLoss"]))).toBe(true);
    await balanced.trainer.dispose();
    await expect(MlpTrainer.create(contextOf(table, { classWeight: ["perhaps:2"] })).then(stepOften)).rejects.toThrow(
      /Cannot weigh classes/,
    );
  });

  it("adds the gradients of batches up, and gives a model of the mean of its weights", async () => {
    const table = syntheticTable("regression", 400);
    const score = async (settings: Record<string, number>) => {
      const { trainer, epochs } = await trainFully(contextOf(table, { ...small, epochs: 30, ...settings }));
      const hash = hashOfModel(await trainer.model());
      await trainer.dispose();
      return { hash, best: Math.min(...epochs.map((metrics) => metrics["validation.rmse"]!)) };
    };
    const plain = await score({});
    for (const settings of [{ gather: 2 }, { averaging: 0.9 }]) {
      const other = await score(settings);
      expect(other.hash).not.toBe(plain.hash);
      expect(other.best).toBeLessThan(1.5 * plain.best);
    }
    const steps = await expectResumable({
      make: () => MlpTrainer.create(contextOf(table, { ...small, gather: 4, averaging: 0.9 })),
      outcome: async (trainer) => hashOfModel(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 6,
    });
    expect(steps).toBe(2 + 3 * (Math.ceil(240 / 16) + 1));
  });

  it("learns targets of any size, constant features and batches of one row", async () => {
    const table = syntheticTable("regression", 60);
    const target = table.target.map((value) => value * 1e300);
    const constant = { kind: "numeric" as const, name: "constant", values: new Float64Array(60).fill(4) };
    const extreme = { ...table, target, columns: [...table.columns, constant] };
    const { trainer, epochs } = await trainFully(contextOf(extreme, { ...small, batchSize: 1 }));
    for (const metrics of epochs)
      expect(Object.values(metrics).every((value) => Number.isFinite(value) && value > 0)).toBe(true);
    const { spread } = (await trainer.model()).json;
    expect(spread).toBeGreaterThan(1e298);
    await trainer.dispose();
  });

  it("leaves the weights as they are where no row counts", async () => {
    const table = { ...syntheticTable("binary", 60), weight: new Float32Array(60) };
    const { trainer, epochs } = await trainFully(contextOf(table, small));
    expect(epochs.map((epoch) => epoch["train.loss"])).toEqual([0, 0, 0]);
    expect((await trainer.model()).arrays.weight0!.every(Number.isFinite)).toBe(true);
    await trainer.dispose();
  });

  it("stops with the update and the likely cause where the loss is no number any more", async () => {
    const context = contextOf(syntheticTable("regression", 60), small);
    const trainer = await prepared(context);
    const state = copyState(await trainer.getState());
    (state.arrays.bias0 as Float32Array).fill(1e38);
    (state.arrays.weight1 as Float32Array).fill(1e38);
    await trainer.setState(state);
    await expect(trainer.step()).rejects.toThrow(/finite.*update 1 \(epoch 1, batch 1, 16 rows\)/);
    await trainer.dispose();
  });

  it("is fitted again for the middle of the best epochs", () => {
    const models = [{ epochs: 9 }, { epochs: 4 }, { epochs: 30 }];
    expect(mlp.refitParameters!(models)).toEqual({ epochs: 9 });
    expect(mlp.refitParameters!([{ epochs: 0 }])).toEqual({ epochs: 1 });
  });

  it("leaves no tensor behind", async () => {
    const { chooseBackend } = await import("../../../src/backends/index.ts");
    const tf = (await chooseBackend("cpu", { threads: 1, notify: () => {} })).tf();
    const before = tf.memory().numTensors;
    const trainer = await prepared(contextOf(syntheticTable("regression", 300), small));
    const counts: number[] = [];
    for (let i = 0; i < 30; i++) {
      await trainer.step();
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    await trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.skipIf(!hasTensorflow)("goes on with the threads of TensorFlow that it began with", async () => {
    const table = syntheticTable("regression", 100);
    const trainer = await MlpTrainer.create(contextOf(table, small, "tensorflow", 1));
    for (let i = 0; i < 3; i++) await trainer.step();
    const state = copyState(await trainer.getState());
    const resumed = await MlpTrainer.create(contextOf(table, small, "auto", 3));
    await resumed.setState(state);
    expect((await resumed.getState()).json.device).toEqual(state.json.device);
    expect(state.json.device).toMatchObject({ backend: "tensorflow", threads: 1 });
    await trainer.dispose();
    await resumed.dispose();
  });

  it("refuses a state of another device, and of another network", async () => {
    const table = syntheticTable("regression", 100);
    const trainer = await prepared(contextOf(table, small, "cpu"));
    const state = copyState(await trainer.getState());
    const onWasm = await MlpTrainer.create(contextOf(table, small, "wasm"));
    await expect(onWasm.setState(state)).rejects.toThrow(/same device.*backend cpu before and wasm now/);
    const allowed = await MlpTrainer.create(contextOf(table, { ...small, allowDifferentDevice: true }, "wasm"));
    await allowed.setState(state);
    expect(toBytes((await allowed.getState()).arrays.weight0!)).toEqual(toBytes(state.arrays.weight0!));
    const wider = await MlpTrainer.create(contextOf(table, { ...small, hiddenLayers: ["9"] }, "cpu"));
    await expect(wider.setState(state)).rejects.toThrow(KaaykoError);
  });
});
