import { exp, log } from "../../../core/index.ts";
import { discountOf, gainOf, idealGain, ndcg, type QueryGroups } from "../../../metrics/index.ts";
import { type GivenGradients, identity, type Loss, NEWTON } from "./loss.ts";

/** Places from the top of which a pair must have one: what lies deeper hardly counts. */
const TRUNCATION = 30;
/** Keeps a pair of nearly equal scores from counting without bound. */
const LEAST_DISTANCE = 0.01;
/** Mean hessian of a row, as logistic loss has it at the beginning: what L2 and the least child weight are meant for. */
const MEAN_HESSIAN = 0.25;
/** Places that early stopping looks at. */
const WATCHED_PLACES = 10;

/** LambdaRank (Burges, "From RankNet to LambdaRank to LambdaMART", 2010): pairs of a query's rows, by what swapping them does to NDCG. */
export const lambdarank: Loss = {
  name: "lambdarank",
  code: 9,
  parameter: null,
  classes: 1,
  metric: { name: "ndcg@10", of: (value) => value, higherIsBetter: true },
  bounds: null,
  range: {
    rule: "a relevance must be a whole number from 0 to 30",
    holds: (y) => Number.isInteger(y) && y >= 0 && y <= 30,
  },
  leaves: NEWTON,
  baseScores: () => Float64Array.of(0),
  toPredictions: identity,
};

/** The gradients of the rows of some queries. */
export function rankingGradients(groups: QueryGroups, relevance: Float64Array): GivenGradients {
  return (scores, out) => {
    out.fill(0);
    for (let q = 0; q + 1 < groups.starts.length; q++)
      addQuery(groups.rows.subarray(groups.starts[q]!, groups.starts[q + 1]!), scores, relevance, out);
    let hessians = 0;
    for (let i = 1; i < out.length; i += 2) hessians += out[i]!;
    const scale = hessians > 0 ? (MEAN_HESSIAN * out.length) / 2 / hessians : 1;
    for (let i = 0; i < out.length; i++) out[i]! *= scale;
  };
}

/** Mean NDCG over queries at the places that early stopping looks at. */
export function rankingMetric(groups: QueryGroups, relevance: Float64Array, scores: Float64Array): number {
  let sum = 0;
  for (let q = 0; q + 1 < groups.starts.length; q++) {
    const rows = [...groups.rows.subarray(groups.starts[q]!, groups.starts[q + 1]!)];
    const of = (values: Float64Array): number[] => rows.map((row) => values[row]!);
    sum += ndcg(of(scores), of(relevance), WATCHED_PLACES);
  }
  return sum / (groups.starts.length - 1);
}

/** A query's lambdas, scaled so that no query outweighs the others by its length alone. */
function addQuery(rows: Uint32Array, scores: Float64Array, relevance: Float64Array, out: Float64Array): void {
  const order = rows.slice().sort((a, b) => scores[b]! - scores[a]! || a - b);
  const discounts = Float64Array.from(order, (_, place) => discountOf(place));
  const ideal = idealGain(
    Array.from(rows, (row) => relevance[row]!),
    TRUNCATION,
  );
  if (ideal === 0) return;
  const spread = scores[order[0]!]! - scores[order.at(-1)!]!;
  let sum = 0;
  for (let i = 0; i < Math.min(order.length, TRUNCATION); i++)
    for (let j = i + 1; j < order.length; j++) {
      const [a, b] = [order[i]!, order[j]!];
      if (relevance[a] === relevance[b]) continue;
      const [high, low] = relevance[a]! > relevance[b]! ? [a, b] : [b, a];
      const distance = scores[high]! - scores[low]!;
      const gain = gainOf(relevance[high]!) - gainOf(relevance[low]!);
      const worth = (gain * (discounts[i]! - discounts[j]!)) / ideal;
      const delta = spread > 0 ? worth / (LEAST_DISTANCE + Math.abs(distance)) : worth;
      const p = 1 / (1 + exp(distance));
      out[2 * high]! -= delta * p;
      out[2 * low]! += delta * p;
      out[2 * high + 1]! += delta * p * (1 - p);
      out[2 * low + 1]! += delta * p * (1 - p);
      sum += 2 * delta * p;
    }
  if (sum <= 0) return;
  const scale = log(1 + sum) / Math.LN2 / sum;
  for (const row of rows) {
    out[2 * row]! *= scale;
    out[2 * row + 1]! *= scale;
  }
}
