import type { TreeNode } from "../ensemble.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { Quantisation } from "../machine/quantisation.ts";

/**
 * The least and the largest value that each node of a growing tree may take: under a common limit, and so that predictions follow
 * monotone features: a split
 * on one parts its node's range at the middle of the children's values, and all below keep to their side. The basic method of
 * XGBoost and LightGBM; it never fails, and holds back a little more than is needed.
 */
export class NodeBounds {
  readonly #machine: TreeMachine;
  readonly #limit: number;
  #unit = 1;
  #lowest: number[] = [];
  #highest: number[] = [];

  /** @param limit largest size of any value. Default none */
  constructor(machine: TreeMachine, limit = Number.POSITIVE_INFINITY) {
    this.#machine = machine;
    this.#limit = limit;
  }

  /** Begins a tree: its root is free within the limit. */
  reset({ gradientScale, hessianScale }: Quantisation): void {
    this.#unit = gradientScale / hessianScale;
    this.#lowest = [-this.#limit];
    this.#highest = [this.#limit];
    this.#write(0);
  }

  /** Keeps the leaves of a finished tree within the limit. */
  limitLeaves(nodes: readonly TreeNode[], learningRate: number): TreeNode[] {
    const most = this.#limit * learningRate;
    return nodes.map((node) => ({ ...node, value: Math.max(-most, Math.min(most, node.value)) }));
  }

  clamp(node: number, value: number): number {
    return Math.max(this.#lowest[node]!, Math.min(this.#highest[node]!, value));
  }

  /**
   * Hands a node's range down.
   *
   * @param direction 1 or -1 where the split is on a monotone feature, else 0
   * @param values of the children before bounds, not used for 0
   */
  split(parent: number, left: number, right: number, direction: number, values: readonly [number, number]): void {
    for (const child of [left, right]) {
      this.#lowest[child] = this.#lowest[parent]!;
      this.#highest[child] = this.#highest[parent]!;
    }
    if (direction !== 0) {
      const middle = this.clamp(parent, values[0]) * 0.5 + this.clamp(parent, values[1]) * 0.5;
      const [under, over] = direction > 0 ? [left, right] : [right, left];
      this.#highest[under] = middle;
      this.#lowest[over] = middle;
    }
    this.#write(left);
    this.#write(right);
  }

  #write(node: number): void {
    const at = (this.#machine.address.bounds >>> 3) + node * 2;
    this.#machine.reals[at] = this.#lowest[node]! * this.#unit;
    this.#machine.reals[at + 1] = this.#highest[node]! * this.#unit;
  }
}

/**
 * Puts the leaves of a finished tree in the order that monotone features ask for: top down, each such split parts its range at the
 * middle of its sides' mean values. For leaves whose values were not known while the tree grew.
 *
 * @param directionOf the direction of a node's feature
 */
export function orderLeaves(nodes: readonly TreeNode[], directionOf: (feature: number) => number): TreeNode[] {
  const means = nodes.map(({ value }) => value);
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { feature, left, right, rows } = nodes[node]!;
    if (feature >= 0) means[node] = (means[left]! * nodes[left]!.rows + means[right]! * nodes[right]!.rows) / rows;
  }
  const lowest = nodes.map(() => Number.NEGATIVE_INFINITY);
  const highest = nodes.map(() => Number.POSITIVE_INFINITY);
  const clamp = (node: number, value: number): number => Math.max(lowest[node]!, Math.min(highest[node]!, value));
  nodes.forEach(({ feature, left, right }, node) => {
    if (feature < 0) return;
    for (const child of [left, right]) {
      lowest[child] = lowest[node]!;
      highest[child] = highest[node]!;
    }
    const direction = directionOf(feature);
    if (direction === 0) return;
    const middle = clamp(node, means[left]!) * 0.5 + clamp(node, means[right]!) * 0.5;
    const [under, over] = direction > 0 ? [left, right] : [right, left];
    highest[under] = middle;
    lowest[over] = middle;
  });
  return nodes.map((node, id) => (node.feature < 0 ? { ...node, value: clamp(id, node.value) } : node));
}
