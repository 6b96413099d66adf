import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomForest } from "../../../../src/algorithms/trees/forest/random-forest.ts";
import type { FeatureColumn, Task } from "../../../../src/core/index.ts";
import { resolveParameters } from "../../../../src/core/index.ts";
import { datasetOf, predict } from "../tables.ts";

interface Table {
  readonly name: string;
  readonly task: "regression" | "binary" | "multiclass";
  readonly classes: number;
  readonly columns: readonly (readonly number[])[];
  readonly target: readonly number[];
  /** RMSE, or accuracy and log loss, of scikit-learn's forests; means over seeds. */
  readonly score: number | readonly [number, number];
}

const { tables, trees, seeds } = JSON.parse(
  readFileSync(new URL("../../../fixtures/forest/scores.json", import.meta.url), "utf8"),
) as { tables: readonly Table[]; trees: number; seeds: number };

function part(table: Table, keeps: (row: number) => boolean): { columns: FeatureColumn[]; target: Float64Array } {
  const columns = table.columns.map(
    (values, i): FeatureColumn => ({
      kind: "numeric",
      name: `x${i}`,
      values: Float64Array.from(values.filter((_, row) => keeps(row))),
    }),
  );
  return { columns, target: Float64Array.from(table.target.filter((_, row) => keeps(row))) };
}

/** RMSE, or accuracy and log loss, on every third row. */
async function score(table: Table, seed: number): Promise<[number, number]> {
  const learnt = part(table, (row) => row % 3 !== 0);
  const held = part(table, (row) => row % 3 === 0);
  const classes = Array.from({ length: table.classes }, (_, k) => String(k));
  const task: Task = { kind: table.task, target: "y", ...(table.task === "regression" ? {} : { classes }) };
  const dataset = datasetOf(learnt.columns, learnt.target, task);
  const parameters = resolveParameters(randomForest.parameters, { trees }, "setting");
  const context = { dataset, parameters, seed, threads: 1, backend: "auto", notify: () => {} } as const;
  const trainer = await randomForest.createTrainer(context);
  while (!(await trainer.step()).done);
  const found = await predict(randomForest, await trainer.model(), dataset, held.columns);
  await trainer.dispose();
  if (table.task === "regression") {
    const squares = found.reduce((sum, value, i) => sum + (value - held.target[i]!) ** 2, 0);
    return [Math.sqrt(squares / found.length), 0];
  }
  let right = 0;
  let loss = 0;
  held.target.forEach((truth, i) => {
    const shares =
      table.task === "binary"
        ? [1 - found[i]!, found[i]!]
        : [...found.subarray(i * table.classes, (i + 1) * table.classes)];
    right += Number(shares.indexOf(Math.max(...shares)) === truth);
    loss -= Math.log(Math.min(1, Math.max(1e-15, shares[truth]!)));
  });
  return [right / held.target.length, loss / held.target.length];
}

describe("forests beside scikit-learn's, means over seeds", () => {
  it.each(tables)("$name", async (table) => {
    const found = await Promise.all(Array.from({ length: seeds }, (_, seed) => score(table, seed)));
    const mean = (k: 0 | 1): number => found.reduce((sum, value) => sum + value[k], 0) / seeds;
    if (typeof table.score === "number") {
      expect(mean(0)).toBeLessThan(1.02 * table.score);
      return;
    }
    const [accuracy, loss] = table.score;
    expect(mean(0)).toBeGreaterThan(accuracy - 0.012);
    expect(mean(1)).toBeLessThan(1.06 * loss + 0.005);
  });
});
