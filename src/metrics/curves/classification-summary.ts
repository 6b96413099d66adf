import type { ClassCurve, ClassificationSummary } from "../../core/index.ts";
import { classCurve } from "./class-curve.ts";
import { binOf, countInBins } from "./quantile.ts";

const RELIABILITY_BINS = 10;
const SEPARATION_BINS = 25;
const CLASSES_SHOWN = 6;

/** Labelled probabilities of some rows. */
export interface ClassifiedRows {
  readonly classes: readonly string[];
  /** Row-major: of the second class where there are two, else of each class. */
  readonly probabilities: Float64Array;
  /** Code of the class, from 0; one a row, at least one row. */
  readonly target: ArrayLike<number>;
  readonly weight: ArrayLike<number> | null;
}

/** Reliability (Guo et al., "On calibration of modern neural networks", 2017), separation of two classes, ROC and precision-recall. */
export function summariseClassification(rows: ClassifiedRows): ClassificationSummary {
  const { claimed, right } = claims(rows);
  const reliability = reliabilityOf(claimed, right, rows.weight);
  const weight = reliability.reduce((sum, bin) => sum + bin.rows, 0);
  const gap = reliability.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.predicted - bin.actual), 0);
  return {
    kind: "classification",
    reliability,
    calibrationError: weight === 0 ? 0 : gap / weight,
    separation: separationOf(rows),
    curves: curvesOf(rows),
  };
}

/** What each row's prediction claims with which probability, and whether it was so. */
function claims({ classes, probabilities, target }: ClassifiedRows): { claimed: Float64Array; right: Uint8Array } {
  const rows = target.length;
  const claimed = new Float64Array(rows);
  const right = new Uint8Array(rows);
  const width = classes.length === 2 ? 1 : classes.length;
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let k = 1; k < width; k++) if (probabilities[row * width + k]! > probabilities[row * width + best]!) best = k;
    claimed[row] = probabilities[row * width + best]!;
    right[row] = target[row] === (width === 1 ? 1 : best) ? 1 : 0;
  }
  return { claimed, right };
}

function reliabilityOf(
  claimed: Float64Array,
  right: Uint8Array,
  weight: ArrayLike<number> | null,
): ClassificationSummary["reliability"] {
  const bins = Array.from({ length: RELIABILITY_BINS }, () => ({ weight: 0, claimed: 0, right: 0 }));
  claimed.forEach((probability, row) => {
    const bin = bins[Math.min(RELIABILITY_BINS - 1, Math.max(0, binOf(probability, 0, 1, RELIABILITY_BINS)))]!;
    const w = weight === null ? 1 : weight[row]!;
    bin.weight += w;
    bin.claimed += w * probability;
    bin.right += w * right[row]!;
  });
  return bins
    .filter((bin) => bin.weight > 0)
    .map((bin) => ({ rows: bin.weight, predicted: bin.claimed / bin.weight, actual: bin.right / bin.weight }));
}

function separationOf({ classes, probabilities, target }: ClassifiedRows): ClassificationSummary["separation"] {
  if (classes.length !== 2) return null;
  return [0, 1].map((code) => {
    const own = probabilities.filter((_, row) => target[row] === code);
    return { low: 0, high: 1, counts: countInBins(own, 0, 1, SEPARATION_BINS) };
  });
}

function curvesOf({ classes, probabilities, target, weight }: ClassifiedRows): ClassCurve[] {
  if (classes.length === 2) return [classCurve(classes[1]!, probabilities, (row) => target[row] === 1, weight)];
  return frequentClasses(classes.length, target).map((code) => {
    const scores = Float64Array.from(
      { length: target.length },
      (_, row) => probabilities[row * classes.length + code]!,
    );
    return classCurve(classes[code]!, scores, (row) => target[row] === code, weight);
  });
}

/** Codes of the most frequent six classes, in their own order. */
export function frequentClasses(classes: number, target: ArrayLike<number>): number[] {
  const counts = new Float64Array(classes);
  for (let row = 0; row < target.length; row++) counts[target[row]!]!++;
  const byCount = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  return byCount.slice(0, CLASSES_SHOWN).sort((a, b) => a - b);
}
