import type { ClassCurve } from "../../core/index.ts";

const CURVE_POINTS = 100;

interface ThresholdCounts {
  /** Weight of the class, and of the others, whose score is at or over each threshold; thresholds fall. */
  readonly hits: number[];
  readonly false: number[];
}

/**
 * The ROC curve (Fawcett 2006) and the precision-recall curve of a class against the rest, thinned to 100 points; their areas
 * are those of the whole curves (average precision is the step-wise sum, without interpolation).
 *
 * @param scores probability of the class, one a row
 * @param isClass whether the row is of the class
 * @param weight one a row; null for 1 everywhere
 */
export function classCurve(
  label: string,
  scores: ArrayLike<number>,
  isClass: (row: number) => boolean,
  weight: ArrayLike<number> | null,
): ClassCurve {
  const counts = countByThreshold(scores, isClass, weight);
  const positive = counts.hits.at(-1) ?? 0;
  const negative = counts.false.at(-1) ?? 0;
  const rate = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  const points = counts.hits.map((hits, i) => {
    const wrong = counts.false[i]!;
    return { x: rate(wrong, negative), y: rate(hits, positive), precision: rate(hits, hits + wrong) };
  });
  const roc = thinned([{ x: 0, y: 0 }, ...points], (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y));
  const recall = thinned(points, (a, b) => Math.abs(a.y - b.y) + Math.abs(a.precision - b.precision));
  return {
    label,
    share: rate(positive, positive + negative),
    auc: positive === 0 || negative === 0 ? null : areaOf(points),
    averagePrecision: positive === 0 ? null : averagePrecision(points),
    falsePositiveRate: roc.map(({ x }) => x),
    truePositiveRate: roc.map(({ y }) => y),
    recall: recall.map(({ y }) => y),
    precision: recall.map(({ precision }) => precision),
  };
}

function countByThreshold(
  scores: ArrayLike<number>,
  isClass: (row: number) => boolean,
  weight: ArrayLike<number> | null,
): ThresholdCounts {
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const counts: ThresholdCounts = { hits: [], false: [] };
  let [hits, wrong] = [0, 0];
  order.forEach((row, i) => {
    const w = weight === null ? 1 : weight[row]!;
    if (isClass(row)) hits += w;
    else wrong += w;
    const next = order[i + 1];
    // Rows with the same score come together: no threshold parts them.
    if (next !== undefined && scores[next] === scores[row]) return;
    counts.hits.push(hits);
    counts.false.push(wrong);
  });
  return counts;
}

function areaOf(points: readonly { x: number; y: number }[]): number {
  let area = 0;
  let [x, y] = [0, 0];
  for (const point of points) {
    area += ((point.x - x) * (point.y + y)) / 2;
    ({ x, y } = point);
  }
  return area;
}

function averagePrecision(points: readonly { y: number; precision: number }[]): number {
  let sum = 0;
  let recall = 0;
  for (const point of points) {
    sum += (point.y - recall) * point.precision;
    recall = point.y;
  }
  return sum;
}

/** At most 100 points of a curve, at equal distances along it, both ends among them. */
function thinned<T>(points: readonly T[], distance: (a: T, b: T) => number): T[] {
  if (points.length <= CURVE_POINTS) return [...points];
  const length = points.reduce((sum, point, i) => (i === 0 ? 0 : sum + distance(points[i - 1]!, point)), 0);
  const kept: T[] = [points[0]!];
  let walked = 0;
  for (let i = 1; i < points.length - 1; i++) {
    walked += distance(points[i - 1]!, points[i]!);
    if (walked >= (kept.length * length) / (CURVE_POINTS - 1) && kept.length < CURVE_POINTS - 1) kept.push(points[i]!);
  }
  kept.push(points.at(-1)!);
  return kept;
}
