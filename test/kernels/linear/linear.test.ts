import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { log, randomStream } from "../../../src/core/index.ts";
import {
  type DescentLoss,
  LinearMachine,
  type LinearProblem,
  naiveDescentPass,
  type SparseMatrix,
} from "../../../src/kernels/linear/index.ts";

const LOSSES: readonly DescentLoss[] = ["logistic", "squaredHinge", "hinge"];

function drawMatrix(seed: number, rows: number, width: number): SparseMatrix {
  const random = randomStream(seed, "matrix");
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      if (random.float() > 0.4) continue;
      indices.push(column);
      values.push(random.normal());
    }
    offsets[row + 1] = indices.length;
  }
  return { rows, width, offsets, indices: Uint32Array.from(indices), values: Float32Array.from(values) };
}

function drawProblem(seed: number, rows: number, tolerance: number, maxPasses: number): LinearProblem {
  const random = randomStream(seed, "labels");
  const labels = Int8Array.from({ length: rows }, () => (random.float() < 0.5 ? 1 : -1));
  return { labels, costs: [1.5, 0.7], tolerance, maxPasses, key: [seed + 1, 77] };
}

/** ½ |w|² and the losses of the rows: what is minimised. */
function objective(
  matrix: SparseMatrix,
  loss: DescentLoss,
  { labels, costs }: LinearProblem,
  plane: Float64Array,
): number {
  let sum = plane.reduce((total, value) => total + value * value, 0) / 2;
  for (let row = 0; row < matrix.rows; row++) {
    let slope = plane[matrix.width]!;
    for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++)
      slope += matrix.values[k]! * plane[matrix.indices[k]!]!;
    const margin = labels[row]! * slope;
    const cost = costs[labels[row]! > 0 ? 0 : 1];
    const slack = Math.max(0, 1 - margin);
    sum += cost * (loss === "logistic" ? log(1 + Math.exp(-margin)) : loss === "hinge" ? slack : slack * slack);
  }
  return sum;
}

const machines: LinearMachine[] = [];
function machineOf(matrix: SparseMatrix, weights: Float32Array | null, loss: DescentLoss, problems = 1, threads = 1) {
  const machine = new LinearMachine({ matrix, weights, loss, problems, threads });
  machines.push(machine);
  return machine;
}

afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.dispose()));
});

describe.each(LOSSES)("descent with the %s loss", (loss) => {
  it("does what its naive twin does, bit for bit", () => {
    const shapes = fc.record({
      seed: fc.nat(10_000),
      rows: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 12 }),
      weighted: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ seed, rows, width, weighted }) => {
        const matrix = drawMatrix(seed, rows, width);
        const random = randomStream(seed, "weights");
        const weights = weighted ? Float32Array.from({ length: rows }, () => Math.floor(3 * random.float())) : null;
        const problem = drawProblem(seed, rows, 1e-3, 20);
        const machine = machineOf(matrix, weights, loss);
        machine.load([problem], null);
        for (let pass = 0; pass < 12 && !machine.isSolved(0); pass++) {
          const before = machine.save(0);
          machine.pass();
          expect(machine.save(0)).toEqual(naiveDescentPass(matrix, weights, loss, problem, before));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("finds the minimum: no step in any direction lowers the objective", () => {
    const matrix = drawMatrix(5, 60, 6);
    const problem = drawProblem(5, 60, 1e-9, 5000);
    const machine = machineOf(matrix, null, loss);
    machine.load([problem], null);
    while (machine.pass() > 0);
    const plane = machine.hyperplane(0).slice();
    const least = objective(matrix, loss, problem, plane);
    const random = randomStream(9, "directions");
    for (let trial = 0; trial < 200; trial++) {
      const nearby = plane.map((value) => value + 1e-3 * random.normal());
      expect(objective(matrix, loss, problem, nearby)).toBeGreaterThanOrEqual(least - 1e-9);
    }
  });
});

interface Liblinear {
  readonly matrix: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly cost: number;
  readonly minima: Record<DescentLoss, { objective: number; weights: readonly number[]; intercept: number }>;
}

it.each(LOSSES)("reaches the minimum that liblinear reaches with the %s loss", (loss) => {
  const path = new URL("../../fixtures/linear/liblinear.json", import.meta.url);
  const { matrix: dense, labels, cost, minima } = JSON.parse(readFileSync(path, "utf8")) as Liblinear;
  const offsets = new Uint32Array(dense.length + 1);
  const entries = dense.map((row) => row.flatMap((value, column) => (value === 0 ? [] : [{ column, value }])));
  entries.forEach((row, i) => {
    offsets[i + 1] = offsets[i]! + row.length;
  });
  const matrix: SparseMatrix = {
    rows: dense.length,
    width: dense[0]!.length,
    offsets,
    indices: Uint32Array.from(entries.flat(), ({ column }) => column),
    values: Float32Array.from(entries.flat(), ({ value }) => value),
  };
  const problem: LinearProblem = {
    labels: Int8Array.from(labels),
    costs: [cost, cost],
    tolerance: 1e-10,
    maxPasses: 100_000,
    key: [1, 2],
  };
  const machine = machineOf(matrix, null, loss);
  machine.load([problem], null);
  while (machine.pass() > 0);
  const plane = machine.hyperplane(0);
  const { objective: least, weights, intercept } = minima[loss];
  const share = objective(matrix, loss, problem, plane) / least;
  expect(share).toBeLessThan(1 + 1e-8);
  // liblinear itself stops a little above the minimum of the plain hinge, as its warning says.
  expect(share).toBeGreaterThan(loss === "hinge" ? 1 - 1e-3 : 1 - 1e-8);
  const digits = loss === "hinge" ? 1 : 3;
  for (const [column, weight] of [...weights, intercept].entries()) expect(plane[column]).toBeCloseTo(weight, digits);
});

it("gives the same bits for any number of threads, and after a stop", () => {
  const matrix = drawMatrix(3, 80, 10);
  const problems = [0, 1, 2].map((k) => drawProblem(20 + k, 80, 1e-4, 100));
  const solve = (threads: number, stopAt: number) => {
    let machine = machineOf(matrix, null, "squaredHinge", 3, threads);
    machine.load(problems, null);
    for (let pass = 1; machine.pass() > 0; pass++) {
      if (pass !== stopAt) continue;
      const states = problems.map((_, k) => machine.save(k));
      machine = machineOf(matrix, null, "squaredHinge", 3, threads);
      machine.load(problems, states);
    }
    return problems.map((_, k) => machine.save(k));
  };
  const expected = solve(1, 0);
  expect(solve(3, 0)).toEqual(expected);
  expect(solve(2, 4)).toEqual(expected);
});
