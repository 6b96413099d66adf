import { describe, expect, it } from "vitest";
import { type Batch, type Column, hashState, isStringColumn, type TypedArray } from "../../../src/core/index.ts";
import { type Conditions, FEATURES, SCHEMA } from "../../../src/recipes/paddle-safety/columns.ts";
import { createLakes } from "../../../src/recipes/paddle-safety/create-lakes.ts";
import { drawBlock } from "../../../src/recipes/paddle-safety/draw-rows.ts";
import { expertScore, NOISE, noiseAt } from "../../../src/recipes/paddle-safety/expert-rule.ts";

const lakes = createLakes(42);
const batch = drawBlock(42, lakes, 3, 16_384);

function valuesOf(column: Column): TypedArray {
  return isStringColumn(column) ? column.codes : column.values;
}

function hashBlock(batch: Batch): string {
  return hashState({
    json: {},
    arrays: Object.fromEntries(batch.columns.map((column) => [column.name, valuesOf(column)])),
  });
}

/** The row as the expert reads it from the table. */
function conditionsAt(row: number): Conditions {
  return Object.fromEntries(
    batch.columns.map((column, f) => [column.name, Number(valuesOf(column)[row]) - (FEATURES[f]?.categories ? 1 : 0)]),
  ) as unknown as Conditions;
}

const ideal: Conditions = {
  ...conditionsAt(0),
  airTemperature: 24,
  apparentTemperature: 24,
  waterTemperature: 22,
  windSpeed: 1,
  windGust: 2,
  waveHeight: 0.02,
  precipitation: 0,
  visibility: 25,
  uvIndex: 4,
  thunder: 0,
  lightningDistance: Number.NaN,
  daylight: 1,
  shelter: 0.8,
  fetch: 0.5,
  lakeType: 5,
};

describe("the paddle-safety table", () => {
  it("has 35 features and the score, all plausible", () => {
    expect(FEATURES).toHaveLength(35);
    expect(SCHEMA).toHaveLength(36);
    const range = (name: string) => {
      const values = Array.from(valuesOf(batch.columns.find((column) => column.name === name)!) as Float32Array).filter(
        (value) => !Number.isNaN(value),
      );
      return [Math.min(...values), Math.max(...values)] as const;
    };
    for (const [name, low, high] of [
      ["score", 1, 5],
      ["humidity", 0, 100],
      ["cloudCover", 0, 100],
      ["windSpeed", 0, 40],
      ["waterTemperature", 0, 35],
      ["waveHeight", 0, 8],
      ["latitude", -60, 72],
      ["lightningDistance", 0, 60],
    ] as const) {
      const [least, most] = range(name);
      expect(least, name).toBeGreaterThanOrEqual(low);
      expect(most, name).toBeLessThanOrEqual(high);
    }
  });

  it("is the same for the same seed, block by block, and another for another", () => {
    expect(hashBlock(drawBlock(42, createLakes(42), 3, 16_384))).toBe(hashBlock(batch));
    expect(hashBlock(drawBlock(43, createLakes(43), 3, 16_384))).not.toBe(hashBlock(batch));
    expect(hashBlock(drawBlock(42, lakes, 4, 16_384))).not.toBe(hashBlock(batch));
  });

  it("holds the expert's score of the row as it is written, plus noise of the stated size", () => {
    const scores = valuesOf(batch.columns.at(-1)!);
    let squares = 0;
    let variance = 0;
    for (let row = 0; row < batch.rows; row++) {
      const score = expertScore(conditionsAt(row));
      const noise = Number(scores[row]) - score;
      expect(Math.abs(noise)).toBeLessThanOrEqual(noiseAt(score) * 3.4642 + 1e-6);
      squares += noise * noise;
      variance += noiseAt(score) ** 2;
    }
    expect(squares / variance).toBeGreaterThan(0.96);
    expect(squares / variance).toBeLessThan(1.04);
    expect(noiseAt(3)).toBe(NOISE);
  });
});

describe("the expert's rule", () => {
  it("gives an ideal day nearly all points", () => {
    expect(expertScore(ideal)).toBeGreaterThan(4.8);
  });

  it("never lets a deadly danger be outweighed", () => {
    expect(expertScore({ ...ideal, thunder: 1 })).toBeLessThanOrEqual(1.2);
    expect(expertScore({ ...ideal, lightningDistance: 6 })).toBeLessThanOrEqual(1.2);
    expect(expertScore({ ...ideal, windGust: 16 })).toBeLessThanOrEqual(1.5);
    expect(expertScore({ ...ideal, waterTemperature: 3 })).toBeLessThanOrEqual(2.2);
  });
});
