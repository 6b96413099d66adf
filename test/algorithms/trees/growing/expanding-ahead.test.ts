import { afterEach, describe, expect, it, vi } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { TreeMachine } from "../../../../src/algorithms/trees/machine/machine.ts";
import { madeTable, modelHash, train } from "../tables.ts";

/** Counts passes over the rows; where asked, the machine has no room to expand a node ahead of its turn. */
async function trained(
  table: Parameters<typeof madeTable>[0],
  settings: Record<string, unknown>,
  { threads = 1, alone = false }: { threads?: number; alone?: boolean } = {},
) {
  const run = vi.spyOn(TreeMachine.prototype, "run");
  const { dataset } = madeTable(table);
  const { model } = await train(
    histGradient,
    dataset,
    alone ? { ...settings, colsampleNode: 1 - 1e-12 } : settings,
    threads,
  );
  const passes = run.mock.calls.filter(([phase]) => phase === "expandPass").length;
  run.mockRestore();
  return { hash: modelHash(model), passes };
}

afterEach(() => vi.restoreAllMocks());

// A share of nearly all features draws all of them for each node, one node after the other.
describe("trees of many rows", () => {
  const CASES = {
    "squared error": [{ rows: 40_000, task: "regression", missing: true, categories: 20 }, {}],
    "residual leaves": [{ rows: 34_000, task: "regression", weights: true, categories: 9 }, { objective: "absolute" }],
    "monotone features": [{ rows: 34_000, task: "regression" }, { monotone: "n0:1,n1:-1" }],
    "three classes, rows drawn": [{ rows: 36_000, task: "multiclass", missing: true }, { subsample: 0.6 }],
    "packed gradients": [{ rows: 52_000, task: "binary", categories: 30 }, {}],
  } as const;
  for (const [what, [table, own]] of Object.entries(CASES)) {
    it(`are the same where leaves are expanded ahead of their turn, in fewer passes: ${what}`, async () => {
      const settings = { rounds: 3, maxLeaves: 40, ...own };
      const alone = await trained(table, settings, { alone: true });
      const ahead = await trained(table, settings);
      expect(ahead.hash).toBe(alone.hash);
      expect(ahead.passes).toBeLessThan(alone.passes / 2);
      expect((await trained(table, settings, { threads: 3 })).hash).toBe(alone.hash);
    });
  }
});
