import { describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../../src/algorithms/index.ts";
import { type Algorithm, randomStream, resolveParameters } from "../../../src/core/index.ts";
import { checkInputs, compileInputChecks, isMarked } from "../../../src/features/index.ts";
import { type Conditions, FEATURES } from "../../../src/recipes/paddle-safety/columns.ts";
import { createLakes } from "../../../src/recipes/paddle-safety/create-lakes.ts";
import { drawBlock } from "../../../src/recipes/paddle-safety/draw-rows.ts";
import { expertScore } from "../../../src/recipes/paddle-safety/expert-rule.ts";
import { paddleSafety } from "../../../src/recipes/paddle-safety/index.ts";
import { LOCATIONS } from "../../../src/recipes/paddle-safety/locations.ts";
import { EXPERT_DIRECTIONS, RULES } from "../../../src/recipes/paddle-safety/rules.ts";
import { recipeAdvice } from "../../../src/training/recipe-advice.ts";
import { chooseContenders } from "../../../src/training/request.ts";

const CHECKS = compileInputChecks(RULES);
const NUMBER = { kind: "numeric" as const, cardinality: 0, mean: 1, std: 1, min: 0, max: 2, missing: 0 };
const MANY = { train: 2_000_000, validation: 1, test: 1 };

const lakes = createLakes(42);

/** Conditions anywhere in the ranges of the inputs, with missing readings where sensors fail. */
function drawConditions(number: number): Conditions {
  const random = randomStream(7, "rules test", number);
  const failing = ["windSpeed", "windGust", "waveHeight", "waterTemperature", "visibility", "apparentTemperature"];
  return Object.fromEntries(
    FEATURES.map(({ name, categories, boolean, range = [0, 1] }) => {
      if (categories) return [name, random.integer(categories.length)];
      if (boolean) return [name, random.integer(2)];
      const missing = failing.includes(name) || name === "lightningDistance";
      if (missing && random.float() < 0.3) return [name, Number.NaN];
      // Squared: mild values are the interesting ones.
      return [name, range[0] + (Math.min(range[1], 60) - range[0]) * random.float() ** 2];
    }),
  ) as unknown as Conditions;
}

/** The caps in words of their own, not those of the evaluator. */
function highestAllowed(c: Conditions): number {
  const wind = Number.isNaN(c.windSpeed) ? c.windGust / 1.5 : c.windSpeed;
  const gust = Number.isNaN(c.windGust) ? c.windSpeed * 1.5 : c.windGust;
  const water = Number.isNaN(c.waterTemperature) ? c.waterTemperatureNormal : c.waterTemperature;
  const dangers: [boolean, number][] = [
    [c.thunder === 1 || c.lightningDistance < 10, 1.2],
    [gust > 15, 1.5],
    [wind > 11, 1.8],
    [water < 10 && wind > 8, 2],
    [c.airTemperature < 0, 2],
    [water < 5, 2.2],
    [gust > 11 && c.fetch > 8, 2.4],
    [c.daylight === 0, 3],
    [Number.isNaN(wind) && Number.isNaN(gust), 3],
  ];
  return Math.min(5, ...dangers.filter(([there]) => there).map(([, cap]) => cap));
}

describe("the rules of paddle-safety", () => {
  it("allow what the expert says, over 20,000 conditions", () => {
    for (let i = 0; i < 20_000; i++) {
      const conditions = drawConditions(i);
      const score = expertScore(conditions);
      if (score <= highestAllowed(conditions) && score >= RULES.range.low) continue;
      expect.fail(`${score} over ${highestAllowed(conditions)} for ${JSON.stringify(conditions)}`);
    }
  });

  it.each(Object.entries(EXPERT_DIRECTIONS))("the expert's score never goes against %s: %i", (name, sign) => {
    const { range = [0, 1] } = FEATURES.find((feature) => feature.name === name)!;
    for (let i = 0; i < 500; i++) {
      const conditions = drawConditions(i);
      let before = -sign * Number.POSITIVE_INFINITY;
      let against = 0;
      for (let level = 0; level <= 40; level++) {
        const value = range[0] + ((Math.min(range[1], 60) - range[0]) * level) / 40;
        const score = expertScore({ ...conditions, [name]: value });
        if (!(sign * (score - before) >= -1e-12)) against++;
        before = score;
      }
      expect(against, JSON.stringify(conditions)).toBe(0);
    }
  });

  it("ask of models only what the expert keeps", () => {
    expect(EXPERT_DIRECTIONS).toMatchObject(RULES.monotone);
    expect(RULES.monotone.windGust).toBe(-1);
  });

  it("accept every generated row, at training lakes and at held-out places", () => {
    for (const block of [0, 5]) checkInputs(CHECKS, drawBlock(42, lakes, block, 16_384));
    const { places, draw } = paddleSafety.locations!;
    places.forEach((_, place) => {
      checkInputs(CHECKS, draw(place, 500, 42));
    });
  });

  it("refuse the sea, the pole and impossible weather, naming row, column, range and value", () => {
    const row = (column: string, value: number) => {
      const batch = drawBlock(42, lakes, 0, 3);
      const columns = batch.columns.map((old) =>
        old.name === column && "values" in old ? { ...old, values: Float64Array.of(old.values[0]!, value, 0) } : old,
      );
      return { ...batch, columns };
    };
    expect(() => checkInputs(CHECKS, row("humidity", 140))).toThrow("row 2: humidity must be from 0 to 100 %, got 140");
    expect(() => checkInputs(CHECKS, row("windSpeed", -3))).toThrow("windSpeed must be from 0 to 75 m/s, got -3");
    expect(() => checkInputs(CHECKS, row("latitude", 89))).toThrow("latitude must be from -60 to 75");
    expect(isMarked(RULES.places!, 30, -40)).toBe(false);
    expect(isMarked(RULES.places!, 46.4, 14.1)).toBe(true);
    expect(isMarked(RULES.places!, -33.9, 151.2)).toBe(true);
  });
});

describe("the held-out places", () => {
  it("are 17 over six continents, and no training lake lies near one", () => {
    expect(LOCATIONS).toHaveLength(17);
    expect(new Set(LOCATIONS.map(({ continent }) => continent)).size).toBe(6);
    for (const { latitude, longitude } of LOCATIONS) {
      const away = lakes.map((lake) =>
        Math.max(Math.abs(lake.latitude - latitude), Math.abs(lake.longitude - longitude)),
      );
      expect(Math.min(...away)).toBeGreaterThan(0.99);
    }
  });
});

describe("the settings of algorithms", () => {
  it("are settings that the algorithms have, for every number of rows", async () => {
    for (const rows of [1, 80_000, 480_000, 1_947_680])
      for (const [name, settings] of Object.entries(paddleSafety.algorithmSettings!(rows))) {
        const { parameters } = await loadAlgorithm(name);
        expect(resolveParameters(parameters, settings, name)).toMatchObject(settings);
      }
  });

  it("give way to what the user sets, and carry the directions of the rules", async () => {
    const features = [{ ...NUMBER, name: "windGust" }];
    const dataset = { task: { kind: "regression" as const, target: "score" }, features, rows: MANY };
    const request = { settings: { rounds: 7 }, algorithmSettings: { xgboost: { maxDepth: 3 } } };
    const table = { xgboost: () => loadAlgorithm("xgboost") };
    const advice = (algorithm: Algorithm) => recipeAdvice(paddleSafety, algorithm, dataset);
    const [contender] = await chooseContenders(table, request, dataset, advice);
    expect(contender!.parameters).toMatchObject({
      maxDepth: 3,
      rounds: 7,
      learningRate: 0.15,
      monotone: ["windGust:-1"],
    });
    expect([...contender!.fixed].sort()).toEqual(["maxDepth", "rounds"]);
  });
});
