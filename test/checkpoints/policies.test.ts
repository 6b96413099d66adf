import { describe, expect, it } from "vitest";
import { DEFAULT_KEEP, isHigherBetter, parseSavePolicy, reasonsToKeep } from "../../src/checkpoints/index.ts";
import { autoInterval } from "../../src/checkpoints/policies.ts";

describe("when to save", () => {
  it.each([
    ["auto", { kind: "auto" }],
    ["5s", { kind: "seconds", seconds: 5 }],
    ["0.5s", { kind: "seconds", seconds: 0.5 }],
    ["2m", { kind: "seconds", seconds: 120 }],
    ["10steps", { kind: "steps", steps: 10 }],
    ["1step", { kind: "steps", steps: 1 }],
  ])("reads %s", (text, policy) => {
    expect(parseSavePolicy(text)).toEqual(policy);
  });

  it.each(["", "5", "s", "-5s", "0s", "0steps", "1.5steps", "5x", "5s5s", "1e9s"])("refuses %j", (text) => {
    expect(() => parseSavePolicy(text)).toThrow(/must be auto, a time such as 5s/);
  });

  it("starts within a second, spends at most 2 %, and loses at most 5 s", () => {
    expect(autoInterval(undefined)).toBe(1);
    expect(autoInterval(0.001)).toBe(1);
    expect(autoInterval(0.05)).toBe(2.5);
    expect(autoInterval(0.5)).toBe(4.5);
    expect(autoInterval(0.5, 1.5)).toBe(3);
    expect(autoInterval(3)).toBe(2.5);
    expect(autoInterval(3, 20)).toBe(2.5);
  });
});

describe("what to keep", () => {
  const at = (sequence: number, rmse?: number, auc?: number) => ({
    token: 1,
    sequence,
    position: {
      stage: "train",
      step: sequence,
      metrics: { ...(rmse === undefined ? {} : { "validation.rmse": rmse }), ...(auc === undefined ? {} : { auc }) },
    },
  });
  const kept = (policy: Parameters<typeof reasonsToKeep>[0], list: ReturnType<typeof at>[]): number[] =>
    [...reasonsToKeep(policy, list).keys()].map((item) => item.sequence).sort((a, b) => b - a);

  it("keeps the last, the best by each metric, and every n-th", () => {
    const list = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => at(n, Math.abs(n - 3), n === 2 ? 0.9 : 0.5));
    expect(kept(DEFAULT_KEEP, list)).toEqual([9, 8, 7, 3, 2]);
    expect(kept({ last: 3, best: false, every: 0 }, list)).toEqual([9, 8, 7]);
    expect(kept({ last: 2, best: false, every: 4 }, list)).toEqual([9, 8, 4]);
  });

  it("keeps the newest and its parent whatever it is told", () => {
    expect(kept({ last: 0, best: false, every: 0 }, [at(3), at(2), at(1)])).toEqual([3, 2]);
    expect(kept({ last: 0, best: false, every: 0 }, [])).toEqual([]);
  });

  it("of equally good ones keeps the oldest", () => {
    expect(kept({ last: 0, best: true, every: 0 }, [at(5, 9), at(4, 9), at(3, 1), at(2, 1)])).toEqual([5, 4, 2]);
  });

  it("knows which metrics are better when higher", () => {
    for (const metric of ["validation.auc", "test.r2", "macroF1", "averagePrecision"])
      expect(isHigherBetter(metric), metric).toBe(true);
    for (const metric of ["validation.rmse", "loss", "mae", "logLoss", "pinball"])
      expect(isHigherBetter(metric), metric).toBe(false);
  });
});
