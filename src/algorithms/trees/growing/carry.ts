import type { TreeNode } from "../ensemble.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { GrowingNode } from "./growing-node.ts";
import type { GrowingTree } from "./growing-tree.ts";
import type { HistogramSlots } from "./histogram-slots.ts";

/** How the root's next histogram follows from those of a tree. */
interface Carry {
  /** Nodes that kept a histogram, each with the leaf whose value its counts are multiplied with. */
  readonly terms: { readonly holder: GrowingNode; readonly leaf: GrowingNode }[];
  /** Leaves that their sibling's term covers. */
  readonly besides: { readonly small: GrowingNode; readonly large: GrowingNode }[];
  /** Whether the terms cover all rows. */
  complete: boolean;
}

/**
 * Writes the leaves' values for the kernel, and the terms by which the root's next histogram follows from those of the tree: one
 * for each histogram that was kept, and for the smaller of two leaves without one, by how much its value is off its sibling's.
 *
 * @param nodes the finished tree
 * @param sameRows whether the next tree sees the rows of this one
 * @returns whether the histograms cover all rows; otherwise the root's must be added up anew
 */
export function writeCarry(
  machine: TreeMachine,
  tree: GrowingTree,
  nodes: readonly TreeNode[],
  slots: HistogramSlots,
  scale: number,
  sameRows: boolean,
): boolean {
  const stepsOf = ({ id }: GrowingNode): number => Math.round(nodes[id]!.value * scale);
  const carry: Carry = { terms: [], besides: [], complete: slots.carries && sameRows };
  if (carry.complete) cover(carry, tree.root, null, nodes);
  const { terms, besides, complete } = carry;
  const offsets = new Map(besides.map(({ small, large }) => [small, stepsOf(small) - stepsOf(large)]));
  writeLeaves(machine, tree, stepsOf, complete ? offsets : new Map());
  const words = complete ? terms.flatMap(({ holder, leaf }) => [slots.addressOf(holder), stepsOf(leaf)]) : [];
  machine.words.set(words, machine.address.carryTerms >>> 2);
  machine.set("CARRY_COUNT", words.length / 2);
  return complete;
}

/**
 * Adds the terms that cover a node's rows.
 *
 * @param leaf that all of them end in; null where the node is split
 */
function cover(carry: Carry, node: GrowingNode, leaf: GrowingNode | null, nodes: readonly TreeNode[]): void {
  const own = leaf ?? (node.split ? null : node);
  if (node.slot >= 0) {
    if (own !== null) carry.terms.push({ holder: node, leaf: own });
    else coverPair(carry, node, nodes);
  } else if (node.children === null) carry.complete = false;
  // A leaf that was expanded ahead of its turn handed its histogram down.
  else for (const child of node.children) cover(carry, child, own, nodes);
}

/** Two leaves whose parent kept its histogram. */
function coverPair(carry: Carry, parent: GrowingNode, nodes: readonly TreeNode[]): void {
  const [left, right] = parent.children!;
  const leftIsSmaller = nodes[left.id]!.rows <= nodes[right.id]!.rows;
  const [small, large] = leftIsSmaller ? [left, right] : [right, left];
  carry.terms.push({ holder: parent, leaf: large });
  carry.besides.push({ small, large });
}

function writeLeaves(
  machine: TreeMachine,
  tree: GrowingTree,
  stepsOf: (node: GrowingNode) => number,
  offsets: ReadonlyMap<GrowingNode, number>,
): void {
  const { words, reals, address } = machine;
  const { countBits } = machine.sizes;
  const leaves = tree.nodes.filter(({ split }) => !split);
  const cells = new BigInt64Array(reals.buffer, address.leaves, leaves.length * 2);
  leaves.forEach((leaf, i) => {
    words.set([leaf.place, stepsOf(leaf)], (address.leaves >>> 2) + i * 4);
    cells[i * 2 + 1] = BigInt(offsets.get(leaf) ?? 0) << BigInt(countBits);
  });
  machine.set("LEAF_COUNT", leaves.length);
}
