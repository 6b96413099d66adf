import { describe, expect, it } from "vitest";
import { baseline } from "../../../src/algorithms/baseline/index.ts";
import type { Dataset, Task } from "../../../src/core/index.ts";
import { makeDataset } from "../../training/doubles.ts";

async function learn(dataset: Dataset): Promise<number[]> {
  const trainer = await baseline.createTrainer({
    dataset,
    parameters: {},
    seed: 1,
    threads: 1,
    backend: "auto",
    notify: () => {},
  });
  while (!(await trainer.step()).done);
  const model = await trainer.model();
  await trainer.dispose();
  const predictor = await baseline.createPredictor(model, {
    task: dataset.task,
    features: dataset.features,
    threads: 1,
    backend: "auto",
  });
  return [...(await predictor.predict({ rows: 1, columns: [] }))];
}

/** The same data with weights. */
function weighted(dataset: Dataset, weightOf: (row: number) => number): Dataset {
  return {
    ...dataset,
    stream: async (role, options) => {
      const stream = await dataset.stream(role, options);
      const next = async () => {
        const batch = await stream.next();
        return (
          batch && { ...batch, weight: Float32Array.from({ length: batch.table.rows }, (_, row) => weightOf(row)) }
        );
      };
      return { next, position: () => stream.position(), seek: (at) => stream.seek(at), close: () => stream.close() };
    },
  };
}

const REGRESSION: Task = { kind: "regression", target: "y" };
const THREE: Task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };
const TWO: Task = { kind: "binary", target: "y", classes: ["a", "b"] };

describe("the baseline", () => {
  it("predicts the mean of the training rows", async () => {
    const dataset = makeDataset(REGRESSION);
    const { rows, target } = await dataset.examples("train");
    const mean = [...rows!].reduce((sum, row) => sum + target[row]!, 0) / rows!.length;
    expect((await learn(dataset))[0]).toBeCloseTo(mean, 12);
  });

  it("predicts the share of each class", async () => {
    const dataset = makeDataset(THREE);
    const { rows, target } = await dataset.examples("train");
    const shares = [0, 1, 2].map((k) => [...rows!].filter((row) => target[row] === k).length / rows!.length);
    (await learn(dataset)).forEach((share, k) => {
      expect(share).toBeCloseTo(shares[k]!, 12);
    });
  });

  it("predicts the share of the second of two classes", async () => {
    const dataset = makeDataset(TWO);
    const { rows, target } = await dataset.examples("train");
    const share = [...rows!].filter((row) => target[row] === 1).length / rows!.length;
    expect(await learn(dataset)).toEqual([expect.closeTo(share, 12)]);
  });

  it("counts rows by their weight", async () => {
    const dataset = weighted(makeDataset(REGRESSION), (row) => (row === 0 ? 1 : 0));
    const { target } = await dataset.examples("train");
    expect((await learn(dataset))[0]).toBeCloseTo(target[0]!, 12);
  });
});
