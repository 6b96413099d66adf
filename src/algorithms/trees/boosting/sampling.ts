import { randomStream } from "../../../core/index.ts";
import type { GrowthOptions } from "../growing/growth-options.ts";
import { countSizes, drawOneSided } from "../growing/one-sided.ts";
import type { TreeMachine } from "../machine/machine.ts";

/** Hashes under this are in the sample: a row is drawn by the hash of its number, the same for any order of rows. */
export function sampleLimit(share: number): number {
  return Math.min(0xffffffff, Math.round(share * 0x1_0000_0000)) | 0;
}

/**
 * Whether a tree of a round sees fewer than all rows. One-side sampling begins when gradients tell rows apart: after 1 / learning
 * rate rounds.
 */
export function drawsRows({ subsample, oneSided, learningRate }: GrowthOptions, round: number): boolean {
  if ((oneSided ?? null) === null) return subsample < 1;
  return round >= Math.floor(1 / learningRate);
}

/**
 * Says which rows the next tree sees: those whose hash, with this key, is small, and those of large gradients. Call when the
 * gradients of the tree's class can be told.
 *
 * @param keyOf makes the key, which takes longer than a small table's tree has
 * @param keeps whether rows that are not drawn stay in the tree's nodes, where they count nothing
 * @returns how many times the rows of small gradients count, 1 or more
 */
export function drawRows(
  machine: TreeMachine,
  options: GrowthOptions,
  round: number,
  keyOf: () => readonly [number, number],
  keeps: boolean,
): number {
  const draws = drawsRows(options, round);
  machine.set("SAMPLING", draws ? 1 : 0);
  machine.set("SKIPPING", draws && !keeps ? 1 : 0);
  if (!draws) return 1;
  const [key0, key1] = keyOf();
  machine.set("SAMPLE_KEY0", key0);
  machine.set("SAMPLE_KEY1", key1);
  const { oneSided } = options;
  if ((oneSided ?? null) === null) {
    machine.set("SAMPLE_LIMIT", sampleLimit(options.subsample));
    return 1;
  }
  const { largestOrdinary, share } = drawOneSided(countSizes(machine), machine.train.rows, oneSided!);
  const limit = sampleLimit(share);
  machine.set("LARGEST_ORDINARY", largestOrdinary);
  machine.set("SAMPLE_LIMIT", limit);
  const amplification = 0x1_0000_0000 / (limit >>> 0);
  machine.setReal("AMPLIFICATION", amplification);
  return amplification;
}

/** A tree without one of few features is a poor tree: this many it sees in any case. */
const LEAST_FEATURES = 8;

/** How many of the features a tree may use: their share, but no fewer than 8 of those there are. */
export function sampledFeatures(count: number, share: number): number {
  return Math.max(Math.min(count, LEAST_FEATURES), Math.round(share * count));
}

/** Draws the features that a tree may use from the tree's own stream. */
export function sampleFeatures(machine: TreeMachine, share: number, seed: number, name: string, tree: number): void {
  const count = machine.sizes.layout.places.length;
  // By number of the feature, so that the layout of columns changes nothing.
  const order = machine.sizes.layout.places.map((_, i) => i);
  order.sort((a, b) => machine.sizes.layout.places[a]!.feature - machine.sizes.layout.places[b]!.feature);
  randomStream(seed, name, "columns", tree).shuffle(order);
  const kept = sampledFeatures(count, share);
  order.forEach((place, i) => {
    machine.words[(machine.address.features >>> 2) + place * 8 + 5] = i < kept ? 1 : 0;
  });
}
