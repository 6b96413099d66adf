import { randomStream } from "../../core/index.ts";
import type { TreeMachine } from "./machine.ts";

/** Hashes under this are in the sample: a row is drawn by the hash of its number, the same for any order of rows. */
export function sampleLimit(share: number): number {
  return Math.min(0xffffffff, Math.round(share * 0x1_0000_0000)) | 0;
}

/** A tree without one of few features is a poor tree: this many it sees in any case. */
const LEAST_FEATURES = 8;

/** How many of the features a tree may use: their share, but no fewer than 8 of those there are. */
export function sampledFeatures(count: number, share: number): number {
  return Math.max(Math.min(count, LEAST_FEATURES), Math.round(share * count));
}

/** Draws the features that a tree may use from the tree's own stream. */
export function sampleFeatures(machine: TreeMachine, share: number, seed: number, name: string, tree: number): void {
  const count = machine.layout.places.length;
  // By number of the feature, so that the layout of columns changes nothing.
  const order = machine.layout.places.map((_, i) => i);
  order.sort((a, b) => machine.layout.places[a]!.feature - machine.layout.places[b]!.feature);
  randomStream(seed, name, "columns", tree).shuffle(order);
  const kept = sampledFeatures(count, share);
  order.forEach((place, i) => {
    machine.words[(machine.address.features >>> 2) + place * 8 + 5] = i < kept ? 1 : 0;
  });
}
