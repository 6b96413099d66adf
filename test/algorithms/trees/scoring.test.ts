import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATEGORICAL, Ensemble, MISSING_LEFT, type TreeNode } from "../../../src/algorithms/trees/ensemble.ts";
import type { TreeModel } from "../../../src/algorithms/trees/model.ts";
import { addScores } from "../../../src/algorithms/trees/predicting.ts";
import { BatchScorer } from "../../../src/algorithms/trees/scoring/batch-scorer.ts";
import { RowScorer } from "../../../src/algorithms/trees/scoring/row-scorer.ts";
import { cutTree } from "../../../src/algorithms/trees/scoring/tree-blocks.ts";
import { type FeatureTable, randomStream } from "../../../src/core/index.ts";

const CATEGORIES = 40;

interface Shape {
  readonly seed: number;
  readonly trees: number;
  readonly leaves: number;
  /** Splits the newest leaf instead of any: a chain. */
  readonly thin: boolean;
  /** Different thresholds. */
  readonly levels: number;
  readonly classes: number;
  readonly rows: number;
}

const shapes = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 1, max: 9 }),
  leaves: fc.constantFrom(1, 2, 3, 7, 30, 64, 150, 400),
  thin: fc.boolean(),
  levels: fc.constantFrom(1, 5, 250, 600),
  classes: fc.constantFrom(1, 3),
  rows: fc.constantFrom(1, 15, 33, 256, 257, 1500),
});

type Draw = (below: number) => number;

/** Two columns of numbers, one float32 and one float64, and one of categories. */
const BINS = [null, null, Uint8Array.from({ length: CATEGORIES + 1 }, (_, code) => (code * 7) % 40)];

function growTree(draw: Draw, { leaves, thin, levels }: Shape): TreeNode[] {
  const leaf = (): TreeNode => ({
    ...{ feature: -1, bin: 0, threshold: 0, flags: 0, left: -1, right: -1, categories: null, gain: 0, rows: 1 },
    value: draw(1e6) / 7,
  });
  const nodes = [leaf()];
  const open = [0];
  while (open.length < leaves) {
    const at = thin ? open.length - 1 : draw(open.length);
    const [node] = open.splice(at, 1) as [number];
    const feature = draw(BINS.length);
    const bySet = BINS[feature] !== null;
    nodes[node] = {
      ...nodes[node]!,
      feature,
      threshold: draw(levels) / 4,
      flags: bySet ? CATEGORICAL : draw(2) * MISSING_LEFT,
      categories: bySet ? Uint32Array.from({ length: 8 }, () => draw(2 ** 32)) : null,
      left: nodes.length,
      right: nodes.length + 1,
    };
    open.push(nodes.push(leaf()) - 1, nodes.push(leaf()) - 1);
  }
  return nodes;
}

function makeModel(draw: Draw, shape: Shape): TreeModel {
  const ensemble = new Ensemble();
  for (let tree = 0; tree < shape.trees * shape.classes; tree++) ensemble.append(growTree(draw, shape));
  return {
    trees: ensemble.arrays(),
    base: new Float64Array(1),
    initialScore: [],
    binOfCode: BINS,
    columns: BINS.map((_, i) => i),
    features: 3,
  };
}

function makeTable(draw: Draw, { rows, levels }: Shape): FeatureTable {
  const number = (): number => {
    const kind = draw(12);
    if (kind === 0) return Number.NaN;
    // Often a threshold itself, or just beside it.
    return kind < 6 ? draw(levels) / 4 : (draw(levels * 3) - levels) / 7;
  };
  return {
    rows,
    columns: [
      { kind: "numeric", name: "a", values: Float32Array.from({ length: rows }, number) },
      { kind: "numeric", name: "b", values: Float64Array.from({ length: rows }, number) },
      {
        kind: "categorical",
        name: "c",
        codes: Uint8Array.from({ length: rows }, () => draw(CATEGORIES + 1)),
        cardinality: CATEGORIES,
      },
    ],
  };
}

function drawOf(seed: number): Draw {
  const stream = randomStream(seed, "scoring");
  return (below) => Math.floor(stream.float() * below);
}

describe("scores of batches, and of rows that come alone,", () => {
  it("are the bits of trees that are walked one by one, whatever the shape", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const draw = drawOf(shape.seed);
        const model = makeModel(draw, shape);
        const table = makeTable(draw, shape);
        const expected = Float64Array.from({ length: shape.rows * shape.classes }, (_, i) => i / 3);
        const actual = expected.slice();
        addScores(model, table, expected, shape.classes);
        const scorer = new BatchScorer(model, shape.classes, 1);
        scorer.add(table, actual);
        await scorer.dispose();
        expect(actual).toEqual(expected);
        const single = Float64Array.from({ length: actual.length }, (_, i) => i / 3);
        const rowScorer = new RowScorer(model, shape.classes);
        for (let row = 0; row < shape.rows; row++) rowScorer.add(table.columns, row, single);
        expect(single).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("are the same with several threads, and when tables differ in size and type", async () => {
    const shape = { seed: 5, trees: 40, leaves: 64, thin: false, levels: 200, classes: 1, rows: 30_000 };
    const draw = drawOf(shape.seed);
    const model = makeModel(draw, shape);
    const scorer = new BatchScorer(model, 1, 2);
    for (const rows of [10, 30_000, 300]) {
      const table = makeTable(draw, { ...shape, rows });
      const [a, b, c] = table.columns as [
        FeatureTable["columns"][0],
        FeatureTable["columns"][0],
        FeatureTable["columns"][0],
      ];
      const turned = rows === 300 ? { rows, columns: [b, a, c] } : table;
      const expected = new Float64Array(rows);
      const actual = new Float64Array(rows);
      addScores(model, turned, expected, 1);
      scorer.add(turned, actual);
      expect(actual).toEqual(expected);
    }
    await scorer.dispose();
  });
});

describe("a tree in blocks", () => {
  it("is a block of three levels for each seven splits, where it is full", () => {
    const nodes = (depth: number): TreeModel => {
      const ensemble = new Ensemble();
      const inner = 2 ** depth - 1;
      ensemble.append(
        Array.from({ length: 2 * inner + 1 }, (_, i): TreeNode => {
          const children =
            i < inner ? { feature: 0, left: 2 * i + 1, right: 2 * i + 2 } : { feature: -1, left: -1, right: -1 };
          return { ...children, bin: 0, threshold: 1, flags: 0, categories: null, value: i, gain: 0, rows: 1 };
        }),
      );
      return {
        trees: ensemble.arrays(),
        base: new Float64Array(1),
        binOfCode: [null],
        columns: [0],
        features: 1,
        initialScore: [],
      };
    };
    const blocksOf = (depth: number) => cutTree(nodes(depth).trees, 0, 2 ** (depth + 1) - 1)?.blocks.length;
    expect([3, 6, 7].map(blocksOf)).toEqual([1, 9, 19]);
    expect(blocksOf(10)).toBeUndefined();
  });
});
