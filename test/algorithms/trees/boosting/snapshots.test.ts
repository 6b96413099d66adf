import { describe, expect, it } from "vitest";
import { boostingOptions } from "../../../../src/algorithms/trees/boosting/boosting-parameters.ts";
import { createBoostingTrainer } from "../../../../src/algorithms/trees/boosting/create-boosting-trainer.ts";
import { snapshotInterval } from "../../../../src/algorithms/trees/boosting/score-snapshot.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { KaaykoError, resolveParameters, type State, type Trainer } from "../../../../src/core/index.ts";
import { copyState, expectResumable } from "../../../conformance/resumable.ts";
import { madeTable, modelHash } from "../tables.ts";

/** A trainer whose state holds the scores of every third round. */
function makeTrainer(task: "regression" | "binary" | "multiclass", settings = {}): Promise<Trainer> {
  const { dataset } = madeTable({ rows: 700, task, missing: true, categories: 6, validation: true });
  const parameters = resolveParameters(xgboost.parameters, { rounds: 11, ...settings }, "setting");
  const context = { dataset, parameters, seed: 42, threads: 1, backend: "auto", notify: () => {} } as const;
  return createBoostingTrainer("xgboost", context, boostingOptions(parameters, "depth", dataset), null, 3);
}

async function stateAfter(rounds: number, task: "regression" | "binary" = "regression"): Promise<State> {
  const trainer = await makeTrainer(task);
  for (let round = 0; round < rounds; round++) await trainer.step();
  const state = copyState(await trainer.getState());
  await trainer.dispose();
  return state;
}

describe("scores in the state", () => {
  for (const task of ["regression", "binary", "multiclass"] as const) {
    for (const subsample of [1, 0.7]) {
      it(`lead to the bytes of an undisturbed training, ${task}, of the rows ${subsample}`, async () => {
        await expectResumable({
          make: () => makeTrainer(task, { subsample }),
          outcome: async (trainer) => modelHash(await trainer.model()),
          dispose: (trainer) => trainer.dispose(),
          points: 12,
        });
      });
    }
  }

  it("are of a round that hangs on nothing but the rows, and written under its name", async () => {
    expect(Object.keys((await stateAfter(2)).arrays).filter((name) => name.includes("@"))).toEqual([]);
    const [fourth, fifth, sixth] = [await stateAfter(4), await stateAfter(5), await stateAfter(6)];
    expect(fourth.arrays["scores@3"]).toEqual(fifth.arrays["scores@3"]);
    expect(fifth.appendOnly).toContain("validationScores@3");
    expect(sixth.arrays["scores@3"]).toBeUndefined();
    expect(sixth.arrays["scores@6"]).toHaveLength(600);
    expect(snapshotInterval(1000)).toBeGreaterThan(100_000);
    expect(snapshotInterval(2_400_000)).toBeLessThan(100);
    expect(snapshotInterval(200_000_000)).toBe(32);
  });

  it("are refused where they do not fit", async () => {
    const state = await stateAfter(4, "binary");
    const scores = state.arrays["scores@3"] as Float64Array;
    const broken: [string, State][] = [
      ["a round that never was", { ...state, json: { ...state.json, snapshot: 5 } }],
      ["a round that is text", { ...state, json: { ...state.json, snapshot: "3" } }],
      ["no scores", { ...state, arrays: { ...state.arrays, "scores@3": new Float64Array(0) } }],
      ["another type", { ...state, arrays: { ...state.arrays, "scores@3": new Int32Array(scores.length) } }],
      ["not a number", { ...state, arrays: { ...state.arrays, "scores@3": scores.with(1, Number.NaN) } }],
    ];
    for (const [what, bad] of broken) {
      const trainer = await makeTrainer("binary");
      await expect(async () => trainer.setState(bad), what).rejects.toThrow(KaaykoError);
      await trainer.dispose();
    }
  });
});
