import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import {
  type Dataset,
  type Examples,
  type FeatureColumn,
  type Role,
  randomStream,
} from "../../../../src/core/index.ts";
import { createMetrics, ndcg } from "../../../../src/metrics/index.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { datasetOf, modelHash, predict, train, trainerOf } from "../tables.ts";

const RANKING = { kind: "ranking", target: "relevance", group: "query" } as const;
const QUERIES = 80;

/** Queries of 5 to 24 rows, mixed with each other; what is relevant shows in two features, more so within a query. */
function rankedTable(): { dataset: Dataset; columns: FeatureColumn[]; truth: Float64Array } {
  const random = randomStream(5, "queries");
  const rows: number[][] = [];
  for (let query = 0; query < QUERIES; query++) {
    const level = 3 * random.normal();
    const size = 5 + random.integer(20);
    for (let i = 0; i < size; i++) {
      const [a, b] = [random.normal(), random.normal()];
      const grade = Math.max(0, Math.min(4, Math.floor(a * 1.2 + Math.abs(b) + 0.4 * random.normal())));
      rows.push([a + level, b, level, random.normal(), grade, query]);
    }
  }
  random.shuffle(rows);
  const columns: FeatureColumn[] = [0, 1, 2, 3].map((f) => ({
    kind: "numeric",
    name: `x${f}`,
    values: Float64Array.from(rows, (row) => row[f]!),
  }));
  const truth = Float64Array.from(rows.flatMap((row) => [row[4]!, row[5]!]));
  const queryOf = (row: number): number => rows[row]![5]!;
  const plain = datasetOf(
    columns,
    Float64Array.from(rows, () => 0),
    RANKING,
  );
  const all = Uint32Array.from(rows, (_, i) => i);
  const roles: Record<Role, Uint32Array> = {
    train: all.filter((row) => queryOf(row) % 4 !== 0),
    validation: all.filter((row) => queryOf(row) % 4 === 0),
    test: new Uint32Array(0),
  };
  const examples = async (role: Role): Promise<Examples> => ({
    table: { rows: rows.length, columns },
    rows: roles[role],
    target: truth,
    weight: null,
  });
  const counts = { train: roles.train.length, validation: roles.validation.length, test: 0 };
  return { dataset: { ...plain, rows: counts, examples }, columns, truth };
}

function ndcgOf(predictions: Float64Array, truth: Float64Array): number {
  const metrics = createMetrics(RANKING);
  metrics.add({ rows: predictions.length, predictions, target: truth, weight: null });
  return metrics.result().values["ndcg@10"]!;
}

describe("ranking", () => {
  for (const algorithm of [xgboost, histGradient]) {
    it(`${algorithm.name} learns the order inside queries, and stops by NDCG on held-out ones`, async () => {
      const { dataset, columns, truth } = rankedTable();
      const { model, metrics } = await train(algorithm, dataset, { learningRate: 0.1, minChildRows: 5 });
      const values = metrics.map((entry) => entry["validation.ndcg@10"]!);
      expect(model.json).toMatchObject({ loss: "lambdarank", bestRound: values.indexOf(Math.max(...values)) + 1 });
      expect(Math.max(...values)).toBeGreaterThan(0.88);
      const ranked = ndcgOf(await predict(algorithm, model, dataset, columns), truth);
      // The best single feature, for all queries alike.
      const byFeature = ndcgOf((columns[0] as { values: Float64Array }).values, truth);
      expect(ranked).toBeGreaterThan(byFeature + 0.05);
    });
  }

  it("gives the same bytes for any threads and after a resume, with columns permuted the same order of rows", async () => {
    const { dataset } = rankedTable();
    const settings = { rounds: 8, subsample: 0.8 };
    const one = await train(xgboost, dataset, settings);
    expect(modelHash((await train(xgboost, dataset, settings, 3)).model)).toBe(modelHash(one.model));
    await expectResumable({
      make: () => trainerOf(xgboost, dataset, settings),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });

  it("refuses relevances that are no grades", async () => {
    const { dataset } = rankedTable();
    for (const [bad, got] of [
      [-1, "-1"],
      [0.5, "0.5"],
      [31, "31"],
    ] as const) {
      const broken: Dataset = {
        ...dataset,
        examples: async (role) => {
          const examples = await dataset.examples(role);
          const target = examples.target.slice();
          target[2 * examples.rows![3]!] = bad;
          return { ...examples, target };
        },
      };
      await expect(trainerOf(xgboost, broken)).rejects.toThrow(new RegExp(`whole number from 0 to 30, got ${got}`));
    }
  });

  it("takes queries of one row, and queries whose rows are all alike", async () => {
    const columns: FeatureColumn[] = [{ kind: "numeric", name: "x", values: Float64Array.of(1, 2, 3, 4) }];
    const plain = datasetOf(columns, new Float64Array(4), RANKING);
    const target = Float64Array.of(1, 0, 2, 1, 2, 1, 0, 2);
    const examples = async (): Promise<Examples> => ({ table: { rows: 4, columns }, rows: null, target, weight: null });
    const { model } = await train(xgboost, { ...plain, examples }, { rounds: 3 });
    const predictions = await predict(xgboost, model, plain, columns);
    expect(predictions.every(Number.isFinite)).toBe(true);
  });
});

describe("NDCG", () => {
  it("is that of the definition, exponential gains over the best order", () => {
    // (3 / log2(2) + 0 / log2(3) + 1 / log2(4)) / (3 / log2(2) + 1 / log2(3))
    expect(ndcg([0.9, 0.5, 0.1], [2, 0, 1], 10)).toBeCloseTo((3 + 0.5) / (3 + 1 / Math.log2(3)), 12);
    expect(ndcg([0.1, 0.5, 0.9], [2, 0, 1], 1)).toBeCloseTo(1 / 3, 12);
    expect(ndcg([5, 4], [0, 0], 10)).toBe(1);
  });

  it("does not depend on the order of rows of equal score, nor on blocks", () => {
    const relevances = [3, 0, 1, 2];
    const tied = ndcg([1, 1, 1, 0], relevances, 2);
    expect(ndcg([1, 1, 0, 1], [0, 1, 2, 3], 2)).toBeCloseTo(tied, 12);
    const target = Float64Array.of(1, 7, 0, 8, 2, 7, 1, 8);
    const predictions = Float64Array.of(0.1, 0.2, 0.3, 0.9);
    const whole = createMetrics(RANKING);
    whole.add({ rows: 4, predictions, target, weight: null });
    const parts = createMetrics(RANKING);
    for (let i = 0; i < 4; i++) {
      const resumed = parts.getState();
      parts.setState(resumed);
      const one = { predictions: predictions.slice(i, i + 1), target: target.slice(2 * i, 2 * i + 2), weight: null };
      parts.add({ rows: 1, ...one });
    }
    expect(parts.result()).toEqual(whole.result());
    expect(whole.result().values).toEqual({ "ndcg@10": 1, "ndcg@5": 1, ndcg: 1 });
  });
});
