import type { GrowingNode } from "./growing-node.ts";
import { isWaiting } from "./growing-node.ts";
import type { GrowthOptions } from "./growth-options.ts";

/**
 * The nodes to split next, at once: leaf-wise the one that gains most (ties by number), depth-wise the uppermost level, of which
 * those that gain most where the tree may not have more leaves.
 *
 * @param room leaves that the tree may still get
 * @param limit nodes at most
 */
export function nextBatch(
  nodes: readonly GrowingNode[],
  policy: GrowthOptions["policy"],
  room: number,
  limit: number,
): GrowingNode[] {
  const ready = nodes.filter(isWaiting);
  if (room <= 0 || ready.length === 0) return [];
  if (policy === "leaf") return ready.sort(byGain).slice(0, 1);
  const depth = ready.reduce((least, node) => Math.min(least, node.depth), Number.POSITIVE_INFINITY);
  const level = ready.filter((node) => node.depth === depth);
  const kept =
    level.length > room
      ? level
          .sort(byGain)
          .slice(0, room)
          .sort((a, b) => a.id - b.id)
      : level;
  return kept.slice(0, limit);
}

function byGain(a: GrowingNode, b: GrowingNode): number {
  return b.gain - a.gain || a.id - b.id;
}
