/** Sweeps over all pairs at most; a few are enough. */
const SWEEPS = 1000;

/** Weights that others are drawn to. */
export interface Pull {
  readonly towards: Float64Array;
  /** What the sum of squared distances to them is multiplied by; at or over 0. */
  readonly strength: number;
}

/**
 * Weights at or over 0 that sum to 1, so that the weighted sum of forecasts has the least squared error. Mass moves from one member to
 * another by the exact step of the pair, until no pair gains (coordinate descent on the simplex; the problem is convex).
 *
 * @param products `products[i][j]`: the sum of error i times error j over all rows
 * @param pull default none
 */
export function convexWeights(products: readonly Float64Array[], pull?: Pull): Float64Array {
  const count = products.length;
  const best = products.reduce((found, row, k) => (row[k]! < products[found]![found]! ? k : found), 0);
  const weights = pull?.towards.slice() ?? new Float64Array(count);
  if (pull === undefined) weights[best] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) if (i !== j) moved = Math.max(moved, movePair(products, weights, i, j, pull));
    if (moved < 1e-12) break;
  }
  return weights;
}

/** Moves the best mass from member j to member i; gives how much. */
function movePair(
  products: readonly Float64Array[],
  weights: Float64Array,
  i: number,
  j: number,
  pull: Pull | undefined,
): number {
  const strength = pull?.strength ?? 0;
  const curvature = products[i]![i]! - 2 * products[i]![j]! + products[j]![j]! + 2 * strength;
  if (!(curvature > 0)) return 0;
  let slope = pull === undefined ? 0 : strength * (distance(weights, pull, i) - distance(weights, pull, j));
  for (let k = 0; k < weights.length; k++) slope += weights[k]! * (products[i]![k]! - products[j]![k]!);
  const mass = Math.min(weights[j]!, Math.max(0, -slope / curvature));
  weights[i]! += mass;
  weights[j]! -= mass;
  return mass;
}

function distance(weights: Float64Array, { towards }: Pull, k: number): number {
  return weights[k]! - towards[k]!;
}
