import { log } from "../../core/index.ts";

/** Probabilities nearer to 0 or 1 than this have finite log odds all the same. */
const EDGE = 1e-9;

/** A probability as log odds. */
export function logOdds(probability: number): number {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return log(inside) - log(1 - inside);
}
