import { describe, expect, it } from "vitest";
import { type NumericFeature, randomStream } from "../../../src/core/index.ts";
import { lastOrigins, originsOf, type SeriesTable } from "../../../src/data/index.ts";
import { reachOf, type SeriesPlan, seriesFeatures } from "../../../src/features/index.ts";

const DAY = 4;
const WEEK = 8;

const plan: SeriesPlan = {
  target: "flow",
  time: "at",
  group: "road",
  names: ["a", "b"],
  interval: 21_600_000,
  dated: true,
  steps: 2,
  horizon: 3,
  others: [],
  holiday: null,
  day: DAY,
  week: WEEK,
  usualWeek: true,
  yearly: false,
};

/** Two series with gaps. */
function drawTable(): SeriesTable {
  const random = randomStream(3, "usual");
  const values = Float32Array.from({ length: 130 }, () => (random.float() < 0.15 ? Number.NaN : random.integer(100)));
  const offsets = Uint32Array.of(0, 70, 130);
  const starts = new Float64Array(2);
  return { interval: plan.interval, channels: ["flow"], names: ["a", "b"], starts, offsets, values, notices: [] };
}

function columnsOf(table: SeriesTable, origins: Uint32Array, own = plan): NumericFeature[] {
  const { columns } = seriesFeatures(own, { table, holidays: null }, origins);
  return columns.filter((column): column is NumericFeature => column.name.startsWith("usual"));
}

describe("usual readings", () => {
  const table = drawTable();
  const origins = originsOf(table, plan);

  it("are the same worked out for all points at once and for each alone, also behind the end", () => {
    const all = Uint32Array.from([...origins, ...lastOrigins(table, 2)]).sort();
    expect(all.length * (plan.horizon + 1)).toBeGreaterThan(table.values.length);
    const together = columnsOf(table, all);
    expect(together.map(({ name }) => name)).toEqual([
      ...[0, 1, 2, 3].map((step) => `usual flow at step ${step}`),
      ...[1, 2, 3].map((step) => `usual flow of the week at step ${step}`),
    ]);
    all.forEach((origin, i) => {
      const alone = columnsOf(table, Uint32Array.of(origin)).map(({ values }) => values[0]);
      expect(
        together.map(({ values }) => values[i]),
        `point ${i}`,
      ).toEqual(alone);
    });
  });

  it("are means of the last readings of that time, of the same series", () => {
    const origin = 69;
    const week = [1, 2, 3, 4, 5, 6].map((back) => table.values[origin - back * WEEK]!).filter((v) => !Number.isNaN(v));
    const expected = week.slice(0, 4).reduce((sum, value) => sum + value, 0) / Math.min(4, week.length);
    const found = columnsOf(table, Uint32Array.of(origin)).find(
      ({ name }) => name === "usual flow of the week at step 1",
    );
    expect(found!.values[0]).toBeCloseTo(expected, 4);
    const ofWeek = columnsOf(table, Uint32Array.of(72)).filter(({ name }) => name.includes("of the week"));
    expect(ofWeek.every(({ values }) => Number.isNaN(values[0]))).toBe(true);
  });

  it("of weeks are none in plans of before, and reach six weeks back", () => {
    const { usualWeek: _, ...before } = plan;
    expect(columnsOf(table, origins, before)).toHaveLength(4);
    expect(reachOf({ ...plan, day: null })).toBe(6 * WEEK);
    expect(reachOf({ ...before, day: null })).toBe(WEEK);
  });
});
