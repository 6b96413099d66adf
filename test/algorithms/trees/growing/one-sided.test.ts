import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawOneSided } from "../../../../src/algorithms/trees/growing/one-sided.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type NumericFeature, randomStream, rowHash, streamKey } from "../../../../src/core/index.ts";
import { constantsOf } from "../../../../src/kernels/trees/index.ts";
import { derivativesTwin, type TwinLoss } from "../../../../src/kernels/trees/loss-twins.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { makeKernel } from "../../../kernels/trees/make-kernel.ts";
import { bothWays, madeTable, modelHash, predict, train, trainerOf } from "../tables.ts";

const GOSS = { sampling: "goss", learningRate: 0.5 } as const;

describe("gradient-based one-side sampling", () => {
  it("measures the gradients that the loss has", () => {
    const [scoresAt, targetAt, weightAt, sizesAt, countsAt] = [70_016, 100_000, 130_000, 140_000, 200_000];
    const losses: readonly (readonly [TwinLoss, number])[] = [
      ["squared", 0],
      ["logistic", 0],
      ["poisson", 0],
      ["tweedie", 1.3],
    ];
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(...losses),
        fc.integer({ min: 1, max: 60 }),
        (seed, [loss, power], rows) => {
          const { kernel, reals, words, bytes, set, setReal } = makeKernel();
          const code = constantsOf(kernel)[`LOSS_${loss.toUpperCase()}`]!;
          const random = randomStream(seed, "sizes");
          const fields = { ROWS: rows, BLOCKS: 1, CLASSES: 1, SCORES: scoresAt, TARGET: targetAt, WEIGHT: weightAt };
          const places = { ROW_SIZES: sizesAt, SIZE_COUNTS: countsAt, LOSS: code };
          for (const [field, value] of Object.entries({ ...fields, ...places })) set(field, value);
          setReal("LOSS_PARAMETER", power);
          const weights = new Float32Array(bytes.buffer, weightAt, rows);
          const sizes = new Float32Array(bytes.buffer, sizesAt, rows);
          for (let i = 0; i < rows; i++) {
            reals[scoresAt / 8 + i] = random.normal();
            reals[targetAt / 8 + i] = random.integer(2);
            weights[i] = random.integer(3);
          }
          kernel.gradientSizePass!(0);
          const counts = new Map<number, number>();
          sizes.forEach((size, i) => {
            const row = { scores: [reals[scoresAt / 8 + i]!], target: reals[targetAt / 8 + i]!, parameter: power };
            const expected = Math.abs(derivativesTwin(loss, row).gradient) * weights[i]!;
            expect(Math.abs(size - expected)).toBeLessThan(1e-6 * Math.max(1, expected));
            const first = new Uint32Array(sizes.buffer, sizesAt + 4 * i, 1)[0]! >>> 16;
            counts.set(first, (counts.get(first) ?? 0) + 1);
          });
          const counted = words.subarray(countsAt / 4, countsAt / 4 + 2 ** 15);
          expect(new Map(Array.from(counted.entries()).filter(([, count]) => count > 0))).toEqual(counts);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("takes the largest whole, no more than their share, and of the others as many as are asked for", () => {
    const shares = fc.record({
      top: fc.double({ min: 0.01, max: 0.6, noNaN: true }),
      rest: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    });
    const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(sizes, shares, (bits, { top, rest }) => {
        const counts = new Uint32Array(2 ** 15);
        for (const first of bits) counts[first]!++;
        const { largestOrdinary, share } = drawOneSided(counts, bits.length, { top, rest });
        const large = bits.filter((first) => first > largestOrdinary).length;
        expect(large).toBeLessThanOrEqual(top * bits.length);
        // One kind of size more would be too many.
        if (largestOrdinary >= 0) expect(large + counts[largestOrdinary]!).toBeGreaterThan(top * bits.length);
        expect(share * (bits.length - large)).toBeCloseTo(Math.min(rest * bits.length, bits.length - large), 6);
      }),
    );
  });

  it("lets a leaf of small gradients count for those that were left out", async () => {
    const rows = 4000;
    const { dataset, columns, target } = madeTable({ rows, task: "regression", numeric: 3 });
    const settings = { ...GOSS, learningRate: 1, maxDepth: 1, lambda: 1, colsample: 1, topShare: 0.3, restShare: 0.2 };
    const first = await train(xgboost, dataset, { ...settings, rounds: 1 });
    const { model } = await train(xgboost, dataset, { ...settings, rounds: 2 });
    const scores = await predict(xgboost, first.model, dataset, columns);
    const sizes = Float32Array.from(scores, (score, i) => Math.abs(score - target[i]!));
    const firstBits = Uint32Array.from(new Uint32Array(sizes.buffer), (bits) => bits >>> 16);
    const counts = new Uint32Array(2 ** 15);
    for (const bits of firstBits) counts[bits]!++;
    const { largestOrdinary, share } = drawOneSided(counts, rows, { top: 0.3, rest: 0.2 });
    const key = streamKey(42, "xgboost", "rows", 1);
    const { feature, threshold, value, rows: seen } = model.arrays as Record<string, Float64Array>;
    const { values } = columns[feature![3]!] as NumericFeature;
    const sums = [0, 1].map(() => ({ gradient: 0, hessian: 0, rows: 0 }));
    for (let i = 0; i < rows; i++) {
      const isLarge = firstBits[i]! > largestOrdinary;
      if (!isLarge && rowHash(key, i) >= share * 2 ** 32) continue;
      const sum = sums[values[i]! <= threshold![3]! ? 0 : 1]!;
      sum.gradient += (scores[i]! - target[i]!) * (isLarge ? 1 : 1 / share);
      sum.hessian += isLarge ? 1 : 1 / share;
      sum.rows++;
    }
    sums.forEach(({ gradient, hessian, rows }, side) => {
      expect(seen![4 + side]).toBe(rows);
      expect(value![4 + side]).toBeCloseTo(-gradient / (hessian + 1), 6);
    });
  });

  it("learns nearly as well from three tenths of the rows as from all, and the first rounds from all", async () => {
    const { dataset, target } = madeTable({ rows: 20_000, task: "binary", validation: true });
    expect(target).toContain(1);
    const settings = { rounds: 30, learningRate: 0.2, earlyStoppingRounds: 0, subsample: 1 };
    const last = async (more: Record<string, unknown>): Promise<readonly number[]> =>
      (await train(histGradient, dataset, { ...settings, ...more })).metrics.map((m) => m["validation.logLoss"]!);
    const whole = await last({});
    const goss = await last({ sampling: "goss" });
    expect(goss.slice(0, 5)).toEqual(whole.slice(0, 5));
    expect(goss.slice(5)).not.toEqual(whole.slice(5));
    expect(goss.at(-1)! / whole.at(-1)!).toBeLessThan(1.03);
  });

  it("gives the same bytes for any threads", async () => {
    const { dataset } = madeTable({ rows: 40_000, task: "binary", numeric: 24 });
    const settings = { ...GOSS, rounds: 3, maxDepth: 4 };
    const one = await train(xgboost, dataset, settings, 1);
    expect(modelHash((await train(xgboost, dataset, settings, 2)).model)).toBe(modelHash(one.model));
  });

  for (const task of ["regression", "binary", "multiclass"] as const)
    it(`gives the same bytes from a stream and after a resume: ${task}`, async () => {
      const { dataset } = madeTable({ rows: 2000, task, categories: 9, missing: true, weights: true });
      const { memory, streamed } = await bothWays(dataset);
      const settings = { ...GOSS, rounds: 4, maxDepth: 4 };
      const { model } = await train(xgboost, memory, settings);
      expect(modelHash((await train(xgboost, streamed, settings)).model)).toBe(modelHash(model));
      await expectResumable({
        make: () => trainerOf(xgboost, dataset, settings),
        outcome: async (trainer) => modelHash(await trainer.model()),
        dispose: (trainer) => trainer.dispose(),
        points: 1,
      });
    });

  it("refuses shares of more than all, a share beside them, and losses whose leaves follow from the rows", async () => {
    const { dataset } = madeTable({ rows: 100, task: "regression" });
    const refused = (settings: Record<string, unknown>) =>
      expect(trainerOf(xgboost, dataset, { ...GOSS, ...settings }));
    await refused({ topShare: 0.8, restShare: 0.5 }).rejects.toThrow(/at most 1 together/);
    await refused({ subsample: 0.5 }).rejects.toThrow(/subsample must be 1/);
    await refused({ objective: "quantile" }).rejects.toThrow(/follow from gradients, got quantile/);
  });
});
