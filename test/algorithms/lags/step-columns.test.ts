import { describe, expect, it } from "vitest";
import { columnsOfStep, pick, readColumns, spreadImportance } from "../../../src/algorithms/lags/step-columns.ts";
import { type FeatureSpec, KaaykoError, seasonFeature, type Task, usualFeature } from "../../../src/core/index.ts";

const task: Task = { kind: "forecast", target: "flow", horizon: 4 };
const NAMES = [
  "flow 1 before",
  seasonFeature("flow", "day", 1),
  seasonFeature("flow", "day", 2),
  seasonFeature("flow", "week", 1),
  usualFeature("flow", "day", 0),
  usualFeature("flow", "day", 1),
  usualFeature("flow", "week", 2),
  "hour",
  "rain at step 2",
];
const features = NAMES.map(
  (name): FeatureSpec => ({
    name,
    kind: "numeric",
    cardinality: 0,
    mean: 0,
    std: 1,
    min: 0,
    max: 1,
    missing: 0,
  }),
);

describe("the columns of a step", () => {
  it("are those of all steps and its own", () => {
    expect(columnsOfStep(features, task, 0)).toEqual([0, 1, 3, 4, 5, 7, 8]);
    expect(columnsOfStep(features, task, 1)).toEqual([0, 2, 4, 6, 7, 8]);
  });

  it("are all where none are its own", () => {
    expect(columnsOfStep(features, task, 3)).toEqual([...NAMES.keys()]);
    expect(columnsOfStep(pick(features, [0, 7]), task, 0)).toEqual([0, 1]);
  });

  it("give importance back to all", () => {
    const own = { measure: "gain", values: [0.75, 0.25] };
    expect(spreadImportance(own, [1, 3], 5)).toEqual({ measure: "gain", values: [0, 0.75, 0, 0.25, 0] });
  });

  it("are read as a model names them, all of models of before", () => {
    expect(readColumns(undefined, 2, 3)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(readColumns([[2], [0, 1]], 2, 3)).toEqual([[2], [0, 1]]);
    for (const stored of [[[0]], [[0], [3]], [[0], [-1]], [[0], []], [[0], ["1"]], "all", null])
      expect(() => readColumns(stored, 2, 3), JSON.stringify(stored)).toThrow(KaaykoError);
  });
});
