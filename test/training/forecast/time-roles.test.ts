import { describe, expect, it } from "vitest";
import { ROLE } from "../../../src/data/index.ts";
import { foldRolesOf, timeRoles } from "../../../src/training/forecast/time-roles.ts";

const request = {
  times: Float64Array.from([...Array(20).keys(), ...Array(20).keys()]),
  interval: 1,
  horizon: 3,
  validationSize: 0.2,
  testSize: 0.2,
};

describe("roles of points by time", () => {
  const roles = timeRoles(request);
  const timesOf = (given: Uint8Array, role: number) => request.times.filter((_, row) => given[row] === role);

  it("have the same borders for all series, and no target reaches into a later role", () => {
    expect([...new Set(timesOf(roles, ROLE.test))]).toEqual([16, 17, 18, 19]);
    expect([...new Set(timesOf(roles, ROLE.validation))]).toEqual([12, 13]);
    expect(Math.max(...timesOf(roles, ROLE.train)) + request.horizon - 1).toBeLessThan(12);
  });

  it("roll on from fold to fold: each is learnt from what lies before it", () => {
    for (const fold of [0, 1, 2]) {
      const dealt = foldRolesOf(request, roles, fold, 3);
      const learnt = Math.max(...timesOf(dealt, ROLE.train));
      expect(learnt + request.horizon - 1).toBeLessThan(Math.min(...timesOf(dealt, ROLE.validation)));
      expect(timesOf(dealt, ROLE.test)).toEqual(timesOf(roles, ROLE.test));
      expect(Math.max(...timesOf(dealt, ROLE.validation))).toBeLessThan(16);
    }
  });

  it("are refused where nothing is left to learn from", () => {
    expect(() => timeRoles({ ...request, times: Float64Array.from([0, 1, 2]), horizon: 5 })).toThrow(
      /points to learn from/,
    );
  });
});
