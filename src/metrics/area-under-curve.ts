import { KaaykoError, type State } from "../core/index.ts";
import { ratio } from "./accumulator.ts";

/** Rows up to which every score is kept and the area is exact: 4,194,304 rows take 52 MiB. */
export const EXACT_ROWS = 2 ** 22;

const MANTISSA_BITS = 12;
const LOWEST_EXPONENT = -63;
/** Bins on one side of ½: 63 powers of two of 4,096 bins, and one for what is smaller. */
const SIDE_BINS = -LOWEST_EXPONENT * 2 ** MANTISSA_BITS + 1;
const BINS = 2 * SIDE_BINS;

/** How well scores tell two classes apart; both null where one of the classes is missing. */
export interface Areas {
  /** Under the receiver operating characteristic, ties counted half (Hanley and McNeil 1982). */
  readonly auc: number | null;
  /**
   * Under the curve of precision over recall, as steps: the mean precision over the rows of class 1, each at its own score
   * (scikit-learn's `average_precision_score`). Rows of one score count as found together.
   */
  readonly averagePrecision: number | null;
}

/** Takes the weight of class 0 and of class 1 at one score; of bins it is not known. */
type TakeTies = (negatives: number, positives: number, score: number | null) => void;

/** Weight of class 0 and of class 1 below a threshold and from it on. */
export interface Halves {
  readonly below: readonly [number, number];
  readonly above: readonly [number, number];
}

/**
 * Areas under the curves of two classes, weighted. Exact up to `EXACT_ROWS` rows; beyond them scores are binned to a relative width
 * of 2^-12 of p or 1 - p, whichever is smaller (at most 516,098 bins, so memory stays under 64 MiB), and scores in one bin count as
 * ties.
 */
export class AreaUnderCurve {
  #rows = 0;
  #scores: Float64Array = new Float64Array(0);
  /** The weight, negative for class 0; -0 and 0 never meet because rows of weight 0 are left out. */
  #signedWeights: Float32Array = new Float32Array(0);
  /** Weight of class 0 and class 1 in each bin, once there are too many rows. */
  #bins: Float64Array | null = null;
  readonly #exactRows: number;

  constructor(exactRows = EXACT_ROWS) {
    this.#exactRows = exactRows;
  }

  /** @param label 0 or 1 */
  add(score: number, label: number, weight: number): void {
    if (!(weight > 0)) return;
    const signed = label === 1 ? weight : -weight;
    if (this.#bins === null && this.#rows === this.#exactRows) this.#startBinning();
    if (this.#bins !== null) {
      this.#bins[2 * binOf(score) + (label === 1 ? 1 : 0)]! += weight;
    } else {
      if (this.#rows === this.#scores.length) this.#grow();
      this.#scores[this.#rows] = score;
      this.#signedWeights[this.#rows] = signed;
    }
    this.#rows++;
  }

  areas(): Areas {
    const [allNegatives, allPositives] = this.#totals();
    let [negativesBelow, positivesBelow, wins, precisions] = [0, 0, 0, 0];
    this.#ascending((negatives, positives) => {
      wins += positives * (negativesBelow + negatives / 2);
      const found = Math.max(positives, allPositives - positivesBelow);
      const falsely = Math.max(negatives, allNegatives - negativesBelow);
      if (positives > 0) precisions += (positives * found) / (found + falsely);
      negativesBelow += negatives;
      positivesBelow += positives;
    });
    const both = allNegatives > 0 && allPositives > 0;
    return {
      auc: both ? ratio(wins, allNegatives * allPositives) : null,
      averagePrecision: both ? ratio(precisions, allPositives) : null,
    };
  }

  /**
   * The threshold from which class 1 has the best F1, midway between two scores, the highest of equal ones; null where scores were
   * binned, or one of the classes is missing.
   */
  bestThreshold(): { readonly threshold: number; readonly halves: Halves } | null {
    const [allNegatives, allPositives] = this.#totals();
    const steps: { readonly score: number; readonly negatives: number; readonly positives: number }[] = [];
    let [negativesBelow, positivesBelow] = [0, 0];
    this.#ascending((negatives, positives, score) => {
      if (score !== null) steps.push({ score, negatives: negativesBelow, positives: positivesBelow });
      negativesBelow += negatives;
      positivesBelow += positives;
    });
    if (steps.length === 0 || allNegatives === 0 || allPositives === 0) return null;
    let [best, bestF1] = [0, -1];
    steps.forEach(({ negatives, positives }, i) => {
      const hits = allPositives - positives;
      const f1 = (2 * hits) / (hits + allNegatives - negatives + allPositives);
      if (f1 >= bestF1) [best, bestF1] = [i, f1];
    });
    const { score, negatives, positives } = steps[best]!;
    const threshold = (score + (steps[best - 1]?.score ?? 0)) / 2;
    return {
      threshold,
      halves: { below: [negatives, positives], above: [allNegatives - negatives, allPositives - positives] },
    };
  }

  getState(): State {
    if (this.#bins !== null) return { json: { rows: this.#rows, binned: true }, arrays: { bins: this.#bins.slice() } };
    const arrays = {
      scores: this.#scores.slice(0, this.#rows),
      weights: this.#signedWeights.slice(0, this.#rows),
    };
    return { json: { rows: this.#rows, binned: false }, arrays, appendOnly: ["scores", "weights"] };
  }

  setState(state: State): void {
    const { rows, binned } = state.json;
    const { scores, weights, bins } = state.arrays;
    const whole =
      binned === true ? bins instanceof Float64Array && bins.length === 2 * BINS : areScores(rows, scores, weights);
    if (typeof rows !== "number" || !whole)
      throw new KaaykoError({ action: "restore metrics", rule: "the scores must be whole", kind: "damaged" });
    this.#rows = rows;
    this.#bins = binned === true ? (bins as Float64Array).slice() : null;
    this.#scores = binned === true ? new Float64Array(0) : (scores as Float64Array).slice();
    this.#signedWeights = binned === true ? new Float32Array(0) : (weights as Float32Array).slice();
  }

  #grow(): void {
    const capacity = Math.min(this.#exactRows, Math.max(4096, 2 * this.#rows));
    const scores = new Float64Array(capacity);
    const weights = new Float32Array(capacity);
    scores.set(this.#scores);
    weights.set(this.#signedWeights);
    this.#scores = scores;
    this.#signedWeights = weights;
  }

  #startBinning(): void {
    const bins = new Float64Array(2 * BINS);
    for (let i = 0; i < this.#rows; i++) {
      const weight = this.#signedWeights[i]!;
      bins[2 * binOf(this.#scores[i]!) + (weight > 0 ? 1 : 0)]! += Math.abs(weight);
    }
    this.#bins = bins;
    this.#scores = new Float64Array(0);
    this.#signedWeights = new Float32Array(0);
  }

  /** Weight of class 0 and of class 1. */
  #totals(): [negatives: number, positives: number] {
    let [negatives, positives] = [0, 0];
    if (this.#bins === null)
      for (let row = 0; row < this.#rows; row++) {
        const weight = this.#signedWeights[row]!;
        if (weight > 0) positives += weight;
        else negatives -= weight;
      }
    else
      for (let bin = 0; bin < BINS; bin++) {
        negatives += this.#bins[2 * bin]!;
        positives += this.#bins[2 * bin + 1]!;
      }
    return [negatives, positives];
  }

  /** Visits the scores from the lowest to the highest. */
  #ascending(take: TakeTies): void {
    if (this.#bins !== null) {
      for (let bin = 0; bin < BINS; bin++) take(this.#bins[2 * bin]!, this.#bins[2 * bin + 1]!, null);
      return;
    }
    const scores = this.#scores.subarray(0, this.#rows);
    const weights = this.#signedWeights.subarray(0, this.#rows);
    if (weights.every((weight) => Math.abs(weight) === 1)) ascendingCounts(scores, weights, take);
    else ascendingWeights(scores, weights, take);
  }
}

/** Without weights each class is sorted by itself, which the engine does ten times as fast as sorting row numbers. */
function ascendingCounts(scores: Float64Array, signs: Float32Array, take: TakeTies): void {
  const negatives = scores.filter((_, row) => signs[row]! < 0).sort();
  const positives = scores.filter((_, row) => signs[row]! > 0).sort();
  let [negative, positive] = [0, 0];
  while (negative < negatives.length || positive < positives.length) {
    const [fromNegative, fromPositive] = [negative, positive];
    const score = Math.min(negatives[negative] ?? Infinity, positives[positive] ?? Infinity);
    while (negatives[negative] === score) negative++;
    while (positives[positive] === score) positive++;
    take(negative - fromNegative, positive - fromPositive, score);
  }
}

function ascendingWeights(scores: Float64Array, weights: Float32Array, take: TakeTies): void {
  const order = sortedOrder(scores, scores.length);
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start]!]!;
    let [negatives, positives] = [0, 0];
    let end = start;
    for (; end < order.length && scores[order[end]!] === score; end++) {
      const weight = weights[order[end]!]!;
      if (weight > 0) positives += weight;
      else negatives -= weight;
    }
    take(negatives, positives, score);
    start = end;
  }
}

/** Row numbers by ascending score; equal scores in the order of the rows, so that sums have one order. */
function sortedOrder(scores: Float64Array, rows: number): Uint32Array {
  const order = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) order[i] = i;
  return order.sort((a, b) => scores[a]! - scores[b]! || a - b);
}

function areScores(rows: unknown, scores: unknown, weights: unknown): boolean {
  return (
    scores instanceof Float64Array &&
    weights instanceof Float32Array &&
    scores.length === rows &&
    weights.length === rows
  );
}

const view = new DataView(new ArrayBuffer(8));

/** The bin of a probability, rising with it. */
function binOf(probability: number): number {
  return probability < 0.5 ? sideBin(probability) : BINS - 1 - sideBin(1 - probability);
}

/** The bin of a number from 0 to ½, by its exponent and the first bits of its mantissa. */
function sideBin(value: number): number {
  if (!(value >= 2 ** LOWEST_EXPONENT)) return 0;
  if (value >= 0.5) return SIDE_BINS - 1;
  view.setFloat64(0, value);
  const high = view.getUint32(0);
  return (high >>> (20 - MANTISSA_BITS)) - ((1023 + LOWEST_EXPONENT) << MANTISSA_BITS) + 1;
}
