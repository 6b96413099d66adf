import { describe, expect, it } from "vitest";
import {
  DEFAULT_KEEP,
  decideWhatToKeep,
  isHigherBetter,
  type KeepPolicy,
  parseSavePolicy,
} from "../../src/checkpoints/index.ts";
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
    savedAt: `2026-11-${String(10 + (sequence >> 1)).padStart(2, "0")}T08:00:0${sequence % 2}.000Z`,
    blobs: [
      { name: `own-${sequence}`, bytes: 100 },
      { name: "shared", bytes: 1000 },
    ],
    position: {
      stage: "train",
      step: sequence,
      metrics: { ...(rmse === undefined ? {} : { "validation.rmse": rmse }), ...(auc === undefined ? {} : { auc }) },
    },
  });
  type At = ReturnType<typeof at>;
  const none: KeepPolicy = { last: 0, best: false, every: 0, daily: 0, maxBytes: 0 };
  const decide = (policy: Partial<KeepPolicy>, list: At[], pins: string[] = []) =>
    decideWhatToKeep({ ...none, ...policy }, list, new Set(pins));
  const kept = (policy: Partial<KeepPolicy>, list: At[], pins: string[] = []): number[] =>
    [...decide(policy, list, pins).stay.keys()].map((item) => item.sequence).sort((a, b) => b - a);

  it("keeps the last, the best by each metric, and every n-th", () => {
    const list = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => at(n, Math.abs(n - 3), n === 2 ? 0.9 : 0.5));
    expect(kept(DEFAULT_KEEP, list)).toEqual([9, 8, 7, 3, 2]);
    expect(kept({ last: 3 }, list)).toEqual([9, 8, 7]);
    expect(kept({ last: 2, every: 4 }, list)).toEqual([9, 8, 4]);
  });

  it("keeps the newest and its parent whatever it is told", () => {
    expect(kept({}, [at(3), at(2), at(1)])).toEqual([3, 2]);
    expect(kept({}, [])).toEqual([]);
  });

  it("of equally good ones keeps the oldest", () => {
    expect(kept({ best: true }, [at(5, 9), at(4, 9), at(3, 1), at(2, 1)])).toEqual([5, 4, 2]);
  });

  const nine = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => at(n));

  it("keeps the newest of each of the last days", () => {
    expect(kept({ daily: 3 }, nine)).toEqual([9, 8, 7, 5]);
    expect(decide({ daily: 3 }, nine).stay.get(nine[4]!)).toBe("the newest of 2026-11-12");
  });

  it("keeps what is pinned, beyond any size", () => {
    expect(kept({}, nine, ["1-3", "7-7"])).toEqual([9, 8, 3]);
    expect(kept({ last: 9, maxBytes: 1 }, nine, ["1-3"])).toEqual([9, 8, 3]);
  });

  it("keeps of the rest the newest that fit, what they share counted once", () => {
    expect(kept({ last: 9, maxBytes: 1500 }, nine)).toEqual([9, 8, 7, 6, 5]);
    expect(kept({ last: 9, maxBytes: 1500 }, nine, ["1-1"])).toEqual([9, 8, 7, 6, 1]);
  });

  it("says of each that goes why", () => {
    const { go } = decide({ last: 4, best: true, maxBytes: 1300 }, nine);
    expect(go.get(nine[3]!)).toBe("one of the last 4, but beyond 1300 bytes together");
    expect(go.get(nine[4]!)).toBe("not one of the last 4, nor the best by a metric, nor pinned");
  });

  it("knows which metrics are better when higher", () => {
    for (const metric of ["validation.auc", "test.r2", "macroF1", "averagePrecision"])
      expect(isHigherBetter(metric), metric).toBe(true);
    for (const metric of ["validation.rmse", "loss", "mae", "logLoss", "pinball"])
      expect(isHigherBetter(metric), metric).toBe(false);
  });
});
