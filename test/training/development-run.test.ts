import { describe, expect, it } from "vitest";
import { developmentRun } from "../../src/training/development-run.ts";

const stages = new Map(
  Object.entries({ load: 2, features: 1, train: 3, evaluate: 1, save: 1 }).map(([name, seconds]) => [
    name,
    { seconds },
  ]),
);
const rows = { train: 90, validation: 10, test: 30 };

describe("a development run", () => {
  it("says how long all rows would take: reading and saving as before, the rest by rows", () => {
    const run = developmentRun({ rows: 100, of: 1000, wholeTest: false }, stages, { rows });
    expect(run).toEqual({ rows: 100, of: 1000, seconds: 8, estimatedSeconds: 2 + 50 + 1, speedUp: 53 / 8 });
  });

  it("does not count a table of test rows that was taken whole as growing", () => {
    const run = developmentRun({ rows: 100, of: 1000, wholeTest: true }, stages, { rows });
    expect(run.estimatedSeconds).toBeCloseTo(2 + 10 + 30 + (10 * 10 + 30) / 40 + 1, 9);
  });

  it("has finite numbers where nothing was measured", () => {
    expect(developmentRun({ rows: 1, of: 2, wholeTest: true }, new Map(), undefined)).toEqual({
      rows: 1,
      of: 2,
      seconds: 0,
      estimatedSeconds: 0,
      speedUp: 1,
    });
  });
});
