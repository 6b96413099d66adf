import { describe, expect, it } from "vitest";
import { boostingOptions } from "../../../../src/algorithms/trees/boosting/boosting-parameters.ts";
import { createBoostingTrainer } from "../../../../src/algorithms/trees/boosting/create-boosting-trainer.ts";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { type Dataset, hashState, resolveParameters, type Trainer } from "../../../../src/core/index.ts";
import { copyState } from "../../../conformance/resumable.ts";
import { madeTable, modelHash } from "../tables.ts";

type Kind = "regression" | "binary" | "multiclass";

const datasetOf = (task: Kind) => madeTable({ rows: 200_100, task, missing: true, categories: 9, numeric: 4 }).dataset;

/** Rows are put in order where trees are many enough: 30 are, 29 are not. */
function makeTrainer(dataset: Dataset, policy: "leaf" | "depth", rounds: number, threads: number): Promise<Trainer> {
  const algorithm = policy === "leaf" ? histGradient : xgboost;
  const size = policy === "leaf" ? { maxLeaves: 15 } : { maxDepth: dataset.task.kind === "multiclass" ? 2 : 3 };
  const parameters = resolveParameters(algorithm.parameters, { rounds, ...size, colsample: 1 }, "setting");
  const context = { dataset, parameters, seed: 42, threads, backend: "auto", notify: () => {} } as const;
  return createBoostingTrainer(algorithm.name, context, boostingOptions(parameters, policy, dataset), null, 20);
}

async function stateAfter29(trainer: Trainer) {
  for (let round = 0; round < 29; round++) await trainer.step();
  return copyState(await trainer.getState());
}

describe("rows in the order of a first tree's leaves", () => {
  it.each([
    ["leaf", "regression"],
    ["depth", "regression"],
    ["depth", "binary"],
    ["depth", "multiclass"],
  ] as const)(
    "grow the same trees by %s, %s, keep scores in the rows' own order, and go on after a resume to the same bytes",
    async (policy, task) => {
      const dataset = datasetOf(task);
      const plain = await makeTrainer(dataset, policy, 29, 1);
      const ordered = await makeTrainer(dataset, policy, 30, 2);
      const [without, state] = [await stateAfter29(plain), await stateAfter29(ordered)];
      await plain.dispose();
      expect(Object.keys(state.arrays)).toContain("scores@20");
      expect(hashState(state)).toBe(hashState(without));

      const resumed = await makeTrainer(dataset, policy, 30, 1);
      await resumed.setState(state);
      await resumed.step();
      await ordered.step();
      expect(modelHash(await resumed.model())).toBe(modelHash(await ordered.model()));
      await Promise.all([ordered, resumed].map((trainer) => trainer.dispose()));
    },
  );
});
