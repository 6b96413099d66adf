import type { Detector } from "./detector.ts";
import { rarityOf } from "./rarity.ts";

/** A detector and what its word counts beside the others'. */
export interface Member {
  readonly detector: Detector;
  readonly weight: number;
}

/** Several detectors that were fitted. */
export interface Ensemble {
  readonly members: readonly Member[];
  /** As `measureRarity` gives them, one a member. */
  readonly rarities: readonly Float64Array[];
}

/** The scores of the members of one row as one: the weighted sum of how rare each is, since scores of different detectors are no alike. */
export function combinedScore({ members, rarities }: Ensemble, scores: ArrayLike<number>): number {
  return members.reduce((sum, { weight }, member) => sum + weight * rarityOf(rarities[member]!, scores[member]!), 0);
}

/** The pieces of each member. */
export function splitPieces(pieces: readonly Float64Array[], counts: readonly number[]): Float64Array[][] {
  let first = 0;
  return counts.map((count) => {
    first += count;
    return pieces.slice(first - count, first);
  });
}
