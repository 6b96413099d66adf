import { describe, expect, it } from "vitest";
import { calibrate } from "../../../src/algorithms/linear/calibrate.ts";
import { toProbabilities } from "../../../src/algorithms/linear/margins.ts";
import { randomStream, type Task } from "../../../src/core/index.ts";

const BINARY: Task = { kind: "binary", target: "y", classes: ["no", "yes"] };
const THREE: Task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };

/** Probabilities of rows, calibrated on themselves, each of them being of the class that its margins say. */
function probabilities(margins: Float64Array, count: number, task: Task): Float64Array {
  const truth = Float64Array.from({ length: margins.length / count }, (_, row) =>
    count === 1 ? Number(margins[row]! > 0) : likeliest(margins.subarray(row * count, (row + 1) * count)),
  );
  const calibrated = margins.slice();
  toProbabilities(calibrated, count, task, calibrate(margins, truth, count, task));
  return calibrated;
}

const likeliest = (row: Float64Array) => row.indexOf(row.reduce((a, b) => Math.max(a, b)));

describe("calibration", () => {
  it("is as sure of rows that are set apart without an error as their number allows", () => {
    // All margins alike: Platt's targets, (n + 1) / (n + 2), are what the best slope and intercept give exactly.
    for (const rows of [10, 100, 1000]) {
      const margins = Float64Array.from({ length: 2 * rows }, (_, row) => (row < rows ? 1 : -1));
      const sure = probabilities(margins, 1, BINARY);
      expect(sure[0]).toBeCloseTo((rows + 1) / (rows + 2), 6);
      expect(sure[2 * rows - 1]).toBeCloseTo(1 / (rows + 2), 6);
    }
  });

  it("does so for classes, one of which is right", () => {
    const rows = 300;
    const margins = Float64Array.from({ length: 3 * rows }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : -1));
    const sure = probabilities(margins, 3, THREE);
    expect(sure[0]).toBeCloseTo((rows + 1) / (rows + 2), 6);
    expect(sure[1]! + sure[2]!).toBeCloseTo(1 / (rows + 2), 6);
  });

  it("finds the slope and intercept that labels were drawn with", () => {
    const random = randomStream(3, "calibration");
    const margins = Float64Array.from({ length: 4_000 }, () => 4 * random.float() - 2);
    const truth = margins.map((margin) => (random.float() < 1 / (1 + Math.exp(-(3 * margin - 0.7))) ? 1 : 0));
    const { slope, intercept } = calibrate(margins, truth, 1, BINARY);
    expect(slope).toBeCloseTo(3, 0);
    expect(intercept).toBeCloseTo(-0.7, 0);
  });
});
