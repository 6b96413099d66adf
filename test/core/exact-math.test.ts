import { describe, expect, it } from "vitest";
import { exp, log, randomStream, sigmoid } from "../../src/core/index.ts";

function relativeError(got: number, want: number): number {
  return Math.abs(got - want) / Math.abs(want);
}

describe("exact mathematics", () => {
  it("agrees with the platform's exp within 2 ulp", () => {
    const stream = randomStream(1, "exp");
    for (let i = 0; i < 100_000; i++) {
      const x = (stream.float() - 0.5) * (i % 2 ? 1400 : 4);
      const want = Math.exp(x);
      if (want > 2.3e-308 && want < Number.MAX_VALUE)
        expect(relativeError(exp(x), want), String(x)).toBeLessThan(4.5e-16);
    }
  });

  it("agrees with the platform's log within 2 ulp", () => {
    const stream = randomStream(1, "log");
    for (let i = 0; i < 100_000; i++) {
      const x =
        i % 3 === 0
          ? 1 + (stream.float() - 0.5) * 0.01
          : i % 3 === 1
            ? stream.float() * 10
            : Math.exp((stream.float() - 0.5) * 1400);
      const want = Math.log(x);
      if (want !== 0) expect(relativeError(log(x), want), String(x)).toBeLessThan(4.5e-16);
    }
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
