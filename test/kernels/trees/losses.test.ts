import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import { derivativesTwin, lossTwin, type TwinLoss, type TwinRow } from "../../../src/kernels/trees/loss-twins.ts";
import { makeKernel } from "./make-kernel.ts";

const ROWS = 60;
const [scoresAt, targetAt, normaliserAt, quantisedAt, numbersAt, segmentsAt, statisticsAt] = [
  70_016, 80_000, 84_000, 90_000, 110_000, 170_000, 195_008,
];
const [gradientScale, hessianScale, shift] = [2 ** 40, 2 ** 32, 8];

interface Case {
  readonly loss: TwinLoss;
  readonly code: number;
  readonly classes: number;
  readonly parameter: number;
}

const CASES: readonly Case[] = [
  { loss: "squared", code: 0, classes: 1, parameter: 0 },
  { loss: "logistic", code: 1, classes: 1, parameter: 0 },
  { loss: "softmax", code: 2, classes: 2, parameter: 0 },
  { loss: "softmax", code: 2, classes: 7, parameter: 0 },
  { loss: "absolute", code: 3, classes: 1, parameter: 0 },
  { loss: "huber", code: 4, classes: 1, parameter: 1.3 },
  { loss: "quantile", code: 5, classes: 1, parameter: 0.2 },
  { loss: "quantile", code: 5, classes: 1, parameter: 0.9 },
  { loss: "poisson", code: 6, classes: 1, parameter: 0 },
  { loss: "gamma", code: 7, classes: 1, parameter: 0 },
  { loss: "tweedie", code: 8, classes: 1, parameter: 1.1 },
  { loss: "tweedie", code: 8, classes: 1, parameter: 1.9 },
];

/** The kernel's gradients and hessians of a class as numbers again, and its statistics. */
function runKernel({ code, classes, parameter }: Case, classNumber: number, rows: readonly TwinRow[]) {
  const { kernel, longs, reals, set, setReal } = makeKernel();
  rows.forEach(({ scores, target }, i) => {
    scores.forEach((score, k) => {
      reals[(scoresAt >> 3) + k * ROWS + i] = score;
    });
    reals[(targetAt >> 3) + i] = target;
  });
  const fields = { ROWS, BLOCKS: 1, LOSS: code, CLASS: classNumber, CLASSES: classes, WIDE: 1, SHIFT: shift };
  const areas = { SCORES: scoresAt, TARGET: targetAt, NORMALISER: normaliserAt, QUANTISED: quantisedAt };
  const more = {
    ROW_NUMBERS: numbersAt,
    SEGMENTS: segmentsAt,
    SLOT: 180_000,
    BINS: 190_000,
    MAX_NODES: 1,
    SCRATCH: 300_000,
  };
  for (const [field, value] of Object.entries({ ...fields, ...areas, ...more, STATISTICS: statisticsAt }))
    set(field, value);
  setReal("GRADIENT_SCALE", gradientScale);
  setReal("HESSIAN_SCALE", hessianScale);
  setReal("HESSIAN_FLOOR", 1e-16);
  setReal("LOSS_PARAMETER", parameter);
  const phases = classes > 1 ? ["normalisePass", "rootPass", "statisticsPass"] : ["rootPass", "statisticsPass"];
  for (const phase of phases) {
    set("NEXT_TASK", 0);
    kernel[phase]!(0);
  }
  const quantised = rows.map((_, i) => ({
    gradient: Number(longs[(quantisedAt >> 3) + 2 * i]) / gradientScale,
    hessian: Number(longs[(quantisedAt >> 3) + 2 * i + 1]! >> BigInt(shift)) / hessianScale,
    rows: Number(longs[(quantisedAt >> 3) + 2 * i + 1]! & 255n),
  }));
  return { quantised, statistics: Array.from(reals.subarray(statisticsAt >> 3, (statisticsAt >> 3) + 6)) };
}

function randomRows({ loss, classes, parameter }: Case): TwinRow[] {
  const random = randomStream(classes, loss);
  const target = (): number => {
    if (loss === "logistic" || loss === "softmax") return random.integer(Math.max(2, classes));
    if (loss === "poisson") return random.integer(6);
    if (loss === "gamma") return Math.exp(random.normal());
    if (loss === "tweedie") return Math.max(0, 2 * random.normal());
    return random.normal();
  };
  const spread = classes > 1 || loss === "logistic" ? 3 : 1.5;
  return Array.from({ length: ROWS }, () => ({
    scores: Array.from({ length: classes }, () => spread * random.normal()),
    target: target(),
    parameter,
  }));
}

describe.each(CASES)("the loss $loss ($classes, $parameter)", (given) => {
  const rows = randomRows(given);
  const { loss, classes } = given;

  it("has the gradients and hessians of its twin", () => {
    for (let k = 0; k < classes; k++)
      runKernel(given, k, rows).quantised.forEach((found, i) => {
        const twin = derivativesTwin(loss, rows[i]!, k);
        expect(found.gradient).toBeCloseTo(twin.gradient, 8);
        expect(found.hessian).toBeCloseTo(twin.hessian, 8);
        expect(found.rows).toBe(1);
      });
  });

  it("has gradients that are slopes of the loss, by finite differences", () => {
    const at = (row: TwinRow, k: number, by: number): number =>
      lossTwin(loss, { ...row, scores: row.scores.map((score, j) => (j === k ? score + by : score)) });
    for (let k = 0; k < classes; k++)
      for (const row of rows) {
        const { gradient, hessian } = derivativesTwin(loss, row, k);
        const scale = Math.max(1, Math.abs(gradient));
        expect(gradient / scale).toBeCloseTo((at(row, k, 1e-5) - at(row, k, -1e-5)) / 2e-5 / scale, 6);
        // Losses with corners have no curvature to compare with.
        if (["absolute", "quantile", "huber"].includes(loss)) continue;
        const curvature = (at(row, k, 1e-3) - 2 * at(row, k, 0) + at(row, k, -1e-3)) / 1e-6;
        // Friedman's factor for softmax: the hessians of K scores of which K - 1 are free.
        const factor = loss === "softmax" ? classes / (classes - 1) : 1;
        expect(hessian / factor / scale).toBeCloseTo(curvature / scale, 4);
      }
  });

  it("sums up the losses and what bounds the integers", () => {
    const [largest, sizes, losses, weights, largestHessian, hessians] = runKernel(given, 0, rows).statistics;
    const mean = rows.reduce((sum, row) => sum + lossTwin(loss, row), 0) * (loss === "squared" ? 2 : 1);
    expect(losses! / mean).toBeCloseTo(1, 10);
    expect(weights).toBe(ROWS);
    if (loss === "logistic" || loss === "softmax") return;
    const twins = rows.map((row) => derivativesTwin(loss, row));
    const sizesOf = twins.map(({ gradient }) => Math.abs(gradient));
    expect(largest! / Math.max(...sizesOf)).toBeCloseTo(1, 10);
    expect(sizes! / sizesOf.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(largestHessian! / Math.max(...twins.map(({ hessian }) => hessian))).toBeCloseTo(1, 10);
    expect(hessians! / twins.reduce((sum, { hessian }) => sum + hessian, 0)).toBeCloseTo(1, 10);
  });
});
