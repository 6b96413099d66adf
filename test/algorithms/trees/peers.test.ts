import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { histGradient } from "../../../src/algorithms/trees/hist-gradient.ts";
import { xgboost } from "../../../src/algorithms/trees/xgboost.ts";
import type { FeatureColumn, Task } from "../../../src/core/index.ts";
import { datasetOf, predict, train } from "./tables.ts";

interface PeerCase {
  readonly peer: "xgboost" | "lightgbm";
  readonly task: "regression" | "binary" | "multiclass";
  readonly data: "full" | "missing";
  readonly predictions: readonly number[];
}

interface Peers {
  readonly full: readonly (readonly (number | null)[])[];
  readonly missing: Peers["full"];
  readonly targets: Readonly<Record<string, readonly number[]>>;
  readonly cases: readonly PeerCase[];
}

const peers = JSON.parse(
  readFileSync(new URL("../../fixtures/algorithms/peers.json", import.meta.url), "utf8"),
) as Peers;

const SETTINGS = {
  xgboost: { learningRate: 0.3, maxDepth: 3, lambda: 1, minChildWeight: 1, minChildRows: 1 },
  lightgbm: { learningRate: 0.1, maxLeaves: 7, lambda: 1, minChildRows: 5 },
};

describe("the same trees as XGBoost and LightGBM where binning loses nothing", () => {
  for (const { peer, task, data, predictions } of peers.cases) {
    it(`${peer}, ${task}, ${data}`, async () => {
      const rows = peers[data];
      const columns: FeatureColumn[] = [0, 1, 2].map((f) => ({
        kind: "numeric",
        name: `x${f}`,
        values: Float64Array.from(rows, (row) => row[f] ?? Number.NaN),
      }));
      const target = Float64Array.from(peers.targets[task]!);
      const classes = task === "binary" ? ["0", "1"] : ["0", "1", "2"];
      const what: Task = { kind: task, target: "y", ...(task === "regression" ? {} : { classes }) };
      const dataset = datasetOf(columns, target, what);
      const algorithm = peer === "xgboost" ? xgboost : histGradient;
      const { model } = await train(algorithm, dataset, {
        rounds: 8,
        colsample: 1,
        subsample: 1,
        ...SETTINGS[peer],
        ...(task === "multiclass" ? { maxLeaves: 4, minChildRows: 1, minChildWeight: 4 } : {}),
      });
      const ours = await predict(algorithm, model, dataset, columns);
      const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - predictions[i]!)), 0);
      expect(worst).toBeLessThan(2e-5);
    });
  }
});
