import type { Loss } from "./losses/index.ts";

/**
 * How gradients and hessians become integers: multiplied by a power of two and rounded. The widths follow from the bits
 * that the number of rows needs, so that no sum over all rows can leave 64 bits:
 *
 * wide: gradient · rows under 2^62, hessian · rows · 2^countBits under 2^63; 40 bits at 2 M rows, which is what float64 sums keep;
 * narrow: residuals in whole steps, as `residuals.ts` plans them.
 */
export interface Quantisation {
  readonly wide: boolean;
  readonly gradientScale: number;
  readonly hessianScale: number;
}

export interface GradientFacts {
  readonly loss: Loss;
  readonly countBits: number;
  readonly largestWeight: number;
  /** Over the training rows, weights counted: the largest size of a gradient, and of a hessian. Unless the loss bounds them. */
  readonly largest: number;
  readonly largestHessian: number;
}

/** The scales of gradients with hessians. */
export function chooseQuantisation(facts: GradientFacts): Quantisation {
  const { loss, countBits, largestWeight } = facts;
  const largest = loss.bounds === null ? facts.largest : loss.bounds.gradient * largestWeight;
  const largestHessian = loss.bounds === null ? facts.largestHessian : loss.bounds.hessian * largestWeight;
  return {
    wide: true,
    gradientScale: scaleTo(largest, Math.min(52, 61 - countBits)),
    hessianScale: scaleTo(largestHessian, Math.min(40, 62 - 2 * countBits)),
  };
}

/** The power of two that brings a size under 2^bits; 1 for a size of 0. */
export function scaleTo(size: number, bits: number): number {
  if (!(size > 0)) return 1;
  return powerOfTwo(Math.max(-1000, Math.min(1000, bits - 1 - exponentOf(size))));
}

const view = new DataView(new ArrayBuffer(8));

/** The whole number e with 2^e at or under |x| and 2^(e + 1) over it; -1023 for denormals. */
function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1023;
}

function powerOfTwo(exponent: number): number {
  view.setUint32(0, (exponent + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}
