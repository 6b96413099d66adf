import { exp, log, type ParameterValues, type RandomStream, randomStream } from "../../core/index.ts";
import { type Dimension, placeOf, valueAt } from "./space.ts";

/** What a proposal looks at of a trial that came to an end. */
export interface JudgedTrial {
  readonly settings: ParameterValues;
  /** Lower is better; infinite where it failed. */
  readonly loss: number;
  /** Given up early: its loss is that of an unfinished model. */
  readonly pruned: boolean;
}

/** Settings that are drawn from where good trials lie, before the most promising of them is tried. */
const CANDIDATES = 32;
/** Share of the trials that count as good, and how many at least. */
const GOOD_SHARE = 0.25;
const FEWEST_GOOD = 2;

/** Trials that are spread evenly before any is drawn from what was learnt. */
export function spreadTrials(dimensions: readonly Dimension[]): number {
  return Math.max(5, Math.min(12, 2 * dimensions.length));
}

/**
 * The settings of the next trial; a function of its arguments. First places spread evenly over all ranges (Roberts' additive
 * sequence, shifted by the seed), then the tree-structured Parzen estimator (Bergstra et al., "Algorithms for hyper-parameter
 * optimization", 2011): of values drawn near good trials those are tried that bad trials lie farthest from.
 *
 * @param index of the trial, from 1: 0 is that of the default settings
 */
export function proposeSettings(
  dimensions: readonly Dimension[],
  judged: readonly JudgedTrial[],
  index: number,
  seed: number,
): ParameterValues {
  const random = randomStream(seed, "search", index);
  const places =
    judged.length < spreadTrials(dimensions)
      ? spreadPlaces(dimensions.length, index, seed)
      : promisingPlaces(dimensions, judged, random);
  return Object.fromEntries(dimensions.map((dimension, d) => [dimension.name, valueAt(dimension, places[d]!)]));
}

/** The place of an evenly spread sequence: multiples of powers of the root of x^(d+1) = x + 1, modulo 1. */
function spreadPlaces(count: number, index: number, seed: number): number[] {
  let root = 2;
  for (let i = 0; i < 40; i++) root = exp(log(1 + root) / (count + 1));
  const shift = randomStream(seed, "search", "shift");
  let step = 1;
  return Array.from({ length: count }, () => {
    step /= root;
    return (shift.float() + index * step) % 1;
  });
}

function promisingPlaces(
  dimensions: readonly Dimension[],
  judged: readonly JudgedTrial[],
  random: RandomStream,
): number[] {
  const order = judged.map((_, i) => i).sort((a, b) => compare(judged[a]!, judged[b]!) || a - b);
  const count = Math.max(FEWEST_GOOD, Math.ceil(GOOD_SHARE * judged.length));
  const placesOf = (which: readonly number[], dimension: Dimension): number[] =>
    which.flatMap((i) => placeOf(dimension, judged[i]!.settings[dimension.name]) ?? []);
  return dimensions.map((dimension) => {
    const good = placesOf(order.slice(0, count), dimension);
    const bad = placesOf(order.slice(count), dimension);
    return "choices" in dimension.range
      ? promisingChoice(good, bad, dimension.range.choices.length, random)
      : promisingPlace(good, bad, random);
  });
}

/** Finished trials by their loss, then those given up. */
function compare(a: JudgedTrial, b: JudgedTrial): number {
  if (a.pruned !== b.pruned) return a.pruned ? 1 : -1;
  return a.loss === b.loss ? 0 : a.loss < b.loss ? -1 : 1;
}

function promisingPlace(good: readonly number[], bad: readonly number[], random: RandomStream): number {
  let best = 0.5;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < CANDIDATES; i++) {
    const place = drawPlace(good, random);
    const promise = log(density(good, place)) - log(density(bad, place));
    if (promise > highest) {
      highest = promise;
      best = place;
    }
  }
  return best;
}

/** Wide while there are few, narrower with every trial. */
function bandwidth(count: number): number {
  return Math.max(0.03, 0.2 / Math.sqrt(Math.max(1, count)));
}

/** Near one of the places, or anywhere: the uniform prior counts as one place more. */
function drawPlace(places: readonly number[], random: RandomStream): number {
  const which = random.integer(places.length + 1);
  if (which === places.length) return random.float();
  for (;;) {
    const place = places[which]! + bandwidth(places.length) * random.normal();
    if (place >= 0 && place <= 1) return place;
  }
}

function density(places: readonly number[], at: number): number {
  const width = bandwidth(places.length);
  const sum = places.reduce((total, place) => total + exp(-0.5 * ((at - place) / width) ** 2), 0);
  return (1 + sum / (width * Math.sqrt(2 * Math.PI))) / (places.length + 1);
}

function promisingChoice(
  good: readonly number[],
  bad: readonly number[],
  choices: number,
  random: RandomStream,
): number {
  const share = (places: readonly number[], choice: number): number =>
    (1 + places.filter((place) => Math.floor(place * choices) === choice).length) / (choices + places.length);
  let left = random.float() * Array.from({ length: choices }, (_, k) => promise(k)).reduce((a, b) => a + b, 0);
  function promise(choice: number): number {
    return (share(good, choice) / share(bad, choice)) * share(good, choice);
  }
  for (let choice = 0; choice < choices; choice++) {
    left -= promise(choice);
    if (left < 0) return (choice + 0.5) / choices;
  }
  return (choices - 0.5) / choices;
}
