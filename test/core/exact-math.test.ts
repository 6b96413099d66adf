import { describe, expect, it } from "vitest";
import { exp, log, randomStream, sigmoid } from "../../src/core/index.ts";

function relativeError(got: number, want: number): number {
  return Math.abs(got - want) / Math.abs(want);
}

/** Two units in the last place. */
const CLOSE = 4.5e-16;

/** Where a function is off by more; `expect` for each of a hundred thousand would take seconds. */
function farOff(arguments_: readonly number[], own: (x: number) => number, platform: (x: number) => number): number[] {
  return arguments_.filter((x) => !(relativeError(own(x), platform(x)) < CLOSE));
}

describe("exact mathematics", () => {
  it("agrees with the platform's exp within 2 ulp", () => {
    const stream = randomStream(1, "exp");
    const drawn = Array.from({ length: 100_000 }, (_, i) => (stream.float() - 0.5) * (i % 2 ? 1400 : 4));
    const normal = drawn.filter((x) => Math.exp(x) > 2.3e-308 && Math.exp(x) < Number.MAX_VALUE);
    expect(normal.length).toBeGreaterThan(90_000);
    expect(farOff(normal, exp, Math.exp)).toEqual([]);
  });

  it("agrees with the platform's log within 2 ulp", () => {
    const stream = randomStream(1, "log");
    const ranges = [
      () => 1 + (stream.float() - 0.5) * 0.01,
      () => stream.float() * 10,
      () => Math.exp((stream.float() - 0.5) * 1400),
    ];
    const drawn = Array.from({ length: 100_000 }, (_, i) => ranges[i % 3]!());
    const other = drawn.filter((x) => Math.log(x) !== 0);
    expect(other.length).toBeGreaterThan(99_000);
    expect(farOff(other, log, Math.log)).toEqual([]);
  });

  it("keeps the limits", () => {
    expect([exp(0), exp(-1e9), exp(1e9), exp(-745), exp(Number.NaN)]).toEqual([
      1,
      0,
      Infinity,
      Math.exp(-745),
      Number.NaN,
    ]);
    expect(exp(709.7)).toBeLessThan(Infinity);
    expect([log(1), log(0), log(Infinity), log(-1)]).toEqual([0, -Infinity, Infinity, Number.NaN]);
    expect(relativeError(log(5e-324), Math.log(5e-324))).toBeLessThan(1e-15);
    expect([sigmoid(0), sigmoid(-800), sigmoid(800)]).toEqual([0.5, 0, 1]);
    expect(sigmoid(2) + sigmoid(-2)).toBeCloseTo(1, 15);
  });
});
