import type { GrowthOptions } from "./growth-options.ts";
import type { GrowthOrder } from "./growth-order.ts";
import { LeafOrder } from "./leaf-order.ts";
import { LevelOrder } from "./level-order.ts";

/**
 * The order in which a policy splits nodes.
 *
 * @param classes trees of a round
 */
export function growthOrderOf({ policy, maxLeaves }: GrowthOptions, classes: number): GrowthOrder {
  return policy === "leaf" ? new LeafOrder(maxLeaves, classes) : new LevelOrder(maxLeaves);
}
