import fc from "fast-check";
import { expect, it } from "vitest";
import { atMostOf, lessThanOf, shortFloat32 } from "../../../../src/algorithms/trees/interchange/float32.ts";

const single = fc.float({ noNaN: true, noDefaultInfinity: true });
const bits = new DataView(new ArrayBuffer(8));

/** The number some float64 steps away. */
function stepsFrom(value: number, steps: number): number {
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(steps));
  return bits.getFloat64(0);
}

it("says with < of float32 what <= says of every float32", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -3e38, max: 3e38 }), single, (threshold, value) => {
      for (const x of [value, Math.fround(threshold), lessThanOf(threshold)])
        expect(x < lessThanOf(threshold)).toBe(x <= threshold);
      expect(Math.fround(lessThanOf(threshold))).toBe(lessThanOf(threshold));
    }),
  );
});

it("says with <= of float64 what rounding to float32 and < says", () => {
  fc.assert(
    fc.property(single, fc.integer({ min: -5, max: 5 }), (limit, steps) => {
      const last = atMostOf(limit);
      for (const x of [stepsFrom(last, steps), stepsFrom(limit, steps), limit]) {
        if (!Number.isFinite(x)) continue;
        expect(x <= last).toBe(Math.fround(x) < limit);
      }
    }),
    { examples: [[-3.4028234663852886e38, -1]] },
  );
});

it("writes float32 in digits that are read as the same", () => {
  fc.assert(
    fc.property(single, (value) => {
      expect(Math.fround(shortFloat32(value))).toBe(value + 0);
      expect(String(shortFloat32(value)).replace(/e.*|[-.]/g, "").length).toBeLessThan(50);
    }),
  );
});
