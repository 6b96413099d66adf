import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CALENDAR_PARTS, calendarParts } from "../../src/features/calendar.ts";
import { chooseCategories, MAX_CATEGORIES } from "../../src/features/categories.ts";
import { measureText, TEXT_MEASURES } from "../../src/features/text/measures.ts";

describe("calendar parts", () => {
  it("agree with Date for every day that it knows", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("-100000-01-01"), max: new Date("+200000-01-01"), noInvalidDate: true }),
        (date) => {
          const outputs = CALENDAR_PARTS.map(() => new Float64Array(1));
          calendarParts(Float64Array.of(date.getTime()), CALENDAR_PARTS, outputs);
          const startOfYear = new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1);
          const startOfDay = new Date(date).setUTCHours(0, 0, 0, 0);
          expect(outputs.map((output) => output[0])).toEqual([
            date.getUTCFullYear(),
            date.getUTCMonth() + 1,
            date.getUTCDate(),
            (date.getUTCDay() + 6) % 7,
            (startOfDay - startOfYear) / 86_400_000 + 1,
            (date.getTime() - startOfDay) / 3_600_000,
            date.getTime() / 86_400_000,
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are missing where the date is", () => {
    const outputs = CALENDAR_PARTS.map(() => new Float32Array(2));
    calendarParts(Float64Array.of(Number.NaN, Infinity), CALENDAR_PARTS, outputs);
    expect(outputs.every((output) => output.every(Number.isNaN))).toBe(true);
  });
});

describe("text measures", () => {
  it("say how a text is written", () => {
    expect(measureText("Ab 12!", TEXT_MEASURES)).toEqual([6, 2, 1 / 6, 2 / 6, 1 / 6]);
    expect(measureText("", TEXT_MEASURES)).toEqual([0, 0, 0, 0, 0]);
    expect(measureText("x y", ["words"])).toEqual([2]);
  });
});

describe("categories", () => {
  it("are sorted by frequency, then by text", () => {
    expect(
      chooseCategories(
        new Map([
          ["b", 2],
          ["a", 2],
          ["c", 5],
        ]),
      ),
    ).toEqual(["c", "a", "b"]);
  });

  it("beyond the most that are kept must be seen twice", () => {
    const many = new Map(Array.from({ length: 3000 }, (_, i) => [`c${i}`, i < 2000 ? 3 : 1]));
    expect(chooseCategories(many).length).toBe(MAX_CATEGORIES);
    const rare = new Map(Array.from({ length: 3000 }, (_, i) => [`c${i}`, i < 10 ? 3 : 1]));
    expect(chooseCategories(rare).length).toBe(10);
  });
});
