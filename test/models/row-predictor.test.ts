import { describe, expect, it } from "vitest";
import { createModelPredictor, createRowPredictor, predictRows } from "../../src/models/index.ts";
import { constantModel, rowOf } from "./paddle-model.ts";

describe("rows that come one at a time", () => {
  const predictorOf = () => createModelPredictor(constantModel(4.6));

  it("are told what they are told together", async () => {
    const predictor = await predictorOf();
    const one = createRowPredictor(predictor);
    const rows = Array.from({ length: 60 }, (_, row) => rowOf(row));
    const alone = [];
    for (const row of rows) alone.push(await one.predict(row));
    expect(alone).toEqual(await predictRows(predictor, rows));
  });

  it("may overlap", async () => {
    const predictor = await predictorOf();
    const one = createRowPredictor(predictor);
    const rows = Array.from({ length: 40 }, (_, row) => rowOf(row));
    expect(await Promise.all(rows.map((row) => one.predict(row)))).toEqual(await predictRows(predictor, rows));
  });

  it("are refused by name and range, and the next one is answered", async () => {
    const one = createRowPredictor(await predictorOf());
    await expect(one.predict({ ...rowOf(1), humidity: 140 })).rejects.toThrow(/humidity must be from 0 to 100/);
    await expect(one.predict({ ...rowOf(1), lakeType: "bathtub" })).rejects.toThrow(/lakeType must be one of/);
    await expect(one.predict([])).rejects.toThrow(/must be an object/);
    const { windSpeed: _, ...without } = rowOf(1);
    await expect(one.predict(without)).rejects.toThrow(/"windSpeed"/);
    expect(await one.predict(rowOf(1))).toHaveProperty("prediction");
  });

  it("forgets texts when there are very many, and goes on", async () => {
    const { rules: _, ...free } = constantModel(4.6);
    const one = createRowPredictor(await createModelPredictor(free));
    for (let i = 0; i < 10_050; i++)
      expect((await one.predict({ ...rowOf(1), lakeType: `lake ${i}` })).prediction).toBe(4.6);
  });
});
