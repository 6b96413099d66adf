import { describe, expect, it } from "vitest";
import type { NumberColumn } from "../../../src/core/index.ts";
import type { SeriesTable } from "../../../src/data/index.ts";
import { arrangeRows, lookAtZeros, readingLimits } from "../../../src/features/index.ts";

function series(...values: number[]): SeriesTable {
  const offsets = Uint32Array.of(0, values.length);
  const starts = Float64Array.of(0);
  return { interval: 1, channels: ["v"], names: [""], starts, offsets, values: Float32Array.from(values), notices: [] };
}

function numbers(name: string, values: readonly number[]): NumberColumn {
  return { kind: "numeric", name, values: Float64Array.from(values) };
}

describe("zeros of a target", () => {
  it("are sudden where a sensor fails", () => {
    expect(lookAtZeros(series(61.2, 60.7, 0, 0, 0, 58.4, 12.5, 0, 61.1))).toEqual({
      share: 4 / 9,
      fractions: true,
      sudden: false,
    });
    expect(lookAtZeros(series(61.2, 60.7, 0, 0, 0, 58.4, 62.5, 0, 61.1)).sudden).toBe(true);
  });

  it("are small readings where those before them are small, and of counts", () => {
    const rain = lookAtZeros(series(0, 0.5, 4.5, 2.5, 0.3, 0, 0, 3.5, 0.4, 0));
    expect(rain).toMatchObject({ fractions: true, sudden: false });
    expect(lookAtZeros(series(30, 3, 0, 12, 31)).fractions).toBe(false);
    expect(lookAtZeros(series(Number.NaN, 1.5))).toEqual({ share: 0, fractions: true, sudden: false });
  });

  it("are no readings where the plan says so", () => {
    const plan = { target: "v", time: "at", group: null, others: ["w"], holiday: null };
    const columns = [numbers("at", [1, 2, 3]), numbers("v", [5, 0, 6]), numbers("w", [0, 1, 900])];
    const values = (extra: object) => [...arrangeRows({ ...plan, ...extra }, columns).table.values];
    expect(values({})).toEqual([5, 0, 0, 1, 6, 900]);
    const limits = [{ column: "w", low: -10, high: 20 }];
    expect(values({ zeroIsMissing: true, limits })).toEqual([5, 0, Number.NaN, 1, 6, Number.NaN]);
  });
});

describe("limits of readings", () => {
  const usual = Array.from({ length: 4000 }, (_, i) => 260 + (i % 50));

  it("leave out what lies far from all others", () => {
    const { limits, beyond } = readingLimits(numbers("temp", [...usual, 0, 0]))!;
    expect(beyond).toBe(2);
    expect(limits.low).toBeGreaterThan(100);
    expect(limits.low).toBeLessThan(260);
    expect(readingLimits(numbers("temp", [...usual, 230, 330]))).toBeNull();
  });

  it("take what is usual from the others where most readings are 0", () => {
    const rain = Array.from({ length: 40_000 }, (_, i) => (i % 20 === 0 ? (i % 7) / 2 : 0));
    expect(readingLimits(numbers("rain", [...rain, 5]))).toBeNull();
    expect(readingLimits(numbers("rain", [...rain, 9831.3]))).toMatchObject({ beyond: 1 });
  });

  it("need many readings, and no constant", () => {
    expect(readingLimits(numbers("temp", [1, 2, 3, 9000]))).toBeNull();
    expect(readingLimits(numbers("flag", [...new Array<number>(3000).fill(0), 1]))).toBeNull();
    expect(readingLimits(numbers("same", [...new Array<number>(3000).fill(7), 8000]))).toBeNull();
  });
});
