import { expect, it } from "vitest";
import { StepRate } from "../../src/training/step-rate.ts";

it("leaves out the step that sets up what all others use", () => {
  const rate = new StepRate(1, 100);
  expect(rate.secondsPerStep).toBeNull();
  rate.note(2, 109);
  expect(rate.secondsPerStep).toBeNull();
  rate.note(3, 109.02);
  expect(rate.secondsPerStep).toBeCloseTo(0.02, 9);
  rate.note(4, 109.06);
  expect(rate.secondsPerStep).toBeCloseTo(0.03, 9);
});

it("counts steps that come many at a time, wherever the slowest stands", () => {
  const rate = new StepRate(0, 0);
  rate.note(1000, 1);
  rate.note(2000, 21);
  rate.note(2000, 30);
  rate.note(4000, 33);
  // The report that told of no new step made the last two thousand slower, not slowest.
  expect(rate.secondsPerStep).toBeCloseTo((33 - 20) / 3000, 9);
});

it("gives 0 where the clock did not move", () => {
  const rate = new StepRate(0, 5);
  rate.note(1, 5);
  rate.note(2, 5);
  expect(rate.secondsPerStep).toBe(0);
});
