import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortNumbers } from "../../../../src/algorithms/trees/binning/sort-numbers.ts";

describe("sorting numbers", () => {
  const float = fc.float({ noNaN: true }).map((x) => x + 0);

  it("puts many float32 in the order that comparing gives", () => {
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 50 }), (list) => {
        const values = Float32Array.from({ length: 17_000 }, (_, i) => (i % 7) * list[i % list.length]! + 0);
        const finite = values.map((x) => (Number.isNaN(x) ? 0 : x));
        const expected = finite.slice().sort();
        sortNumbers(finite);
        expect(finite).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });

  it("sorts a part of an array, and float64 as well", () => {
    const all = Float32Array.from({ length: 20_000 }, (_, i) => Math.fround(Math.sin(i)) + 0);
    const part = all.subarray(500, 19_500);
    const expected = part.slice().sort();
    const [before, after] = [all[499], all[19_500]];
    sortNumbers(part);
    expect(part).toEqual(expected);
    expect([all[499], all[19_500]]).toEqual([before, after]);
    const wide = Float64Array.of(3, -1, 1e300, -Infinity);
    sortNumbers(wide);
    expect([...wide]).toEqual([-Infinity, -1, 3, 1e300]);
  });
});
