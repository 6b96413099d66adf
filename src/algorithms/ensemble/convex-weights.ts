/** Sweeps over all pairs at most; a few are enough. */
const SWEEPS = 1000;

/**
 * Weights at or over 0 that sum to 1, so that the weighted sum of forecasts has the least squared error. Mass moves from one member to
 * another by the exact step of the pair, until no pair gains (coordinate descent on the simplex; the problem is convex).
 *
 * @param products `products[i][j]`: the sum of error i times error j over all rows
 */
export function convexWeights(products: readonly Float64Array[]): Float64Array {
  const count = products.length;
  const best = products.reduce((found, row, k) => (row[k]! < products[found]![found]! ? k : found), 0);
  const weights = new Float64Array(count);
  weights[best] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) if (i !== j) moved = Math.max(moved, movePair(products, weights, i, j));
    if (moved < 1e-12) break;
  }
  return weights;
}

/** Moves the best mass from member j to member i; gives how much. */
function movePair(products: readonly Float64Array[], weights: Float64Array, i: number, j: number): number {
  const curvature = products[i]![i]! - 2 * products[i]![j]! + products[j]![j]!;
  if (!(curvature > 0)) return 0;
  let slope = 0;
  for (let k = 0; k < weights.length; k++) slope += weights[k]! * (products[i]![k]! - products[j]![k]!);
  const mass = Math.min(weights[j]!, Math.max(0, -slope / curvature));
  weights[i]! += mass;
  weights[j]! -= mass;
  return mass;
}
