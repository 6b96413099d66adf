import type { GrowthOptions } from "../growing/growth-options.ts";

/** The learning rate of a round, counted from 0: that of the round before times the decay, but never under a hundredth of the first. */
export function learningRateOf({ learningRate, learningRateDecay = 1 }: GrowthOptions, round: number): number {
  const least = learningRate / 100;
  let rate = learningRate;
  // Multiplied step by step, so that every round's rate is the same bits wherever a run goes on.
  for (let i = 0; i < round && learningRateDecay < 1 && rate > least; i++) rate *= learningRateDecay;
  return Math.max(least, rate);
}
