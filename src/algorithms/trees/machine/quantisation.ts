import type { ScoreStatistics } from "../growing/statistics.ts";
import type { Loss } from "../losses/index.ts";

/**
 * How gradients and hessians become integers: multiplied by a power of two and rounded. The scales follow from the sums of their
 * sizes, so that no sum over any rows can leave 64 bits, and an outlier takes nothing from the others' precision:
 *
 * wide: the sum of gradients' sizes under 2^61, none over 2^52; hessians share 63 bits with the count of rows: at 2 M rows a mean
 * gradient has 40 bits, a mean hessian 19, which a leaf's sum adds to;
 * packed: gradients and hessians that the loss bounds, in 16 and 11 bits;
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
  /** Over the training rows. */
  readonly totalWeight: number;
  readonly largestWeight: number;
  /** Over the training rows, weights counted; null where the loss bounds gradients and hessians. */
  readonly statistics: GradientStatistics | null;
  /** How many times a row may count that stands for others. */
  readonly amplification: number;
}

export type GradientStatistics = Pick<ScoreStatistics, "largest" | "sizes" | "largestHessian" | "hessians">;

/** The scales of gradients with hessians. */
export function chooseQuantisation({
  loss,
  countBits,
  statistics,
  amplification,
  ...weights
}: GradientFacts): Quantisation {
  const { largest, sizes, largestHessian, hessians } = statistics ?? boundedBy(loss, weights);
  return {
    wide: true,
    gradientScale: Math.min(scaleTo(sizes * amplification, 61), scaleTo(largest * amplification, 52)),
    // Each is rounded up by less than 1: less than another bit in all.
    hessianScale: Math.min(
      scaleTo(hessians * amplification, 61 - countBits),
      scaleTo(largestHessian * amplification, 52),
    ),
  };
}

function boundedBy(
  { bounds }: Loss,
  weights: Pick<GradientFacts, "totalWeight" | "largestWeight">,
): GradientStatistics {
  const { gradient, hessian } = bounds!;
  return {
    largest: gradient * weights.largestWeight,
    sizes: gradient * weights.totalWeight,
    largestHessian: hessian * weights.largestWeight,
    hessians: hessian * weights.totalWeight,
  };
}

/** Steps of the largest gradient and hessian of a packed record. */
const PACKED_GRADIENT = 32_767;
const PACKED_HESSIAN = 2047;
/** Hessian steps that a child must hold, lest their rounding shows. */
const LEAST_CHILD_STEPS = 64;

/** The scales of packed records. */
export function packedQuantisation({ bounds }: Loss): Quantisation {
  return {
    wide: true,
    gradientScale: PACKED_GRADIENT / bounds!.gradient,
    hessianScale: PACKED_HESSIAN / bounds!.hessian,
  };
}

/** Whether a loss with constant bounds, learnt with this least weight of a child, loses nothing by packed records. */
export function allowsPacking(hessianBound: number, minChildWeight: number): boolean {
  return (minChildWeight * PACKED_HESSIAN) / hessianBound >= LEAST_CHILD_STEPS;
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
