import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/core/index.ts";
import { NumberTally, Profiler, StringTally, viewColumns, wordsIn } from "../../src/data/index.ts";
import { mixedTable, numeric, strings, tableOf } from "./tables.ts";

function profileInBatches(table: Table, borders: readonly number[]) {
  const profiler = new Profiler(table.columns.map(({ name, kind }) => ({ name, kind, physical: "test" })));
  let start = 0;
  for (const end of [...borders, table.rows]) {
    profiler.add({ rows: end - start, columns: viewColumns(table.columns, start, end) });
    start = end;
  }
  return profiler.profile();
}

describe("the profile of a table", () => {
  const table = mixedTable(10_000);
  const whole = profileInBatches(table, []);

  it("is the same for any batch borders", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 8 }), (borders) => {
        expect(
          profileInBatches(
            table,
            borders.sort((a, b) => a - b),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  it("goes on from its state in another object", () => {
    const schema = table.columns.map(({ name, kind }) => ({ name, kind, physical: "test" }));
    const first = new Profiler(schema);
    first.add({ rows: 3333, columns: viewColumns(table.columns, 0, 3333) });
    const second = new Profiler(schema);
    second.setState(first.getState());
    second.add({ rows: 6667, columns: viewColumns(table.columns, 3333, 10_000) });
    expect(second.profile()).toEqual(whole);
  });

  it("changes its fingerprint with a value, a name, a kind or the order of rows", () => {
    const columns = [numeric("a", [1, 2, 3]), strings("b", ["x", null, "y"])];
    const prints = [
      tableOf(...columns),
      tableOf(numeric("a", [1, 2, 4]), columns[1]!),
      tableOf(numeric("a", [2, 1, 3]), columns[1]!),
      tableOf(numeric("a", [1, 2, Number.NaN]), columns[1]!),
      tableOf(numeric("c", [1, 2, 3]), columns[1]!),
      tableOf(numeric("a", [1, 2, 3], "date"), columns[1]!),
      tableOf(columns[0]!, strings("b", ["x", "y", "y"])),
    ].map((one) => profileInBatches(one, []).fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
    expect(prints.every((print) => /^[0-9a-f]{64}$/.test(print))).toBe(true);
  });

  it("keeps its fingerprint when a dictionary is ordered otherwise", () => {
    const one = { kind: "categorical", name: "b", codes: Uint8Array.of(1, 2, 0), dictionary: ["x", "y"] } as const;
    const other = {
      kind: "categorical",
      name: "b",
      codes: Uint32Array.of(3, 1, 0),
      dictionary: ["y", "z", "x"],
    } as const;
    expect(profileInBatches(tableOf(one), []).fingerprint).toBe(profileInBatches(tableOf(other), []).fingerprint);
  });

  it("counts and describes what is there", () => {
    const profile = profileInBatches(
      tableOf(
        numeric("a", [1, 2, Number.NaN, Infinity, 2]),
        strings("b", ["two words", null, "x", "x", "z"]),
        numeric("c", [0, 1, 1, 1, Number.NaN], "boolean"),
      ),
      [2],
    );
    expect(profile.columns[0]).toMatchObject({
      missing: 1,
      infinite: 1,
      min: 1,
      max: 2,
      integers: true,
      values: [2, 1],
      counts: [2, 1],
    });
    expect(profile.columns[1]).toMatchObject({
      missing: 1,
      distinct: 3,
      values: ["x", "two words", "z"],
      meanWords: 1.25,
    });
    expect(profile.columns[2]).toMatchObject({ example: "false", distinct: 2 });
  });

  it("refuses codes outside of the dictionary", () => {
    expect(() => new StringTally().add(Uint8Array.of(2), ["x"])).toThrow(/codes must be at most 1/);
  });
});

describe("statistics of numbers", () => {
  it("agree with the definition, also far from 0", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0, 1e6, -1e9),
        (values, offset) => {
          const shifted = Float64Array.from(values, (value) => value + offset);
          const tally = new NumberTally();
          tally.add(shifted);
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
          const { mean: found, std } = tally.summary();
          expect(Math.abs(found - offset - mean)).toBeLessThan(1e-5);
          expect(Math.abs(std - Math.sqrt(variance))).toBeLessThan(1e-4);
        },
      ),
    );
  });

  it("stay finite for the largest numbers", () => {
    const tally = new NumberTally();
    tally.add(Float64Array.of(1.7e308, -1.7e308, 1.7e308));
    const { mean, std } = tally.summary();
    expect([Number.isFinite(mean), Number.isFinite(std)]).toEqual([true, true]);
  });

  it("gives up counting distinct numbers where there are many", () => {
    const tally = new NumberTally();
    tally.add(Float64Array.from({ length: 5000 }, (_, i) => i));
    expect(tally.summary().distinct).toBeNull();
    expect(tally.getState().values.length).toBe(0);
  });

  it("counts words", () => {
    expect(["", " ", "one", " two  words\n", "a\u00a0b"].map(wordsIn)).toEqual([0, 0, 1, 2, 2]);
  });
});
