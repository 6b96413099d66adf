import { describe, expect, it } from "vitest";
import { mixingOf } from "../../../src/algorithms/ensemble/mixing.ts";
import { randomStream } from "../../../src/core/index.ts";

/** Errors of members that share most of theirs; the last is a fiftieth larger than the first, and one beyond twice as large. */
function errorsOf(rows: number, far = false): Float64Array[] {
  const random = randomStream(3, "mixing", rows);
  const drawn = () => Float64Array.from({ length: rows }, () => random.float() + random.float() - 1);
  const shared = drawn();
  const member = (scale: number): Float64Array => {
    const own = drawn();
    return shared.map((error, i) => scale * (error + 0.1 * own[i]!));
  };
  return [member(1), member(1), member(1.02), ...(far ? [member(2)] : [])];
}

describe("weights of members of a forecast", () => {
  const { weigh } = mixingOf({ kind: "forecast", target: "y", horizon: 1 });

  it("are nearly even where few rows cannot tell them apart, and leave a bad one out", () => {
    const weights = weigh(errorsOf(200, true));
    for (const weight of weights.subarray(0, 3)) expect(weight).toBeGreaterThan(0.15);
    expect(weights[3]).toBeLessThan(0.01);
  });

  it("are those of the least error where there are many rows", () => {
    const [first, second, third] = weigh(errorsOf(200_000));
    expect(third).toBeLessThan(0.15);
    expect(first! + second!).toBeGreaterThan(0.85);
  });

  it("are more even where large errors come together, so that the rows say less", () => {
    const [first, second] = errorsOf(4000).map((errors, k) => errors.map((error) => (1 + 0.15 * k) * error));
    const order = Uint32Array.from(first!.keys()).sort((a, b) => Math.abs(first![a]!) - Math.abs(first![b]!));
    const gathered = (errors: Float64Array) => Float64Array.from(order, (row) => errors[row]!);
    const mixed = weigh([first!, second!]);
    const together = weigh([gathered(first!), gathered(second!)]);
    expect(together[0]).toBeLessThan(mixed[0]! - 0.05);
    expect(together[0]).toBeGreaterThan(0.5);
  });

  it("give all to members without error", () => {
    expect([...weigh([new Float64Array(40), Float64Array.from({ length: 40 }, () => 1)])]).toEqual([1, 0]);
  });
});
