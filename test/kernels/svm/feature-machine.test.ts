import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import {
  FeatureMachine,
  naiveFeatures,
  naiveGather,
  naiveMultiply,
  naiveScores,
} from "../../../src/kernels/svm/index.ts";

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  inputs: fc.integer({ min: 1, max: 9 }),
  pairs: fc.integer({ min: 1, max: 4 }).map((eights) => 8 * eights),
  outputs: fc.integer({ min: 1, max: 6 }),
  threads: fc.integer({ min: 1, max: 3 }),
  seed: fc.nat(1000),
});

/** A machine with numbers everywhere, and these numbers. */
function filled({
  rows,
  inputs,
  pairs,
  outputs,
  threads,
  seed,
}: typeof shapes extends fc.Arbitrary<infer T> ? T : never) {
  const machine = new FeatureMachine({ capacity: 40, inputs, pairs, outputs, trains: true, threads });
  const random = randomStream(seed, "machine");
  const numbers = (count: number, scale = 1) => Float32Array.from({ length: count }, () => scale * random.normal());
  const given = {
    x: numbers(rows * inputs, 2),
    directions: numbers(inputs * pairs),
    weights: numbers(outputs * machine.width),
    slopes: numbers(rows * outputs),
    matrix: numbers(machine.width ** 2),
  };
  for (const name of ["x", "directions", "weights", "slopes", "matrix"] as const) machine[name].set(given[name]);
  return { machine, given };
}

describe("the kernel of random features", () => {
  it("gives the bytes of its naive twins, for any shape and number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const { machine, given } = filled(shape);
        const { width } = machine;
        const { rows, outputs } = shape;
        machine.project(rows);
        const features = naiveFeatures(given.x, rows, given.directions, shape.pairs, width);
        expect(machine.features.slice(0, features.length)).toEqual(features);
        expect(machine.scores.slice(0, rows * outputs)).toEqual(naiveScores(features, given.weights, width));
        machine.gather(rows);
        const gradient = naiveGather(given.slopes, outputs, features, width);
        expect(machine.gradient.slice()).toEqual(gradient);
        machine.precondition();
        expect(machine.step.slice()).toEqual(naiveMultiply(gradient, given.matrix, width));
        await machine.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it("adds up second moments on and over the diagonal", async () => {
    const { machine } = filled({ rows: 21, inputs: 3, pairs: 16, outputs: 1, threads: 2, seed: 5 });
    machine.matrix.fill(0);
    machine.project(21);
    const { width } = machine;
    const features = machine.features.slice(0, 21 * width);
    machine.addMoments(21);
    const moments = naiveGather(features, width, features, width);
    for (let i = 0; i < width; i++)
      for (let j = i; j < width; j++) expect(machine.matrix[i * width + j]).toBe(moments[i * width + j]);
    await machine.dispose();
  });

  it("has the sine and the cosine of any angle, within float32", async () => {
    const machine = new FeatureMachine({ capacity: 1000, inputs: 1, pairs: 8, outputs: 1, trains: false, threads: 1 });
    machine.directions.fill(1);
    const random = randomStream(3, "angles");
    for (let i = 0; i < 1000; i++) machine.x[i] = 20 * (random.float() - 0.5);
    machine.project(1000);
    for (let i = 0; i < 1000; i++) {
      const angle = 2 * Math.PI * machine.x[i]!;
      expect(machine.features[i * machine.width]! * Math.sqrt(8)).toBeCloseTo(Math.sin(angle), 6);
      expect(machine.features[i * machine.width + 8]! * Math.sqrt(8)).toBeCloseTo(Math.cos(angle), 6);
    }
    await machine.dispose();
  });

  it("refuses a shape that no memory could hold", () => {
    const huge = { capacity: 1, inputs: 2 ** 20, pairs: 2048, outputs: 1, trains: false, threads: 1 };
    expect(() => new FeatureMachine(huge)).toThrow(/less than 4 GB/);
  });
});
