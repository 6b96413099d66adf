import { describe, expect, it } from "vitest";
import type { Task } from "../../../src/core/index.ts";
import { judgeLabels } from "../../../src/training/explain/judged-labels.ts";
import { labelPairs } from "../../../src/training/explain/label-pairs.ts";
import { textErrors } from "../../../src/training/explain/text-errors.ts";

const SEVERAL: Task = { kind: "multilabel", target: "y", classes: ["a", "b", "c"] };
const TWO: Task = { kind: "binary", target: "y", classes: ["no", "yes"] };
const ONE: Task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };

describe("what is true and what is predicted", () => {
  it("is, of several labels, every one from its own threshold on", () => {
    const judged = judgeLabels(SEVERAL, Float64Array.of(0.3, 0.3, 0.9), Float64Array.of(1, 0, 0), [0.2, 0.4, 0.9]);
    expect([...judged.predicted]).toEqual([1, 0, 1]);
    expect([...judged.actual]).toEqual([1, 0, 0]);
  });

  it("is, of classes, the likeliest one", () => {
    const two = judgeLabels(TWO, Float64Array.of(0.75, 0.25), Float64Array.of(0, 0), undefined);
    expect([...two.actual]).toEqual([1, 0, 1, 0]);
    expect([...two.predicted]).toEqual([0, 1, 1, 0]);
    expect([...two.probabilities]).toEqual([0.25, 0.75, 0.75, 0.25]);
    const one = judgeLabels(ONE, Float64Array.of(0.2, 0.5, 0.3), Float64Array.of(2), undefined);
    expect([...one.actual, ...one.predicted]).toEqual([0, 0, 1, 0, 1, 0]);
  });
});

describe("labels that come together", () => {
  it("are counted, beside how often chance would do it and how often it is predicted", () => {
    // Of 8 rows a and b are together in 4, each in 5 and 4; c is in none.
    const target = Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7].flatMap((row) => [row < 5 ? 1 : 0, row < 4 ? 1 : 0, 0]));
    const predictions = target.map((value, i) => (i < 6 ? value : 0));
    const judged = judgeLabels(SEVERAL, predictions, target, [0.5, 0.5, 0.5]);
    expect(labelPairs(judged)).toEqual([{ first: "a", second: "b", rows: 4, expected: 2.5, predicted: 2 }]);
  });
});

describe("errors worth reading", () => {
  const texts = ["right", "sure and wrong", "hardly wrong", null, "sure and wrong", "x".repeat(300)];
  const target = Float64Array.of(0, 1, 1, 1, 1, 1);
  const predictions = Float64Array.of(0.1, 0.01, 0.45, 0.001, 0.02, 0.04);
  const errors = textErrors(judgeLabels(TWO, predictions, target, undefined), texts);

  it("are those that the model was surest of, each text once and at most two of a label", () => {
    expect(errors.map(({ text }) => text.slice(0, 14))).toEqual(["sure and wrong", "x".repeat(14)]);
    expect(errors[0]).toMatchObject({ actual: ["yes"], predicted: ["no"] });
    expect(errors[1]!.text.length).toBe(241);
  });

  it("never cut an emoji in two", () => {
    const [error] = textErrors(judgeLabels(TWO, Float64Array.of(0.1), Float64Array.of(1), undefined), [
      "😀".repeat(300),
    ]);
    expect(error!.text).toBe(`${"😀".repeat(240)}…`);
  });

  it("say which label was missed or given", () => {
    const judged = judgeLabels(SEVERAL, Float64Array.of(0.9, 0.05, 0.6), Float64Array.of(1, 1, 0), [0.5, 0.5, 0.5]);
    expect(textErrors(judged, ["t"])).toEqual([
      { text: "t", label: "b", probability: 0.05, actual: ["a", "b"], predicted: ["a", "c"] },
    ]);
  });
});
