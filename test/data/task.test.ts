import { describe, expect, it } from "vitest";
import type { Column, SourceDescription } from "../../src/core/index.ts";
import {
  checkWeight,
  createTargetEncoder,
  decideColumns,
  describeSchema,
  inferTask,
  Profiler,
  planMemory,
  summarizeTarget,
} from "../../src/data/index.ts";
import { mixedTable, numeric, strings, tableOf } from "./tables.ts";

function profile(...columns: Column[]) {
  const profiler = new Profiler(columns.map(({ name, kind }) => ({ name, kind, physical: "test" })));
  profiler.add(tableOf(...columns));
  return profiler.profile();
}

const repeated = (values: readonly number[], rows = 300) =>
  Array.from({ length: rows }, (_, i) => values[i % values.length]!);

describe("the task of a target", () => {
  it.each<[string, string, number[], string]>([
    ["iris codes", "target", repeated([0, 1, 2]), "multiclass"],
    ["cover types", "Cover_Type", repeated([1, 2, 3, 4, 5, 6, 7]), "multiclass"],
    ["digits", "digit", repeated([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), "multiclass"],
    ["satellite images, a code missing", "y", repeated([1, 2, 3, 4, 5, 7]), "multiclass"],
    ["many codes under a class's name", "class", repeated(Array.from({ length: 26 }, (_, i) => i)), "multiclass"],
    ["two numbers", "y", repeated([-1, 1]), "binary"],
    ["wine quality", "quality", repeated([3, 4, 5, 6, 7, 8, 9]), "regression"],
    ["a score from 0 to 10", "y", repeated([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), "regression"],
    ["stars", "rating", repeated([1, 2, 3, 4, 5]), "regression"],
    ["abalone rings", "Rings", repeated(Array.from({ length: 28 }, (_, i) => i + 1)), "regression"],
    ["a count", "bike_count", repeated([0, 1, 2, 3]), "regression"],
    ["a count in camel case", "claimCount", repeated([0, 1, 2, 3]), "regression"],
    ["few rows", "y", [0, 1, 2, 3, 4, 5, 6], "regression"],
    ["fractions", "y", repeated([0.5, 1, 1.5]), "regression"],
    ["negative numbers", "y", repeated([-2, -1, 0, 1]), "regression"],
  ])("%s", (_, name, values, kind) => {
    expect(inferTask(profile(numeric(name, values)), name).task.kind).toBe(kind);
  });

  it("has its classes sorted: numbers by value, strings by code unit, booleans false first", () => {
    expect(inferTask(profile(numeric("y", repeated([10, 9, 2]))), "y", "multiclass").task.classes).toEqual([
      "2",
      "9",
      "10",
    ]);
    expect(inferTask(profile(strings("y", ["yes", "no", null])), "y").task).toEqual({
      kind: "binary",
      target: "y",
      classes: ["no", "yes"],
    });
    expect(inferTask(profile(strings("y", ["b", "a", "C"])), "y").task.classes).toEqual(["C", "a", "b"]);
    expect(inferTask(profile(numeric("y", [1, 0, 1], "boolean")), "y").task.classes).toEqual(["false", "true"]);
  });

  it("tells what a person should know", () => {
    const { notices } = inferTask(profile(strings("y", ["a", "a", "b", "b", "c", null])), "y");
    expect(notices).toEqual(["1 rows without y are left out.", "1 of 3 classes of y has one row only."]);
  });

  it.each<[string, Column, "regression" | "binary" | "multiclass" | undefined, RegExp]>([
    ["constant", numeric("y", [1, 1, 1]), undefined, /two different values, got 3 times 1/],
    ["one class", strings("y", ["a", "a", null]), undefined, /two different values/],
    ["all missing", numeric("y", [Number.NaN, Number.NaN]), undefined, /must have values/],
    ["infinite", numeric("y", [1, 2, Infinity]), undefined, /must be finite, got 1 infinite/],
    ["strings as numbers", strings("y", ["a", "b", "c"]), "regression", /needs a column of numbers/],
    ["dates", numeric("y", [1e10, 2e10, 3e10], "date"), undefined, /a date cannot be predicted/],
    ["three as two", strings("y", ["a", "b", "c"]), "binary", /must have two values, got 3/],
    [
      "too many classes",
      numeric(
        "y",
        Array.from({ length: 1010 }, (_, i) => i),
      ),
      "multiclass",
      /may have 1000 of them, got 1010/,
    ],
    [
      "uncounted classes",
      numeric(
        "y",
        Array.from({ length: 3000 }, (_, i) => i),
      ),
      "multiclass",
      /1000 of them/,
    ],
  ])("refuses: %s", (_, column, kind, message) => {
    expect(() => inferTask(profile(column), "y", kind)).toThrow(message);
  });

  it("refuses a target that is not there, with the nearest name", () => {
    expect(() => inferTask(profile(numeric("price", [1, 2])), "prize")).toThrow(/"prize"/);
  });
});

describe("a target as numbers", () => {
  const task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] } as const;

  it("has the codes of the classes, NaN where missing, for any dictionary", () => {
    const encode = createTargetEncoder(task);
    expect([...encode(strings("y", ["b", null, "a", "c"]))]).toEqual([1, Number.NaN, 0, 2]);
    expect([...encode(strings("y", ["c", "a"]))]).toEqual([2, 0]);
    const numbers = createTargetEncoder({ kind: "binary", target: "y", classes: ["-1", "1"] });
    expect([...numbers(numeric("y", [1, -1, Number.NaN]))]).toEqual([1, 0, Number.NaN]);
  });

  it("refuses a class that training never saw", () => {
    expect(() => createTargetEncoder(task)(strings("y", ["d"]))).toThrow(
      /one of the 3 classes seen in training, got "d"/,
    );
  });

  it("is summarised over the training rows", () => {
    const summary = summarizeTarget(Float64Array.of(0, 1, 1, 2, Number.NaN), Uint8Array.of(0, 0, 0, 1, 255), task);
    expect(summary).toMatchObject({ classCounts: [1, 2, 0], min: 0, max: 1 });
  });

  it("has checked weights", () => {
    const check = (values: number[]) => () => checkWeight(profile(numeric("w", values)), "w");
    expect(check([0, 1, 2.5])).not.toThrow();
    expect(check([1, -1])).toThrow(/got -1/);
    expect(check([1, Number.NaN])).toThrow(/1 missing/);
    expect(check([1, Infinity])).toThrow(/1 infinite/);
    expect(check([0, 0])).toThrow(/0 everywhere/);
    expect(() => checkWeight(profile(strings("w", ["a"])), "w")).toThrow(/strings/);
  });
});

describe("what becomes of columns", () => {
  it("is decided from the profile", () => {
    const rows = 100;
    const made = <T>(make: (i: number) => T) => Array.from({ length: rows }, (_, i) => make(i));
    const decisions = decideColumns(
      profile(
        numeric(
          "y",
          made((i) => i),
        ),
        numeric(
          "row_id",
          made((i) => 1000 - i),
        ),
        numeric(
          "x",
          made((i) => i),
        ),
        strings(
          "code",
          made((i) => `c${i}`),
        ),
        strings(
          "few",
          made((i) => `c${i % 4}`),
        ),
        strings(
          "say",
          made((i) => `these are words, number ${i}`),
        ),
        strings(
          "phrase",
          made((i) => `one of three ${i % 3}`),
        ),
        numeric(
          "empty",
          made(() => Number.NaN),
        ),
        numeric(
          "same",
          made(() => 3),
        ),
        numeric(
          "sometimes",
          made((i) => (i % 2 === 0 ? 1 : Number.NaN)),
        ),
        numeric(
          "wild",
          made(() => Infinity),
        ),
        numeric(
          "when",
          made((i) => i * 1e10),
          "date",
        ),
        numeric(
          "noise",
          made((i) => i % 7),
        ),
        numeric(
          "flag",
          made((i) => i % 2),
          "boolean",
        ),
        numeric(
          "w",
          made(() => 1),
        ),
      ),
      { target: "y", weight: "w", time: "when", ignore: ["noise"], keep: ["same"] },
    );
    expect(
      Object.fromEntries(decisions.map(({ name, use, as, reason }) => [name, [use, as, reason].join("|")])),
    ).toEqual({
      y: "target||",
      row_id: "left out||an identifier, by its name",
      x: "feature|numeric|",
      code: "left out||an identifier: nearly every row has its own",
      few: "feature|categorical|",
      say: "feature|text|",
      phrase: "feature|categorical|",
      empty: "left out||all values are missing",
      same: "feature|numeric|",
      sometimes: "feature|numeric|",
      wild: "left out||no finite value",
      when: "time|season|calendar parts only",
      noise: "left out||ignored",
      flag: "feature|boolean|",
      w: "weight||",
    });
  });

  it("is printed a row a column", () => {
    const table = profile(...mixedTable(200).columns);
    const rows = describeSchema(table, decideColumns(table, { target: "price" }));
    expect(rows[4]).toMatchObject({ column: "colour", kind: "categorical", distinct: "4", decision: "categorical" });
    expect(rows[7]).toMatchObject({ decision: "target" });
    expect(rows.every(({ missing }) => /^\d+\.\d %$/.test(missing))).toBe(true);
  });
});

describe("strings that are numbers", () => {
  const cells = (make: (i: number) => string | null) =>
    strings(
      "x",
      Array.from({ length: 100 }, (_, i) => make(i)),
    );
  it.each<[string, Column, string]>([
    [
      "with some bad cells",
      cells((i) => (i % 30 === 0 ? "oops" : `${i}.5`)),
      'feature|number|numbers in text (4 values such as "oops" are taken as missing)',
    ],
    ["without any", cells((i) => (i === 3 ? null : `${i}`)), "feature|number|numbers in text"],
    ["with decimal commas", cells((i) => `1.00${i % 10},${i}`), "feature|commaNumber|numbers with a decimal comma"],
    [
      "grouped by commas",
      cells((i) => `${i + 1},000`),
      "left out||an identifier: nearly every row has its own; numbers with commas of unclear meaning; write them without",
    ],
    ["with too many bad cells", cells((i) => (i % 5 === 0 ? "oops" : `${i % 40}`)), "feature|categorical|"],
    ["few codes", cells((i) => `${i % 9}`), "feature|categorical|"],
    ["with leading zeros", cells((i) => `0${i % 50}`), "feature|categorical|"],
  ])("%s", (_, column, decision) => {
    const [made] = decideColumns(profile(column), {});
    expect([made!.use, made!.as, made!.reason].join("|")).toBe(decision);
  });

  it("stay categories where a person says so", () => {
    const [made] = decideColumns(profile(cells((i) => `${i % 50}`)), { keep: ["x"] });
    expect(made!.as).toBe("categorical");
  });
});

describe("names of other things", () => {
  it("are names of columns too", () => {
    const columns = ["__proto__", "constructor", "toString"].map((name) => numeric(name, [1, 2, 3]));
    const description = {
      columns: columns.map(({ name, kind }) => ({ name, kind, physical: "text" })),
      rows: 3,
      bytes: 9,
      unreadable: [],
    };
    const plan = (names: string[]) =>
      planMemory({
        description: {
          ...description,
          columns: description.columns.map((column, i) => ({ ...column, name: names[i]! })),
        },
        kinds: {},
        maxMemory: 1e9,
        need: "needed",
      }).bytes;
    expect(plan(["__proto__", "constructor", "toString"])).toBe(plan(["a", "b", "c"]));
  });
});

describe("the memory plan", () => {
  const description: SourceDescription = {
    columns: Array.from({ length: 36 }, (_, i) => ({ name: `c${i}`, kind: "numeric" as const, physical: "FLOAT" })),
    rows: 2_400_000,
    bytes: 300e6,
    unreadable: [],
  };

  it("holds in memory what fits and streams what does not", () => {
    expect(planMemory({ description, maxMemory: 2e9, need: "needed" }).mode).toBe("memory");
    expect(planMemory({ description, maxMemory: 200e6, need: "unused" }).mode).toBe("stream");
  });

  it("streams what fits, too, where no algorithm needs it in memory and it is more than a streamed pass holds", () => {
    expect(planMemory({ description, maxMemory: 2e9, need: "unused" }).mode).toBe("stream");
    expect(planMemory({ description, rows: 131_073, maxMemory: 2e9, need: "unused" }).mode).toBe("stream");
    expect(planMemory({ description, rows: 131_072, maxMemory: 2e9, need: "unused" }).mode).toBe("memory");
  });

  it("refuses with a sample size that fits", () => {
    let remedy = "";
    try {
      planMemory({ description, maxMemory: 200e6, need: "needed" });
    } catch (error) {
      remedy = (error as { remedy: string }).remedy;
    }
    const rows = Number(/--sample-size (\d+)/.exec(remedy)?.[1]);
    expect(rows).toBeGreaterThan(100_000);
    expect(planMemory({ description, rows, maxMemory: 200e6, need: "needed" }).mode).toBe("memory");
  });

  it("estimates rows that only reading tells", () => {
    const plan = planMemory({ description: { ...description, rows: undefined }, maxMemory: 2e9, need: "unused" });
    expect(plan.rowsEstimated).toBe(true);
    expect(plan.rows).toBeGreaterThan(1e6);
  });

  it("counts only the columns that are read", () => {
    const few = planMemory({ description, columns: ["c1"], maxMemory: 2e9, need: "needed" }).bytes;
    expect(few).toBeLessThan(planMemory({ description, maxMemory: 2e9, need: "needed" }).bytes / 3);
  });
});
