import { describe, expect, it } from "vitest";
import { stepDataset } from "../../../src/algorithms/lags/step-dataset.ts";
import type { Task } from "../../../src/core/index.ts";
import { makeWindowDataset } from "../../training/window-dataset.ts";

const task: Task = { kind: "forecast", target: "flow", horizon: 3 };

describe("the rows of one step of a forecast", () => {
  it("are those with a value for it", async () => {
    const whole = makeWindowDataset(task);
    const { target, rows } = await (await stepDataset(whole, 1, { seed: 1, mostRows: Infinity })).examples("train");
    const all = await whole.examples("train");
    const known = [...all.rows!].filter((row) => !Number.isNaN(all.target[3 * row + 1]!));
    expect([...rows!]).toEqual(known);
    expect(known.every((row) => target[row] === all.target[3 * row + 1])).toBe(true);
  });

  it("are drawn for training where there are too many, others for each step, always the same", async () => {
    const rowsOf = async (step: number, seed: number) => {
      const drawn = await stepDataset(makeWindowDataset(task), step, { seed, mostRows: 60 });
      const { rows } = await drawn.examples("train");
      expect(drawn.rows.train).toBe(rows!.length);
      expect(drawn.rows.validation).toBeGreaterThan(30);
      return [...rows!];
    };
    const first = await rowsOf(0, 7);
    expect(first.length).toBeGreaterThan(35);
    expect(first.length).toBeLessThan(85);
    expect(await rowsOf(0, 7)).toEqual(first);
    expect(await rowsOf(2, 7)).not.toEqual(first);
    expect(await rowsOf(0, 8)).not.toEqual(first);
  });
});
