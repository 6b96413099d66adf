import { describe, expect, it } from "vitest";
import type { FeatureTable, PartialDependence, PermutationImportance, Task } from "../../../src/core/index.ts";
import { hashState } from "../../../src/core/index.ts";
import { createPartialDependence } from "../../../src/training/explain/dependence.ts";
import { createPermutation } from "../../../src/training/explain/permutation.ts";
import { sampleRows, sampleSize, thinRows } from "../../../src/training/explain/sample-rows.ts";
import type { ExplainedModel } from "../../../src/training/explain/subject.ts";
import type { Work } from "../../../src/training/sequence.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { makeDataset, REGRESSION } from "../doubles.ts";

/** A model that is known: twice the number plus the category's code; of classes, more of the last the larger that is. */
function predict({ rows, columns }: FeatureTable, task: Task): Float64Array {
  const [x, c] = columns;
  if (x?.kind !== "numeric" || c?.kind !== "categorical") throw new Error("other columns");
  const width = task.kind === "multiclass" ? task.classes!.length : 1;
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const value = 2 * x.values[Math.floor(i / width)]! + c.codes[Math.floor(i / width)]!;
    const share = 1 / (1 + Math.exp(-value));
    return width === 1
      ? task.kind === "binary"
        ? share
        : value
      : i % width === width - 1
        ? share
        : (1 - share) / (width - 1);
  });
}

async function explained(task: Task = REGRESSION, rows = 600): Promise<ExplainedModel> {
  const dataset = makeDataset(task, rows);
  return {
    algorithm: "known",
    task,
    role: "train",
    metric:
      task.kind === "regression" ? { name: "rmse", higherIsBetter: false } : { name: "logLoss", higherIsBetter: false },
    examples: await sampleRows(dataset, "train", 3),
    trainingRows: dataset.rows.train,
    seed: 3,
    createPredictor: async () => ({
      predict: async (table) => predict(table, task),
      importance: () => null,
      dispose: async () => {},
    }),
  };
}

async function finish(work: Work): Promise<unknown> {
  while (!(await work.step()).done);
  return (await work.result()).json;
}

const BINARY: Task = { kind: "binary", target: "y", classes: ["low", "high"] };
const THREE: Task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };
const names = (feature: string): readonly string[] => (feature === "c" ? ["red", "green", "blue"] : []);

describe("drawn rows", () => {
  it("are each drawn once, in order, and the same for the same seed", async () => {
    const dataset = makeDataset(REGRESSION, 600);
    const whole = await sampleRows(dataset, "train", 1);
    expect(whole.table.rows).toBe(dataset.rows.train);
    expect(sampleSize(dataset, "train")).toBe(dataset.rows.train);
    const { rows, target } = await dataset.examples("train");
    expect([...whole.target]).toEqual(Array.from(rows!, (row) => target[row]!));
    expect(thinRows(whole, 50).table.rows).toBe(50);
  });

  it("are of a large table a share without bias, in equal measure from everywhere", async () => {
    const dataset = { ...makeDataset(REGRESSION, 600), features: new Array(80_000) };
    expect(sampleSize(dataset, "train")).toBe(100);
    const drawn = await sampleRows(dataset, "train", 1);
    expect(drawn.table.rows).toBe(100);
    expect(new Set(drawn.target).size).toBe(100);
    expect([...(await sampleRows(dataset, "train", 1)).target]).toEqual([...drawn.target]);
    expect([...(await sampleRows(dataset, "train", 2)).target]).not.toEqual([...drawn.target]);
  });
});

describe("permutation importance", () => {
  it("is what shuffling costs: of a linear model, the variance that a feature carries", async () => {
    const found = (await finish(await createPermutation(await explained()))) as PermutationImportance;
    expect(found.features.map(({ feature }) => feature)).toEqual(["x", "c"]);
    // The target is 2x + c - 2 with a little noise: the model is off by 2. Shuffled x adds 8 Var(x), shuffled c 2 Var(c) to its square.
    const added = found.features.map(({ mean }) => (found.baseline + mean) ** 2 - found.baseline ** 2);
    expect(found.baseline).toBeCloseTo(2, 1);
    expect(added[0]!).toBeGreaterThan(6.5);
    expect(added[0]!).toBeLessThan(9.5);
    expect(added[1]!).toBeGreaterThan(0.9);
    expect(added[1]!).toBeLessThan(1.8);
  });

  it("can be stopped after any feature", async () => {
    const model = await explained();
    const steps = await expectResumable({
      make: () => createPermutation(model),
      outcome: async (work) => hashState(await work.result()),
    });
    expect(steps).toBe(2);
  });
});

describe("partial dependence", () => {
  it("has the slope of the model, and its steps between categories", async () => {
    const { features } = (await finish(await createPartialDependence(await explained(), ["x", "c"], names))) as {
      features: PartialDependence[];
    };
    const [x, c] = features as [PartialDependence, PartialDependence];
    const values = x.values as number[];
    for (const [i, mean] of x.outputs[0]!.mean.entries())
      expect(mean - x.outputs[0]!.mean[0]!).toBeCloseTo(2 * (values[i]! - values[0]!), 9);
    const byName = new Map(c.values.map((value, i) => [value, c.outputs[0]!.mean[i]!]));
    expect([...byName.keys()].sort()).toEqual(["blue", "green", "red"]);
    expect(byName.get("green")! - byName.get("red")!).toBeCloseTo(1, 9);
    expect(byName.get("blue")! - byName.get("green")!).toBeCloseTo(1, 9);
    for (const { low, mean, high } of [x.outputs[0]!])
      for (let i = 0; i < mean.length; i++) expect(low[i]! <= mean[i]! && mean[i]! <= high[i]!).toBe(true);
  });

  it("is of the second of two classes, and of each of several", async () => {
    const of = async (task: Task) =>
      (
        (await finish(await createPartialDependence(await explained(task), ["x"], names))) as {
          features: PartialDependence[];
        }
      ).features[0]!;
    expect((await of(BINARY)).outputs.map(({ label }) => label)).toEqual(["high"]);
    const three = await of(THREE);
    expect(three.outputs.map(({ label }) => label)).toEqual(["a", "b", "c"]);
    for (const i of three.values.keys())
      expect(three.outputs.reduce((sum, { mean }) => sum + mean[i]!, 0)).toBeCloseTo(1, 9);
  });

  it("can be stopped after any feature, and leaves out one that is not there", async () => {
    const model = await explained();
    const steps = await expectResumable({
      make: () => createPartialDependence(model, ["x", "gone", "c"], names),
      outcome: async (work) => hashState(await work.result()),
    });
    expect(steps).toBe(3);
  });
});
