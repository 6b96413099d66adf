import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream, type Task } from "../../src/core/index.ts";
import { AreaUnderCurve, createMetrics, type MetricsResult, type ScoredRows } from "../../src/metrics/index.ts";
import { copyState } from "../conformance/resumable.ts";

interface PeerCase {
  readonly name: string;
  readonly task: "regression" | "binary" | "multiclass";
  readonly classes?: number;
  readonly target: number[];
  readonly predictions: number[];
  readonly weight: number[] | null;
  readonly expected: Record<string, number>;
  readonly confusion?: number[][];
}

const PEER = JSON.parse(readFileSync(new URL("../fixtures/metrics/scikit-learn.json", import.meta.url), "utf8")) as {
  cases: PeerCase[];
};

function taskOf({ task, classes }: Pick<PeerCase, "task" | "classes">): Task {
  const count = task === "regression" ? 0 : (classes ?? 2);
  const labels = Array.from({ length: count }, (_, k) => `class ${k}`);
  return { kind: task, target: "y", ...(count === 0 ? {} : { classes: labels }) };
}

/** Scores rows in blocks that end at the given rows. */
function scoreInBlocks(task: Task, all: ScoredRows, ends: readonly number[], restoreAfter = -1): MetricsResult {
  const outputs = all.predictions.length / Math.max(1, all.rows);
  let metrics = createMetrics(task);
  let start = 0;
  [...ends, all.rows].forEach((end, block) => {
    metrics.add({
      rows: end - start,
      predictions: all.predictions.slice(start * outputs, end * outputs),
      target: all.target.slice(start, end),
      weight: all.weight?.slice(start, end) ?? null,
    });
    start = end;
    if (block !== restoreAfter) return;
    const state = copyState(metrics.getState());
    metrics = createMetrics(task);
    metrics.setState(state);
  });
  return metrics.result();
}

describe("metrics", () => {
  it.each(PEER.cases)("are those of scikit-learn: $name", (peer) => {
    const rows = peer.target.length;
    const result = scoreInBlocks(
      taskOf(peer),
      {
        rows,
        predictions: Float64Array.from(peer.predictions),
        target: Float64Array.from(peer.target),
        weight: peer.weight === null ? null : Float32Array.from(peer.weight),
      },
      [7, 20],
    );
    for (const [name, value] of Object.entries(peer.expected)) {
      const tolerance = 1e-10 * Math.max(1, Math.abs(value)) * (peer.name.startsWith("large") ? 1e4 : 1);
      expect(Math.abs(result.values[name]! - value), `${name}: ${result.values[name]} and ${value}`).toBeLessThan(
        tolerance,
      );
    }
    peer.confusion?.forEach((row, actual) => {
      row.forEach((weight, k) => {
        expect(result.confusion!.counts[actual]![k]).toBeCloseTo(weight, 6);
      });
    });
  });

  it.each(["regression", "binary", "multiclass"] as const)(
    "do not depend on how rows are cut, or on a resume: %s",
    (kind) => {
      const random = randomStream(3, kind);
      const task = taskOf({ task: kind, classes: kind === "multiclass" ? 3 : 2 });
      const outputs = kind === "multiclass" ? 3 : 1;
      const rows = 9000;
      const all: ScoredRows = {
        rows,
        predictions: Float64Array.from({ length: rows * outputs }, () => random.float()),
        target: Float64Array.from({ length: rows }, () =>
          kind === "regression" ? random.normal() : random.integer(2),
        ),
        weight: Float32Array.from({ length: rows }, () => random.float()),
      };
      const whole = scoreInBlocks(task, all, []);
      expect(scoreInBlocks(task, all, [1, 4095, 4096, 5000], 3)).toEqual(whole);
      expect(scoreInBlocks(task, all, [4097], 0)).toEqual(whole);
    },
  );

  it.each([
    ["no rows", "regression", [], [], null],
    ["no weight", "regression", [1, 2], [1, 2], [0, 0]],
    ["a constant target", "regression", [2, 2], [1, 2], null],
    ["only zeros", "regression", [0, 0], [1, 2], null],
    ["one class", "binary", [0, 0], [0, 1], null],
    ["no rows of two classes", "binary", [], [], null],
  ] as const)("are finite or null: %s", (_, kind, target, predictions, weight) => {
    const all: ScoredRows = {
      rows: target.length,
      predictions: Float64Array.from(predictions),
      target: Float64Array.from(target),
      weight: weight === null ? null : Float32Array.from(weight),
    };
    const { values } = scoreInBlocks(taskOf({ task: kind }), all, []);
    for (const value of Object.values(values)) expect(value === null || Number.isFinite(value)).toBe(true);
  });

  it("gives r2 and mape null where they mean nothing", () => {
    const all = { rows: 2, predictions: Float64Array.of(1, 2), target: Float64Array.of(0, 0), weight: null };
    expect(scoreInBlocks(taskOf({ task: "regression" }), all, []).values).toMatchObject({ r2: null, mape: null });
  });

  it("refuses a state that does not fit", () => {
    for (const task of ["regression", "binary", "multiclass"] as const)
      expect(() => createMetrics(taskOf({ task })).setState({ json: {}, arrays: {} })).toThrow(/restore metrics/);
  });
});

describe("the area under the curve", () => {
  const score = fc.oneof(fc.constantFrom(0, 0.25, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  const row = fc.tuple(score, fc.constantFrom(0, 1), fc.constantFrom(0, 0.5, 1, 2));

  it("is the share of pairs in the right order", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const curve = new AreaUnderCurve();
        for (const [value, label, weight] of rows) curve.add(value, label, weight);
        let right = 0;
        let pairs = 0;
        for (const [positive, labelOne, one] of rows)
          for (const [negative, labelTwo, two] of rows)
            if (labelOne === 1 && labelTwo === 0) {
              pairs += one * two;
              right += one * two * (positive > negative ? 1 : positive === negative ? 0.5 : 0);
            }
        if (pairs === 0) expect(curve.areas().auc).toBeNull();
        else expect(curve.areas().auc).toBeCloseTo(right / pairs, 12);
      }),
    );
  });

  it("is nearly the same once scores are binned", () => {
    const random = randomStream(5, "curve");
    const exact = new AreaUnderCurve();
    let binned = new AreaUnderCurve(1000);
    for (let i = 0; i < 20_000; i++) {
      const label = random.integer(2);
      const value = 1 / (1 + Math.exp(-(3 * random.normal() + 2 * label)));
      exact.add(value, label, 1);
      binned.add(value, label, 1);
      if (i !== 15_000) continue;
      const state = copyState(binned.getState());
      binned = new AreaUnderCurve(1000);
      binned.setState(state);
    }
    expect(Math.abs(binned.areas().auc! - exact.areas().auc!)).toBeLessThan(1e-5);
  });
});
