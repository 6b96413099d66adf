import { describe, expect, it } from "vitest";
import type { Column, NumberColumn } from "../../../src/core/index.ts";
import { arrangeSeries, joinSeries, lastOrigins, originsOf, targetsOf } from "../../../src/data/index.ts";

const HOUR = 3_600_000;
const NONE = Number.NaN;

function dates(...hours: number[]): NumberColumn {
  return { kind: "date", name: "at", values: Float64Array.from(hours, (hour) => hour * HOUR) };
}

function numbers(name: string, ...values: number[]): NumberColumn {
  return { kind: "numeric", name, values: Float64Array.from(values) };
}

function texts(name: string, ...cells: string[]): Column {
  const dictionary = [...new Set(cells)];
  return {
    kind: "categorical",
    name,
    codes: Uint8Array.from(cells, (cell) => dictionary.indexOf(cell) + 1),
    dictionary,
  };
}

describe("rows as series", () => {
  it("are sorted by time within each series, gaps are missing steps, rows of one time are averaged", () => {
    const table = arrangeSeries({
      time: dates(3, 0, 1, 1, 10, 11, NONE),
      group: texts("sensor", "b", "b", "b", "b", "a", "a", "a"),
      channels: [numbers("flow", 30, 0, 10, 20, 5, 6, 7), numbers("rain", 1, NONE, 1, NONE, 0, 0, 0)],
    });
    expect(table.names).toEqual(["a", "b"]);
    expect(table.interval).toBe(HOUR);
    expect([...table.starts]).toEqual([10 * HOUR, 0]);
    expect([...table.offsets]).toEqual([0, 2, 6]);
    expect([...table.values]).toEqual([5, 0, 6, 0, 0, NONE, 15, 1, NONE, NONE, 30, 1]);
    expect(table.notices).toEqual([
      "Read as 2 series, a step every 1 h.",
      "Rows were sorted by at.",
      "1 rows without a time are left out.",
      "1 rows are of the same time as another and were averaged.",
      "1 of 6 steps have no row and count as missing.",
    ]);
  });

  it("refuses times that are text, a single time, and gaps beyond measure", () => {
    const channels = [numbers("flow", 1, 2)];
    expect(() => arrangeSeries({ time: texts("at", "soon", "later"), group: null, channels })).toThrow(
      /dates or numbers/,
    );
    expect(() => arrangeSeries({ time: dates(1, 1), group: null, channels })).toThrow(/two different times/);
    const far = dates(...Array.from({ length: 9 }, (_, i) => i), 9_000_000);
    const many = numbers("flow", ...new Array<number>(10).fill(1));
    expect(() => arrangeSeries({ time: far, group: null, channels: [many] })).toThrow(/mostly one interval apart/);
  });

  it("refuses several rows for most times where nothing tells series apart", () => {
    const time = dates(0, 0, 0, 1, 1, 1);
    const channels = [numbers("flow", 1, 2, 3, 4, 5, 6)];
    expect(() => arrangeSeries({ time, group: null, channels })).toThrow(/most times have several/);
  });

  it("finds points with a reading before and one ahead, and never looks into another series", () => {
    const table = arrangeSeries({
      time: dates(0, 1, 2, 6, 7, 0, 1),
      group: numbers("sensor", 1, 1, 1, 1, 1, 2, 2),
      channels: [numbers("flow", 0, 1, 2, 6, 7, 100, 101)],
    });
    const origins = originsOf(table, { steps: 2, horizon: 1 });
    expect([...origins]).toEqual([2, 7]);
    expect([...targetsOf(table, origins, 2)]).toEqual([2, NONE, 7, NONE]);
    expect([...originsOf(table, { steps: 1, horizon: 1 })]).toEqual([1, 2, 7, 9]);
    expect([...lastOrigins(table, 3)]).toEqual([8]);
  });

  it("puts earlier series before later ones of the same name, and the time between", () => {
    const series = (...hours: number[]) =>
      arrangeSeries({ time: dates(...hours), group: null, channels: [numbers("flow", ...hours)] });
    const joined = joinSeries(series(0, 1, 2, 3), series(5, 6), 3);
    expect([...joined.table.values]).toEqual([2, 3, NONE, 5, 6]);
    expect([...joined.own]).toEqual([3]);
    expect(joined.table.starts[0]).toBe(2 * HOUR);
    expect(joinSeries(series(0, 1), series(50, 51), 3)).toMatchObject({ continued: 0, overlapping: 0 });
    expect(joinSeries(series(0, 1, 2), series(1, 2), 3)).toMatchObject({ continued: 0, overlapping: 1 });
  });
});
