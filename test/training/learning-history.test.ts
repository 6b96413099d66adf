import { describe, expect, it } from "vitest";
import { LearningHistoryRecorder } from "../../src/training/learning-history.ts";

function record(steps: number, resumeAt = -1): LearningHistoryRecorder {
  let recorder = new LearningHistoryRecorder();
  for (let step = 1; step <= steps; step++) {
    if (step === resumeAt) {
      const state = JSON.parse(JSON.stringify(recorder.getState()));
      recorder = new LearningHistoryRecorder();
      recorder.setState(state);
    }
    recorder.add({ done: false, step, unit: "tree", metrics: { "train.rmse": 1 / step } });
    recorder.add({ done: false, step, unit: "batch" });
  }
  return recorder;
}

describe("the history of a training", () => {
  it("keeps all of a short one", () => {
    const history = record(150).history()!;
    expect(history.unit).toBe("tree");
    expect(history.steps).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(history.series["train.rmse"]![149]).toBe(1 / 150);
  });

  it.each([399, 400, 401, 10_000, 123_457])(
    "thins %i steps to at most 200, evenly, with the first and the last",
    (steps) => {
      const history = record(steps).history()!;
      expect(history.steps.length).toBeLessThanOrEqual(200);
      expect(history.steps.length).toBeGreaterThan(90);
      expect([history.steps[0], history.steps.at(-1)]).toEqual([1, steps]);
      const gaps = history.steps.slice(1, -1).map((step, i) => step - history.steps[i]!);
      expect(Math.min(...gaps)).toBeGreaterThan(0);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(2 * Math.max(1, Math.min(...gaps)));
      expect(Buffer.byteLength(JSON.stringify(record(steps).getState()))).toBeLessThan(40_000);
    },
  );

  it.each([2, 399, 400, 401, 4000])("is the same after a resume at step %i", (at) => {
    expect(record(5000, at).history()).toEqual(record(5000).history());
  });

  it("is null where nothing was reported, and leaves out what is not finite", () => {
    const recorder = new LearningHistoryRecorder();
    expect(recorder.history()).toBeNull();
    recorder.add({ done: false, step: 1, unit: "batch", metrics: { loss: Number.NaN } });
    recorder.add({ done: true, step: 2, unit: "batch", metrics: { loss: 2 } });
    expect(recorder.history()).toEqual({ unit: "batch", steps: [1, 2], series: { loss: [null, 2] } });
  });
});
