import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entitiesOf, tagsOfEntities } from "../../src/core/index.ts";
import { createMetrics, scoreEntities } from "../../src/metrics/index.ts";

interface Case {
  readonly strict: boolean;
  readonly truth: readonly (readonly string[])[];
  readonly predicted: readonly (readonly string[])[];
  readonly micro: readonly (number | null)[];
  readonly macro: readonly (number | null)[];
  readonly weighted: readonly (number | null)[];
}

const CASES = JSON.parse(
  readFileSync(new URL("../fixtures/seqeval/cases.json", import.meta.url), "utf8"),
) as readonly Case[];
const TAG = fc.constantFrom("O", "O", "B-a", "I-a", "B-b", "I-b");

describe("scoring entities", () => {
  it.each([false, true])("gives what seqeval gives (strict: %s)", (strict) => {
    const cases = CASES.filter((one) => one.strict === strict);
    expect(cases.length).toBeGreaterThan(100);
    for (const { truth, predicted, micro, macro, weighted } of cases) {
      const { values } = scoreEntities(truth, predicted, { strict });
      const all = [micro, macro, weighted].flat();
      const own = [
        [values.entityPrecision, values.entityRecall, values.entityF1],
        [values.macroPrecision, values.macroRecall, values.macroF1],
        [values.weightedPrecision, values.weightedRecall, values.weightedF1],
      ].flat();
      own.forEach((value, i) => {
        const message = JSON.stringify({ truth, predicted });
        if (all[i] === null) expect(value, message).toBeNull();
        else expect(value, message).toBeCloseTo(all[i]!, 12);
      });
    }
  });

  it("writes entities as tags that say the same", () => {
    fc.assert(
      fc.property(fc.array(TAG), (tags) => {
        const entities = entitiesOf(tags);
        expect(entitiesOf(tagsOfEntities(entities, tags.length))).toEqual(entities);
      }),
    );
  });

  it("refuses sentences of other lengths, and strict tags that IOB2 does not have", () => {
    expect(() => scoreEntities([["O"]], [])).toThrow(/as many sentences/);
    expect(() => scoreEntities([["O", "O"]], [["O"]])).toThrow(/as many tags as the truth in sentence 1, 2, got 1/);
    expect(() => scoreEntities([["S-a"]], [["O"]], { strict: true })).toThrow(/B-type or I-type/);
  });

  it("counts the same in blocks, and goes on from a state", () => {
    const classes = ["O", "B-a", "I-a"];
    const task = { kind: "tagging", target: "tags", text: "text", length: 3, classes } as const;
    const block = (rows: readonly (readonly number[])[]) => ({
      rows: rows.length / 2,
      target: Float64Array.from(rows.slice(0, rows.length / 2).flat()),
      predictions: Float64Array.from(rows.slice(rows.length / 2).flat()),
      weight: null,
    });
    const none = Number.NaN;
    const [first, second] = [
      block([
        [1, 2, 0],
        [1, 2, 2],
      ]),
      block([
        [1, none, none],
        [1, none, none],
      ]),
    ];
    const whole = createMetrics(task);
    whole.add(first);
    const state = whole.getState();
    whole.add(second);
    const resumed = createMetrics(task);
    resumed.setState(state);
    resumed.add(second);
    expect(resumed.result()).toEqual(whole.result());
    expect(whole.result().values).toMatchObject({ entityF1: 0.5, tokenAccuracy: 0.75 });
  });
});
