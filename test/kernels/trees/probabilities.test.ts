import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp, log, randomStream, sigmoid } from "../../../src/core/index.ts";
import { makeKernel } from "./make-kernel.ts";

const AREA = {
  scores: 70_016,
  target: 80_000,
  normaliser: 84_000,
  quantised: 90_000,
  numbers: 110_000,
  scratch: 300_000,
};
const SCALE = 2 ** 40;
const LOGISTIC = 1;
const SOFTMAX = 2;

/** The kernel's normalisers and the quantised gradients of class 0, whose targets are 0 and 1 in turn. */
function runKernel(scores: readonly (readonly number[])[], classes: number) {
  const { kernel, longs, reals, set, setReal } = makeKernel();
  const rows = scores.length;
  scores.forEach((own, i) => {
    own.forEach((score, k) => {
      reals[(AREA.scores >> 3) + k * rows + i] = score;
    });
    reals[(AREA.target >> 3) + i] = i & 1;
  });
  const fields = {
    ROWS: rows,
    BLOCKS: 1,
    LOSS: classes > 1 ? SOFTMAX : LOGISTIC,
    CLASS: 0,
    CLASSES: classes,
    WIDE: 1,
    SHIFT: 8,
  };
  const areas = { SCORES: AREA.scores, TARGET: AREA.target, NORMALISER: AREA.normaliser, QUANTISED: AREA.quantised };
  const more = {
    ROW_NUMBERS: AREA.numbers,
    SEGMENTS: 170_000,
    SLOT: 180_000,
    BINS: 190_000,
    MAX_NODES: 1,
    SCRATCH: AREA.scratch,
  };
  for (const [field, value] of Object.entries({ ...fields, ...areas, ...more })) set(field, value);
  setReal("GRADIENT_SCALE", SCALE);
  setReal("HESSIAN_SCALE", SCALE);
  for (const phase of classes > 1 ? ["normalisePass", "rootPass"] : ["rootPass"]) {
    set("NEXT_TASK", 0);
    kernel[phase]!(0);
  }
  return {
    normalisers: Array.from(reals.subarray(AREA.normaliser >> 3, (AREA.normaliser >> 3) + rows)),
    gradients: scores.map((_, i) => Number(longs[(AREA.quantised >> 3) + 2 * i])),
  };
}

/** Rounded to the nearest whole number, halves to the even one. */
function nearest(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low;
}

/** The normaliser as the library computes it for one row. */
function normaliserTwin(scores: readonly number[]): number {
  const highest = Math.max(...scores);
  return highest + log(scores.reduce((sum, score) => sum + exp(score - highest), 0));
}

describe("probabilities of two rows at once", () => {
  it("are bit by bit those of one row, for any number of rows, ordinary scores and scores beyond what float64 can tell", () => {
    const shapes = fc.record({
      rows: fc.integer({ min: 1, max: 41 }),
      classes: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 9 })),
      spread: fc.constantFrom(0.1, 3, 40, 900, 1e6),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shapes, ({ rows, classes, spread, seed }) => {
        const random = randomStream(seed, "scores");
        const scores = Array.from({ length: rows }, () =>
          Array.from({ length: classes }, () => (random.integer(3) === 0 ? spread : 3) * random.normal()),
        );
        const { normalisers, gradients } = runKernel(scores, classes);
        if (classes > 1) expect(normalisers).toEqual(scores.map(normaliserTwin));
        const probabilities = scores.map((own) =>
          classes > 1 ? exp(own[0]! - normaliserTwin(own)) : sigmoid(own[0]!),
        );
        const own = (i: number): number => (classes > 1 ? 1 - (i & 1) : i & 1);
        expect(gradients).toEqual(probabilities.map((p, i) => nearest((p - own(i)) * SCALE) + 0));
      }),
      { numRuns: 60 },
    );
  });
});
