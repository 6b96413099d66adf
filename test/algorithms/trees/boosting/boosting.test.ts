import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type FeatureColumn, KaaykoError, type ModelContent, randomStream } from "../../../../src/core/index.ts";
import { datasetOf, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

const ALGORITHMS = [xgboost, histGradient];
const REGRESSION = { kind: "regression", target: "y" } as const;

function rmse(predictions: Float64Array, target: Float64Array): number {
  return Math.sqrt(predictions.reduce((sum, p, i) => sum + (p - target[i]!) ** 2, 0) / target.length);
}

function numeric(name: string, values: ArrayLike<number>): FeatureColumn {
  return { kind: "numeric", name, values: Float64Array.from(values) };
}

describe("what is learnt", () => {
  for (const algorithm of ALGORITHMS) {
    it(`${algorithm.name} lowers the training error in every round and predicts what it trained to`, async () => {
      const { dataset, columns, target } = madeTable({ rows: 2000, task: "regression", missing: true, categories: 9 });
      const { model, metrics } = await train(algorithm, dataset, { rounds: 40, colsample: 1 });
      const errors = metrics.map((entry) => entry["train.rmse"]!);
      for (let i = 1; i < errors.length; i++) expect(errors[i]!).toBeLessThanOrEqual(errors[i - 1]!);
      expect(errors.at(-1)!).toBeLessThan(0.9);
      const predictions = await predict(algorithm, model, dataset, columns);
      // Residuals are kept in steps of about a billionth.
      expect(rmse(predictions, target)).toBeCloseTo(errors.at(-1)!, 8);
    });

    it(`${algorithm.name} tells classes apart, with probabilities that sum to 1`, async () => {
      const { dataset, columns, target } = madeTable({ rows: 2000, task: "multiclass", categories: 4 });
      const { model } = await train(algorithm, dataset, { rounds: 30 });
      const predictions = await predict(algorithm, model, dataset, columns);
      let right = 0;
      for (let i = 0; i < target.length; i++) {
        const row = [...predictions.subarray(3 * i, 3 * i + 3)];
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        if (row.indexOf(Math.max(...row)) === target[i]) right++;
      }
      expect(right / target.length).toBeGreaterThan(0.8);
    });

    it(`${algorithm.name} stops early and keeps the best round`, async () => {
      const { dataset } = madeTable({ rows: 600, task: "binary", validation: true });
      const { model, metrics } = await train(algorithm, dataset, {
        rounds: 300,
        earlyStoppingRounds: 10,
        learningRate: 0.5,
      });
      const losses = metrics.map((entry) => entry["validation.logLoss"]!);
      const best = losses.indexOf(Math.min(...losses)) + 1;
      expect(metrics.length).toBe(best + 10);
      expect(model.json.bestRound).toBe(best);
      expect(model.arrays.ends!.length).toBe(best);
    });
  }

  it("weighs rows: doubled weight is a doubled row, weight 0 is no row", async () => {
    const { columns, target } = madeTable({ rows: 400, task: "regression" });
    const weight = Float32Array.from(target, (_, i) => i % 3);
    const repeated = [...target.keys()].flatMap((i) => new Array<number>(i % 3).fill(i));
    const copies = columns.map((column) =>
      numeric(
        column.name,
        repeated.map((i) => (column as { values: Float64Array }).values[i]!),
      ),
    );
    const copied = datasetOf(
      copies,
      Float64Array.from(repeated, (i) => target[i]!),
      REGRESSION,
    );
    const settings = { rounds: 5, minChildRows: 1 };
    const weighted = await train(xgboost, datasetOf(columns, target, REGRESSION, { weight }), settings);
    const twice = await train(xgboost, copied, settings);
    const a = await predict(xgboost, weighted.model, copied, copies);
    const b = await predict(xgboost, twice.model, copied, copies);
    // Cuts are taken from the rows as they are, so the trees may differ a little where two cuts tell the same rows apart.
    expect(rmse(a, b)).toBeLessThan(0.1);
  });

  it("is not ruined by outliers, huge targets or tiny weights", async () => {
    const { columns, target } = madeTable({ rows: 3000, task: "regression" });
    const settings = { rounds: 30, learningRate: 0.3 };
    const plain = await train(xgboost, datasetOf(columns, target, REGRESSION), settings);
    const huge = target.map((y) => y * 2 ** 40);
    const scaled = await train(xgboost, datasetOf(columns, huge, REGRESSION), settings);
    const a = await predict(xgboost, plain.model, datasetOf(columns, target, REGRESSION), columns);
    const b = await predict(xgboost, scaled.model, datasetOf(columns, huge, REGRESSION), columns);
    expect(
      rmse(
        a,
        b.map((y) => y / 2 ** 40),
      ),
    ).toBeLessThan(1e-9);
    const light = new Float32Array(3000).fill(2 ** -20);
    const weights = await train(xgboost, datasetOf(columns, target, REGRESSION, { weight: light }), {
      ...settings,
      lambda: 2 ** -20,
      minChildWeight: 2 ** -20,
    });
    const ones = new Float32Array(3000).fill(1);
    const unit = await train(xgboost, datasetOf(columns, target, REGRESSION, { weight: ones }), settings);
    expect(modelHash({ ...weights.model, arrays: { value: weights.model.arrays.value! } })).toBe(
      modelHash({ ...unit.model, arrays: { value: unit.model.arrays.value! } }),
    );
    // Weights of one take another way than none: 50-bit gradients instead of residuals in whole steps.
    const unweighted = await predict(xgboost, unit.model, datasetOf(columns, target, REGRESSION), columns);
    expect(rmse(a, unweighted)).toBeLessThan(1e-6);
    // One row a billion times off, told apart by a column of its own: the others must be learnt as before.
    const outlier = target.slice();
    outlier[7] = 1e9;
    const marked = [
      ...columns,
      numeric(
        "mark",
        target.map((_, i) => (i === 7 ? 1 : 0)),
      ),
    ];
    const settingsToReach = { rounds: 120, learningRate: 0.5, lambda: 0, minChildRows: 1 };
    const spoiled = await train(xgboost, datasetOf(marked, outlier, REGRESSION), { ...settingsToReach, colsample: 1 });
    const c = await predict(xgboost, spoiled.model, datasetOf(marked, outlier, REGRESSION), marked);
    expect(rmse(c, outlier)).toBeLessThan(0.75);
  });

  it("learns which way missing goes, and sends what it never saw with the larger part", async () => {
    const x = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? Number.NaN : i % 4));
    const target = Float64Array.from(x, (value) => (Number.isNaN(value) || value === 3 ? 5 : 0));
    const columns = [numeric("x", x)];
    const dataset = datasetOf(columns, target, REGRESSION);
    for (const algorithm of ALGORITHMS) {
      const { model } = await train(algorithm, dataset, { rounds: 200, lambda: 0 });
      expect(rmse(await predict(algorithm, model, dataset, columns), target)).toBeLessThan(0.01);
    }
  });

  it("uses many categories, more than 255 as well, and takes unseen ones", async () => {
    const random = randomStream(3, "categories");
    const effects = Array.from({ length: 400 }, () => random.normal());
    const codes = Uint16Array.from({ length: 8000 }, () => 1 + Math.min(399, Math.floor(400 * random.float() ** 2)));
    const target = Float64Array.from(codes, (code) => effects[code - 1]! + 0.1 * random.normal());
    const columns: FeatureColumn[] = [{ kind: "categorical", name: "c", codes, cardinality: 400 }];
    const dataset = datasetOf(columns, target, REGRESSION);
    for (const algorithm of ALGORITHMS) {
      const { model } = await train(algorithm, dataset, { rounds: 150 });
      expect(rmse(await predict(algorithm, model, dataset, columns), target)).toBeLessThan(0.55);
      const unseen: FeatureColumn[] = [
        { kind: "categorical", name: "c", codes: Uint16Array.of(0, 401, 60_000), cardinality: 400 },
      ];
      const predictions = await predict(algorithm, model, dataset, unseen);
      expect(new Set(predictions).size).toBe(1);
    }
  });

  it("tells a thousand categories apart, and says that one feature did", async () => {
    const random = randomStream(5, "categories");
    const effects = Array.from({ length: 1000 }, () => random.normal());
    const codes = Uint16Array.from({ length: 20_000 }, (_, i) => 1 + (i % 1000));
    const noise = Float64Array.from(codes, () => random.normal());
    const target = Float64Array.from(codes, (code, i) => effects[code - 1]! + 0.5 * noise[i]!);
    const columns: FeatureColumn[] = [
      { kind: "numeric", name: "x", values: Float64Array.from(codes, () => random.normal()) },
      { kind: "categorical", name: "c", codes, cardinality: 1000 },
    ];
    const truth = Float64Array.from(codes, (code) => effects[code - 1]!);
    const dataset = datasetOf(columns, target, REGRESSION);
    for (const algorithm of ALGORITHMS) {
      const { model } = await train(algorithm, dataset, { rounds: 300 });
      const predictions = await predict(algorithm, model, dataset, columns);
      // Their mean alone is 1 away; the means of 20 rows each would be 0.11 away.
      expect(rmse(predictions, truth)).toBeLessThan(0.35);
      expect(await predict(algorithm, model, dataset, firstRows(columns, 20))).toEqual(predictions.slice(0, 20));
      const context = { task: dataset.task, features: dataset.features, threads: 1, backend: "auto" } as const;
      const { values } = (await algorithm.createPredictor(model, context)).importance()!;
      expect(values).toHaveLength(2);
      expect(values[1]).toBeGreaterThan(0.9);
      const further = { ...model, json: { ...model.json, furtherBins: [0, 0, 0] } };
      await expect(algorithm.createPredictor(further, context)).rejects.toMatchObject({ kind: "damaged" });
    }
  });

  it("stops at a time limit", async () => {
    const { dataset } = madeTable({ rows: 500, task: "regression" });
    const { metrics } = await train(xgboost, dataset, { rounds: 100_000, timeLimit: 0.02 });
    expect(metrics.length).toBeLessThan(100_000);
  });
});

describe("tables at the edge", () => {
  const cases: Record<string, { columns: FeatureColumn[]; target: number[] }> = {
    "one row": { columns: [numeric("x", [1])], target: [3] },
    "rows all the same": { columns: [numeric("x", [1, 1, 1, 1])], target: [1, 2, 3, 4] },
    "a constant target": { columns: [numeric("x", [1, 2, 3, 4])], target: [0.1, 0.1, 0.1, 0.1] },
    "an all-missing column": {
      columns: [numeric("x", [Number.NaN, Number.NaN]), numeric("z", [1, 2])],
      target: [0, 1],
    },
    "denormals, both zeros and the largest numbers": {
      columns: [numeric("x", [5e-324, -0, 0, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE])],
      target: [1, 2, 2, 3, 4, 5],
    },
    "no columns": { columns: [], target: [1, 2, 3] },
  };
  for (const [name, { columns, target }] of Object.entries(cases)) {
    for (const algorithm of ALGORITHMS) {
      it(`${name}, ${algorithm.name}`, async () => {
        const dataset = datasetOf(columns, Float64Array.from(target), REGRESSION);
        const { model, metrics } = await train(algorithm, dataset, { rounds: 3, minChildRows: 1 });
        for (const entry of metrics)
          for (const value of Object.values(entry)) expect(Number.isFinite(value)).toBe(true);
        if (columns.length === 0) return;
        const predictions = await predict(algorithm, model, dataset, columns);
        expect(predictions.every(Number.isFinite)).toBe(true);
      });
    }
  }

  it("treats both zeros alike", async () => {
    const columns = [numeric("x", [0, -0, 1, 1])];
    const dataset = datasetOf(columns, Float64Array.of(1, 1, 2, 2), REGRESSION);
    const { model } = await train(xgboost, dataset, { rounds: 2 });
    const [a, b] = await predict(xgboost, model, dataset, columns);
    expect(a).toBe(b);
  });

  it("refuses no training rows", async () => {
    const dataset = datasetOf([numeric("x", [])], new Float64Array(0), REGRESSION);
    await expect(trainerOf(xgboost, dataset)).rejects.toThrow(/training rows/);
  });

  it("takes thousands of features", async () => {
    const random = randomStream(5, "wide");
    const columns = Array.from({ length: 3000 }, (_, f) =>
      numeric(
        `x${f}`,
        Array.from({ length: 60 }, () => random.normal()),
      ),
    );
    const target = (columns[1700] as { values: Float64Array }).values.slice();
    const { metrics } = await train(histGradient, datasetOf(columns, target, REGRESSION), {
      rounds: 5,
      minChildRows: 5,
    });
    expect(metrics.at(-1)!["train.rmse"]!).toBeLessThan(metrics[0]!["train.rmse"]!);
  });
});

describe("predicting", () => {
  it("gives the same bytes in the kernel, in plain TypeScript and for any threads", async () => {
    const { dataset, columns } = madeTable({ rows: 5000, task: "multiclass", missing: true, categories: 30 });
    const { model } = await train(histGradient, dataset, { rounds: 15 });
    const whole = await predict(histGradient, model, dataset, columns);
    expect(await predict(histGradient, model, dataset, columns, 3)).toEqual(whole);
    expect(await predict(histGradient, model, dataset, firstRows(columns, 40))).toEqual(whole.slice(0, 120));
  });

  it("names what mattered", async () => {
    const { dataset } = madeTable({ rows: 1000, task: "regression" });
    const { model } = await train(xgboost, dataset, { rounds: 10 });
    const context = { task: dataset.task, features: dataset.features, threads: 1, backend: "auto" } as const;
    const predictor = await xgboost.createPredictor(model, context);
    const importance = predictor.importance()!;
    expect(importance.values.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(importance.values.indexOf(Math.max(...importance.values))).toBe(0);
    await expect(predictor.predict({ rows: 1, columns: [] })).rejects.toThrow(KaaykoError);
  });

  it("refuses hostile models and never hangs", async () => {
    const { dataset, columns } = madeTable({ rows: 300, task: "regression", categories: 5 });
    const { model } = await train(xgboost, dataset, { rounds: 4 });
    const arrays = (): Record<string, Float64Array> =>
      Object.fromEntries(Object.entries(model.arrays).map(([name, array]) => [name, array.slice()])) as never;
    const context = { task: dataset.task, features: dataset.features, threads: 1, backend: "auto" } as const;
    const refuses = async (content: ModelContent): Promise<void> => {
      await expect(xgboost.createPredictor(content, context)).rejects.toMatchObject({ kind: "damaged" });
    };
    const spoil: ((broken: Record<string, Float64Array>) => void)[] = [
      (broken) => {
        broken.left![0] = 0;
      },
      (broken) => {
        broken.right![0] = 1e6;
      },
      (broken) => {
        broken.left![0] = -3;
      },
      (broken) => {
        broken.feature![0] = 99;
      },
      (broken) => {
        broken.value!.fill(Number.NaN);
      },
      (broken) => {
        broken.ends![0] = 0;
      },
      (broken) => {
        broken.ends![broken.ends!.length - 1]! += 5;
      },
      (broken) => {
        broken.flags!.fill(7);
      },
      (broken) => {
        broken.base = new Float64Array(3);
      },
      (broken) => {
        broken.left = broken.left!.slice(1);
      },
      (broken) => {
        delete broken.gain;
      },
    ];
    for (const change of spoil) {
      const broken = arrays();
      change(broken);
      await refuses({ ...model, arrays: broken });
    }
    await refuses({ ...model, formatVersion: 99 });
    await refuses({ ...model, json: { ...model.json, categoryBins: [1e9] } });
    await refuses({ ...model, json: {} });
    // Flipped anywhere, it is refused or predicts numbers; it does not crash.
    const random = randomStream(8, "flips");
    for (let i = 0; i < 200; i++) {
      const broken = arrays();
      const names = Object.keys(broken);
      const array = broken[names[random.integer(names.length)]!]!;
      const bytes = new Uint8Array(array.buffer);
      if (bytes.length > 0) bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
      try {
        await predict(xgboost, { ...model, arrays: broken }, dataset, columns);
      } catch (error) {
        expect(error).toMatchObject({ kind: "damaged" });
      }
    }
  });
});

function firstRows(columns: readonly FeatureColumn[], rows: number): FeatureColumn[] {
  return columns.map((column) =>
    column.kind === "numeric"
      ? { ...column, values: column.values.slice(0, rows) }
      : { ...column, codes: column.codes.slice(0, rows) },
  );
}
