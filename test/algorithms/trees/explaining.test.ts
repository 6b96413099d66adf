import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Ensemble, type TreeNode } from "../../../src/algorithms/trees/ensemble.ts";
import { explainScores } from "../../../src/algorithms/trees/explaining.ts";
import { splitMeasures } from "../../../src/algorithms/trees/importance.ts";
import type { TreeModel } from "../../../src/algorithms/trees/model.ts";
import { createTreePredictor } from "../../../src/algorithms/trees/predicting.ts";
import { goesLeft } from "../../../src/algorithms/trees/row-walking.ts";
import type { FeatureTable } from "../../../src/core/index.ts";
import { goldenTable, readFixture, specsOf, taskOf } from "./interchange/golden.ts";

const FEATURES = 4;

/** A tree of random splits over some features, with rows that add up. */
function grow(random: () => number, depth: number, rows: number, nodes: TreeNode[]): number {
  const at = nodes.length;
  const leaf = { bin: 0, flags: 0, categories: null, gain: 0, rows, left: -1, right: -1, threshold: 0 };
  nodes.push({ ...leaf, feature: -1, value: random() * 4 - 2 });
  if (depth === 0 || rows < 2 || random() < 0.15) return at;
  const leftRows = Math.floor(random() * (rows + 1));
  const left = grow(random, depth - 1, leftRows, nodes);
  const right = grow(random, depth - 1, rows - leftRows, nodes);
  const flags = random() < 0.5 ? 1 : 0;
  const feature = Math.floor(random() * FEATURES);
  nodes[at] = { ...leaf, feature, value: 0, threshold: random(), flags, gain: random(), left, right };
  return at;
}

function randomModel(seed: readonly number[]): TreeModel {
  let i = 0;
  const random = (): number => seed[i++ % seed.length]!;
  const ensemble = new Ensemble();
  for (let tree = 0; tree < 3; tree++) {
    const nodes: TreeNode[] = [];
    grow(random, 4, 100, nodes);
    ensemble.append(nodes);
  }
  const columns = Array.from({ length: FEATURES }, (_, feature) => feature);
  const binOfCode = columns.map(() => null);
  return {
    trees: ensemble.arrays(),
    base: Float64Array.of(0.5),
    binOfCode,
    columns,
    features: FEATURES,
    initialScore: [],
  };
}

/** The score of a row of which only some features are known: others part as the training rows did. */
function expectedScore(model: TreeModel, row: readonly number[], known: number): number {
  const { trees } = model;
  const below = (start: number, node: number): number => {
    const feature = trees.feature[node]!;
    if (feature < 0) return trees.value[node]!;
    const [left, right] = [start + trees.left[node]!, start + trees.right[node]!];
    if ((known >> feature) & 1) return below(start, goesLeft(trees, node, row[feature]!) ? left : right);
    const share = trees.rows[left]! / (trees.rows[left]! + trees.rows[right]!);
    if (Number.isNaN(share)) return (below(start, left) + below(start, right)) / 2;
    return share * below(start, left) + (1 - share) * below(start, right);
  };
  let sum = model.base[0]!;
  for (let tree = 0, start = 0; tree < trees.ends.length; start = trees.ends[tree++]!) sum += below(start, start);
  return sum;
}

/** Shapley values by their definition: over all subsets of the features. */
function naiveContributions(model: TreeModel, row: readonly number[]): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return row.map((_, feature) => {
    let sum = 0;
    for (let subset = 0; subset < 1 << FEATURES; subset++) {
      if ((subset >> feature) & 1) continue;
      const size = subset.toString(2).replaceAll("0", "").length;
      const weight = (factorial(size) * factorial(FEATURES - size - 1)) / factorial(FEATURES);
      sum += weight * (expectedScore(model, row, subset | (1 << feature)) - expectedScore(model, row, subset));
    }
    return sum;
  });
}

function tableOf(row: readonly number[]): FeatureTable {
  const columns = row.map((value, i) => ({ kind: "numeric" as const, name: `f${i}`, values: Float64Array.of(value) }));
  return { rows: 1, columns };
}

describe("contributions of features", () => {
  it("are the Shapley values that their definition gives, and sum up to the score", () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const cell = fc.oneof(unit, fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 20, maxLength: 200 }),
        fc.array(cell, { minLength: FEATURES, maxLength: FEATURES }),
        (seed, row) => {
          const model = randomModel(seed);
          const { base, values } = explainScores(model, tableOf(row), 1);
          naiveContributions(model, row).forEach((expected, feature) => {
            expect(values[feature]!).toBeCloseTo(expected, 8);
          });
          expect(base[0]!).toBeCloseTo(expectedScore(model, row, 0), 8);
          const sum = values.reduce((a, b) => a + b, base[0]!);
          expect(sum).toBeCloseTo(expectedScore(model, row, (1 << FEATURES) - 1), 8);
        },
      ),
    );
  });

  const peers = JSON.parse(
    readFileSync(new URL("../../fixtures/interchange/contributions.json", import.meta.url), "utf8"),
  ) as Record<string, number[][][]>;

  it.each(Object.keys(peers))("are those of the original program: %s", async (name) => {
    const imported = readFixture(name);
    const context = { task: taskOf(imported), features: specsOf(imported), threads: 1, backend: "cpu" } as const;
    const predictor = await createTreePredictor(imported.content, context);
    const { outputs, base, values } = await predictor.explain!(goldenTable(imported, 20));
    peers[name]!.forEach((scores, row) => {
      expect(scores.length).toBe(outputs);
      scores.forEach((theirs, k) => {
        const at = (row * outputs + k) * 3;
        const ours = [...values.subarray(at, at + 3), base[k]!];
        ours.forEach((value, i) => {
          expect(Math.abs(value - theirs[i]!)).toBeLessThan(2e-6);
        });
      });
    });
    await predictor.dispose();
  });
});

it("importance counts what splits gained, parted and are", () => {
  const leaf = { bin: 0, flags: 0, categories: null, left: -1, right: -1, threshold: 0, feature: -1, gain: 0 };
  const ensemble = new Ensemble();
  ensemble.append([
    { ...leaf, feature: 1, gain: 6, rows: 10, left: 1, right: 2, value: 0 },
    { ...leaf, feature: 0, gain: 2, rows: 6, left: 3, right: 4, value: 0 },
    { ...leaf, rows: 4, value: 1 },
    { ...leaf, rows: 3, value: 2 },
    { ...leaf, rows: 3, value: 3 },
  ]);
  expect(splitMeasures(ensemble.arrays(), [0, 1, 2], 3)).toEqual([
    { measure: "gain", values: [0.25, 0.75, 0] },
    { measure: "cover", values: [6 / 16, 10 / 16, 0] },
    { measure: "splits", values: [0.5, 0.5, 0] },
  ]);
});
