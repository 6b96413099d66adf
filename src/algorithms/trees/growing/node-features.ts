import { randomStream } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { BoostingOptions } from "../boosting/boosting-parameters.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { PreparedData } from "../machine/prepared-data.ts";
import { roomFor } from "../machine/room-for.ts";
import type { GrowingNode } from "./growing-node.ts";

const FEATURE_WORDS = 8;
const USABLE_WORD = 5;

export interface NodeFeatureRules {
  /** Share of a tree's features that a level sees, and of a level's that a node sees. */
  readonly levelShare: number;
  readonly nodeShare: number;
  /** Sets of columns that may follow each other on a path; empty where all may. */
  readonly interactions: readonly (readonly number[])[];
  readonly seed: number;
  /** Name of the stream that columns are drawn from. */
  readonly name: string;
}

/** Which features nodes may split on; null where all that their tree may. */
export function nodeFeaturesOf(
  { machine, bins }: PreparedData,
  options: BoostingOptions,
  stream: Pick<NodeFeatureRules, "seed" | "name">,
): NodeFeatures | null {
  if (!roomFor(options).masked) return null;
  const { colsampleLevel, colsampleNode, constraints } = options;
  return new NodeFeatures(machine, bins, {
    levelShare: colsampleLevel ?? 1,
    nodeShare: colsampleNode ?? 1,
    interactions: constraints?.interactions ?? [],
    ...stream,
  });
}

/** Which features a node may split on: those drawn for its tree, of them for its level, of them for itself, and beside its path. */
export class NodeFeatures {
  readonly #machine: TreeMachine;
  readonly #columns: readonly number[];
  readonly #rules: NodeFeatureRules;
  #tree = 0;
  #usable: Uint8Array = new Uint8Array(0);
  readonly #levels = new Map<number, Uint8Array>();

  constructor(machine: TreeMachine, bins: readonly FeatureBins[], rules: NodeFeatureRules) {
    this.#machine = machine;
    this.#columns = machine.sizes.layout.places.map(({ feature }) => bins[feature]!.column);
    this.#rules = rules;
  }

  /** Whether features are drawn for each node, by its number. */
  get drawsByNode(): boolean {
    return this.#rules.nodeShare < 1;
  }

  /** Begins a tree, after its features were drawn. */
  reset(tree: number): void {
    const { words, address } = this.#machine;
    const first = (address.features >>> 2) + USABLE_WORD;
    this.#tree = tree;
    this.#usable = Uint8Array.from(this.#columns, (_, place) => words[first + place * FEATURE_WORDS]!);
    this.#levels.clear();
  }

  /** Writes the features of a node that is about to be searched; `slot` is its place among those searched together. Returns where. */
  write(node: GrowingNode, slot: number): number {
    const at = this.#machine.address.masks + slot * this.#columns.length;
    const mask = this.#draw(this.#level(node.depth), this.#rules.nodeShare, "node", node.id);
    const allowed = this.#besides(node.path);
    if (allowed !== null)
      this.#columns.forEach((column, place) => {
        if (!allowed.has(column)) mask[place] = 0;
      });
    this.#machine.bytes.set(mask, at);
    return at;
  }

  /** Adds a split to a path, without what is there. */
  follow(path: readonly number[], feature: number, bins: readonly FeatureBins[]): readonly number[] {
    const { column } = bins[feature]!;
    return this.#rules.interactions.length === 0 || path.includes(column) ? path : [...path, column];
  }

  #level(depth: number): Uint8Array {
    let mask = this.#levels.get(depth);
    if (mask === undefined) {
      mask = this.#draw(this.#usable, this.#rules.levelShare, "level", depth);
      this.#levels.set(depth, mask);
    }
    return mask;
  }

  /** A share of the features of a mask, one at least; drawn by the features' numbers, so that their layout changes nothing. */
  #draw(from: Uint8Array, share: number, what: string, which: number): Uint8Array {
    if (share === 1) return from.slice();
    const { places } = this.#machine.sizes.layout;
    const order = places.flatMap((_, place) => (from[place] === 1 ? [place] : []));
    order.sort((a, b) => places[a]!.feature - places[b]!.feature);
    randomStream(this.#rules.seed, this.#rules.name, what, this.#tree, which).shuffle(order);
    const mask = new Uint8Array(from.length);
    for (const place of order.slice(0, Math.max(1, Math.round(share * order.length)))) mask[place] = 1;
    return mask;
  }

  /** Columns that may follow a path: those of the sets that hold all of it, and its own; null where all may. */
  #besides(path: readonly number[]): Set<number> | null {
    const { interactions } = this.#rules;
    if (interactions.length === 0 || path.length === 0) return null;
    const sets = interactions.filter((set) => path.every((column) => set.includes(column)));
    return new Set([...path, ...sets.flat()]);
  }
}
