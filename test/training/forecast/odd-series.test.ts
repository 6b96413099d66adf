import { describe, expect, it } from "vitest";
import type { SeriesTable } from "../../../src/data/index.ts";
import { oddSeriesNotices } from "../../../src/training/forecast/odd-series.ts";

/** Series of three steps each, by name. */
function tableOf(series: Record<string, readonly [number, number, number]>): SeriesTable {
  const names = Object.keys(series);
  return {
    interval: 1,
    channels: ["flow"],
    names,
    starts: new Float64Array(names.length),
    offsets: Uint32Array.from({ length: names.length + 1 }, (_, i) => 3 * i),
    values: Float32Array.from(Object.values(series).flat()),
    notices: [],
  };
}

describe("series of which nothing can be learnt", () => {
  const none = Number.NaN;

  it("are named: those without a reading, and those that never change", () => {
    const table = tableOf({ a: [1, 2, none], b: [none, none, none], c: [none, 4, 4], d: [7, 7, 7] });
    expect(oddSeriesNotices(table)).toEqual([
      "1 of 4 series have no reading: b.",
      "2 of 4 series always have the same reading, as where a sensor failed: c, d.",
    ]);
  });

  it("are at most three by name, and not told of a table that is one series", () => {
    const flat = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, [5, 5, 5] as const]));
    expect(oddSeriesNotices(tableOf(flat))[0]).toMatch(/^4 of 4 .*: a, b, c, …\.$/);
    expect(oddSeriesNotices(tableOf({ "": [5, 5, 5] }))).toEqual([]);
  });
});
