import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Batch, TableWriter } from "../../src/core/index.ts";
import { rowsSource } from "../../src/data/index.ts";
import { createModelPredictor, importModel, predictFile, predictRows } from "../../src/models/index.ts";

const ROWS = [
  { number: 1.5, small: 0.001, kind: "7" },
  { number: null, small: -0.001, kind: null },
];

function imported(name: string) {
  return importModel(readFileSync(new URL(`../fixtures/interchange/${name}`, import.meta.url))).model;
}

interface Explained {
  readonly baseScore: number;
  readonly score: number;
  readonly contributions: Readonly<Record<string, number>>;
}

it("contributions of a row add up to the score that its prediction is made of", async () => {
  const predictor = await createModelPredictor(imported("lightgbm-poisson.txt"));
  const rows = await predictRows(predictor, ROWS, { explain: true });
  for (const { prediction, explanation } of rows) {
    const { baseScore, score, contributions } = explanation as unknown as Explained;
    expect(Object.keys(contributions)).toEqual(["number", "small", "kind"]);
    expect(Object.values(contributions).reduce((a, b) => a + b, baseScore)).toBeCloseTo(score, 12);
    expect(Math.exp(score)).toBeCloseTo(prediction as number, 12);
  }
  await predictor.dispose();
});

it("a file gets a column for each class and feature, which say the same as rows do", async () => {
  const predictor = await createModelPredictor(imported("lightgbm-multiclass-codes.txt"));
  const rows = await predictRows(predictor, ROWS, { explain: true });
  const batches: Batch[] = [];
  const writer: TableWriter = {
    write: async (batch) => void batches.push(batch),
    finish: async () => ({ rows: ROWS.length, bytes: 0 }),
    abort: async () => {},
  };
  const source = rowsSource(ROWS);
  await predictFile({ predictor, source, openWriter: async () => writer, explain: true });
  const column = (name: string): ArrayLike<number> => {
    const found = batches[0]!.columns.find((candidate) => candidate.name === name)!;
    return found.kind === "numeric" ? found.values : [];
  };
  rows.forEach(({ explanation }, row) => {
    for (const label of ["0", "1", "2"]) {
      const { baseScore, contributions } = (explanation as unknown as Record<string, Explained>)[label]!;
      expect(column(`base_score_${label}`)[row]).toBe(baseScore);
      expect(column(`contribution_${label}_kind`)[row]).toBe(contributions.kind);
    }
  });
  await predictor.dispose();
});
