import { describe, expect, it } from "vitest";
import { randomStream, type Task } from "../../src/core/index.ts";
import { createMetrics } from "../../src/metrics/index.ts";

const NONE = Number.NaN;
const TWO_STEPS: Task = { kind: "forecast", target: "flow", horizon: 2 };

function rowsOf(predictions: number[], target: number[], horizon: number) {
  return {
    rows: target.length / horizon,
    predictions: Float64Array.from(predictions),
    target: Float64Array.from(target),
    weight: null,
  };
}

describe("metrics of forecasts", () => {
  it("are over all steps with a true value, and of each step", () => {
    const metrics = createMetrics(TWO_STEPS, [1, 1]);
    metrics.add(rowsOf([1, 2, 3, 4], [2, 5, 3, NONE], 2));
    const { values, steps } = metrics.result();
    expect(values.mae).toBeCloseTo(4 / 3, 12);
    expect(values.rmse).toBeCloseTo(Math.sqrt(10 / 3), 12);
    expect(values.coverage).toBeCloseTo(2 / 3, 12);
    expect(values.width).toBe(2);
    expect(steps!.map(({ mae, coverage }) => [mae, coverage])).toEqual([
      [0.5, 1],
      [3, 0],
    ]);
  });

  it("are the same however the rows are cut, and after a restart between", () => {
    const random = randomStream(1, "cuts");
    const make = (n: number) => Array.from({ length: n }, () => 10 * random.float());
    const [predictions, target] = [make(400), make(400)];
    const whole = createMetrics(TWO_STEPS);
    whole.add(rowsOf(predictions, target, 2));
    let cut = createMetrics(TWO_STEPS);
    for (let at = 0; at < 400; at += 50) {
      const fresh = createMetrics(TWO_STEPS);
      fresh.setState(cut.getState());
      cut = fresh;
      cut.add(rowsOf(predictions.slice(at, at + 50), target.slice(at, at + 50), 2));
    }
    expect(cut.result()).toEqual(whole.result());
  });

  it("find intervals on some rows that cover nine in ten of others", () => {
    const random = randomStream(7, "noise");
    const draw = (n: number) =>
      rowsOf(
        new Array<number>(n).fill(0),
        Array.from({ length: n }, () => random.normal()),
        1,
      );
    const task: Task = { kind: "forecast", target: "flow" };
    const found = createMetrics(task);
    found.add(draw(4000));
    const reach = found.result().thresholds!;
    expect(reach[0]).toBeCloseTo(1.645, 1);
    const judged = createMetrics(task, reach);
    judged.add(draw(20_000));
    expect(judged.result().values.coverage).toBeCloseTo(0.9, 1);
  });

  it("correct quantiles that lie too near or too far apart", () => {
    const task: Task = { kind: "forecast", target: "flow", quantiles: [0.05, 0.5, 0.95] };
    const found = createMetrics(task);
    const target = Array.from({ length: 99 }, (_, i) => i - 49);
    found.add(
      rowsOf(
        target.flatMap(() => [-10, 0, 10]),
        target,
        1,
      ),
    );
    const { thresholds, values } = found.result();
    expect(thresholds![0]).toBeCloseTo(35, 0);
    expect(values.mae).toBeCloseTo((2 * 49 * 25) / 99, 9);
    expect(values.pinball).toBeGreaterThan(0);
  });
});
