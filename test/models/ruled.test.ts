import { describe, expect, it } from "vitest";
import {
  createModelPredictor,
  goldenPredictions,
  hashModel,
  packModel,
  predictRows,
  unpackModel,
} from "../../src/models/index.ts";
import { RULES } from "../../src/recipes/paddle-safety/rules.ts";
import { constantModel, rowOf } from "./paddle-model.ts";

const MILD = {
  airTemperature: 22,
  waterTemperature: 20,
  windSpeed: 2,
  windGust: 3,
  daylight: true,
  thunder: false,
  lightningDistance: null,
};

async function predictor() {
  return createModelPredictor(constantModel(4.6));
}

describe("a model with rules", () => {
  it("answers one row with class, rules that hold and what is missing", async () => {
    const [answer] = await predictRows(await predictor(), [{ ...rowOf(3), ...MILD, visibility: null }]);
    expect(answer).toMatchObject({ prediction: 4.6, class: "good", rules: [] });
    expect(String(answer!.warnings)).toContain("visibility");
  });

  it("caps a danger and says so", async () => {
    const row = { ...rowOf(3), ...MILD, thunder: true, windGust: 17 };
    const [answer] = await predictRows(await predictor(), [row]);
    expect(answer).toMatchObject({ prediction: 1.2, class: "unsafe" });
    expect(answer!.rules).toMatchObject([
      { name: "thunder", cap: 1.2, decides: true },
      { name: "gale-gusts", cap: 1.5, decides: false },
    ]);
  });

  it("never calls half a row good", async () => {
    const row = Object.fromEntries(
      Object.entries({ ...rowOf(3), ...MILD }).map(([name, value], i) => [name, i % 2 ? null : value]),
    );
    const [answer] = await predictRows(await predictor(), [row]);
    expect(answer).toMatchObject({ class: "unsafe" });
    expect(JSON.stringify(answer!.rules)).toContain("too-little-known");
  });

  it.each([
    [{ humidity: 140 }, "humidity must be from 0 to 100 %, got 140"],
    [{ windSpeed: -3 }, "windSpeed must be from 0 to 75 m/s, got -3"],
    [{ latitude: 0, longitude: -30 }, "must be on land or beside it"],
    [{ latitude: 89, longitude: 0 }, "latitude must be from -60 to 75"],
    [{ lakeType: "puddle" }, "lakeType must be one of alpine, bay, crater"],
  ])("refuses %j", async (change, message) => {
    const asked = predictRows(await predictor(), [{ ...rowOf(3), ...MILD, ...change }]);
    await expect(asked).rejects.toMatchObject({ kind: "input", message: expect.stringContaining(message) });
  });

  it("carries its rules in what its hash covers", async () => {
    const { model } = await predictor();
    const [json, arrays] = packModel(model);
    const { rules } = unpackModel(json![1], arrays![1], "test").model;
    expect(rules).toEqual(RULES);
    const softer = { ...RULES, caps: RULES.caps.map((cap) => ({ ...cap, cap: 5 })) };
    expect(hashModel({ ...model, rules: softer })).not.toBe(hashModel(model));
  });

  it("gives the same golden predictions again", async () => {
    expect(await goldenPredictions(await predictor())).toEqual(await goldenPredictions(await predictor()));
  });
});
