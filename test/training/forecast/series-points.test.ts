import { describe, expect, it } from "vitest";
import { countRoles, type SeriesTable } from "../../../src/data/index.ts";
import type { SeriesPlan } from "../../../src/features/index.ts";
import { drawJudged, findPoints } from "../../../src/training/forecast/series-points.ts";

const SETTINGS = { seed: 42, validationSize: 0.25, testSize: 0.25 };

function seriesOfLength(steps: number): SeriesTable {
  return {
    interval: 1,
    channels: ["flow"],
    names: [""],
    starts: Float64Array.of(0),
    offsets: Uint32Array.of(0, steps),
    values: new Float32Array(steps).fill(1),
    notices: [],
  };
}

/** Whether two lists are the same; `toEqual` takes seconds for as many numbers. */
const areSame = (a: Uint32Array, b: Uint32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

const plan = { steps: 1, horizon: 1, interval: 1 } as SeriesPlan;

describe("points of series", () => {
  it("are all taken where there are few", () => {
    const { origins, roles, notices } = findPoints(plan, seriesOfLength(1001), SETTINGS, false);
    expect(origins).toHaveLength(1000);
    expect(countRoles(roles)).toEqual({ train: 500, validation: 250, test: 250 });
    expect(notices).toEqual([]);
  });

  it("are drawn by the seed where there are many, of each role, in their order", () => {
    const table = seriesOfLength(1_100_001);
    const drawn = findPoints(plan, table, SETTINGS, false);
    const { train, validation, test } = countRoles(drawn.roles);
    expect(train / 500_000).toBeCloseTo(1, 2);
    expect(validation / 100_000).toBeCloseTo(1, 2);
    expect(test / 200_000).toBeCloseTo(1, 2);
    expect(drawn.origins.every((origin, i) => i === 0 || origin > drawn.origins[i - 1]!)).toBe(true);
    expect(drawn.notices).toEqual([
      "Learning from about 500,000 of 550,000 points of the series.",
      "Judging by about 100,000 of 275,000 validation points.",
      "Judging by about 200,000 of 275,000 test points; evaluate looks at all of its file.",
    ]);
    expect(areSame(findPoints(plan, table, SETTINGS, false).origins, drawn.origins)).toBe(true);
    expect(areSame(findPoints(plan, table, { ...SETTINGS, seed: 43 }, false).origins, drawn.origins)).toBe(false);
    const few = findPoints(plan, table, { ...SETTINGS, sampleSize: "1000" }, false);
    expect(countRoles(few.roles).train).toBeLessThan(1200);
  });

  it("of a table that only tests are drawn, too", () => {
    const origins = Uint32Array.from({ length: 400_000 }, (_, i) => i + 1);
    const drawn = drawJudged(origins, SETTINGS);
    expect(drawn.origins.length / 200_000).toBeCloseTo(1, 2);
    expect(drawn.notices).toHaveLength(1);
    expect(drawJudged(origins.subarray(0, 100), SETTINGS)).toEqual({ origins: origins.subarray(0, 100), notices: [] });
  });
});
