import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GrowingNode } from "../../../../src/algorithms/trees/growing/growing-node.ts";
import { GrowingTree } from "../../../../src/algorithms/trees/growing/growing-tree.ts";
import { LeafOrder } from "../../../../src/algorithms/trees/growing/leaf-order.ts";
import { randomStream } from "../../../../src/core/index.ts";

/** Gains of a tree that could grow for ever, by the way from the root; some nodes cannot be split, and some gain the same. */
function gainsOf(seed: number): (way: string) => number {
  const known = new Map<string, number>();
  return (way) => {
    let gain = known.get(way);
    if (gain === undefined) {
      const random = randomStream(seed, "gains", way);
      const isLeaf = way.length > 12 || random.float() < 0.15;
      gain = isLeaf ? -1 : Math.floor(1000 * random.float() * 0.8 ** way.length) / 10;
      known.set(way, gain);
    }
    return gain;
  };
}

interface Grown {
  /** Ways to the nodes, in the order of their numbers. */
  readonly ways: string[];
  readonly passes: number;
  readonly expanded: number;
}

/** Grows trees one after the other, as the grower does. */
function grow(seeds: readonly number[], maxLeaves: number, most: number, ahead: number): Grown[] {
  const order = new LeafOrder(maxLeaves, 1);
  return seeds.map((seed) => {
    const gainOf = gainsOf(seed);
    const tree = new GrowingTree();
    const ways = new Map<GrowingNode, string>([[tree.root, ""]]);
    tree.root.gain = gainOf("");
    order.begin(tree, 3);
    let passes = 0;
    let expanded = 0;
    for (let batch = order.next(most, ahead); batch.length > 0; batch = order.next(most, ahead)) {
      expect(batch.length).toBeLessThanOrEqual(Math.min(most, 1 + ahead));
      passes++;
      expanded += batch.length;
      for (const { node, leaves } of batch) {
        expect(leaves).toBeLessThanOrEqual(maxLeaves);
        tree.childrenOf(node).forEach((child, side) => {
          ways.set(child, `${ways.get(node)}${side}`);
          // Children of the last leaf are never split, and so not looked at.
          if (leaves < maxLeaves) child.gain = gainOf(ways.get(child)!);
        });
      }
    }
    return { ways: tree.nodes.map((node) => ways.get(node)!), passes, expanded };
  });
}

/** The definition: of all leaves the one that gains most, ties by number. */
function growNaively(seed: number, maxLeaves: number): string[] {
  const gainOf = gainsOf(seed);
  const ways = [""];
  const leaves = [0];
  while (leaves.length < maxLeaves) {
    let best = -1;
    for (const leaf of leaves) {
      const gain = gainOf(ways[leaf]!);
      if (gain >= 0 && (best < 0 || gain > gainOf(ways[best]!))) best = leaf;
    }
    if (best < 0) break;
    const way = ways[best]!;
    leaves[leaves.indexOf(best)] = ways.push(`${way}0`) - 1;
    leaves.push(ways.push(`${way}1`) - 1);
    leaves.sort((a, b) => a - b);
  }
  return ways;
}

describe("leaf-wise growth", () => {
  it("is the same tree however many leaves are expanded ahead of their turn", () => {
    const shapes = fc.record({
      seeds: fc.array(fc.nat(1000), { minLength: 1, maxLength: 3 }),
      maxLeaves: fc.integer({ min: 1, max: 60 }),
      most: fc.integer({ min: 1, max: 40 }),
      ahead: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(shapes, ({ seeds, maxLeaves, most, ahead }) => {
        const trees = grow(seeds, maxLeaves, most, ahead);
        expect(trees.map(({ ways }) => ways)).toEqual(seeds.map((seed) => growNaively(seed, maxLeaves)));
      }),
      { numRuns: 100 },
    );
  });

  it("needs few passes, and expands little in vain, once it has seen a tree alike", () => {
    const [, second] = grow([5, 5], 60, 64, 60);
    const splits = (second!.ways.length - 1) / 2;
    expect(splits).toBeGreaterThan(30);
    expect(second!.passes).toBeLessThanOrEqual(15);
    expect(second!.expanded).toBeLessThanOrEqual(splits * 1.25);
  });
});
