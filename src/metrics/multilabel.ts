import { KaaykoError, type State } from "../core/index.ts";
import { type LabelScore, type MetricsAccumulator, type MetricsResult, ratio, type ScoredRows } from "./accumulator.ts";
import { bestThreshold } from "./best-threshold.ts";

/** Where no threshold is given and there are no rows to choose one by. */
const DEFAULT_THRESHOLD = 0.5;
/** Numbers that are kept at most for choosing thresholds; rows beyond them are judged but choose nothing. */
const KEPT_NUMBERS = 2 ** 26;

/**
 * Metrics of rows with any number of labels, from a probability for each: `macroF1` (the mean over all labels, 0 for a label that
 * is never hit, as scikit-learn's), `microF1`, `weightedF1` (by rows that have the label), `accuracy` (all labels right) and
 * `hammingLoss` (share of wrong labels). Weights are those of the rows.
 *
 * @param thresholds probability from which a label is given, for each; null chooses for each label the one that gives these rows
 *   the best F1, and says so in the result (a single 0.5 gives rare labels an F1 of 0)
 */
export function createMultilabelMetrics(
  labels: readonly string[],
  thresholds: readonly number[] | null,
): MetricsAccumulator {
  let blocks: ScoredRows[] = [];
  return {
    add: ({ rows, predictions, target, weight }) => {
      blocks.push({ rows, predictions: predictions.slice(), target: target.slice(), weight: weight?.slice() ?? null });
    },
    result: () => summarise(joinBlocks(blocks, labels.length), labels, thresholds),
    getState: () => stateOf(joinBlocks(blocks, labels.length)),
    setState: (state) => {
      blocks = [rowsOf(state, labels.length)];
    },
  };
}

function joinBlocks(blocks: readonly ScoredRows[], width: number): ScoredRows {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const weighted = blocks.some(({ weight }) => weight !== null);
  const all = {
    rows,
    predictions: new Float64Array(rows * width),
    target: new Float64Array(rows * width),
    weight: weighted ? new Float32Array(rows).fill(1) : null,
  };
  let at = 0;
  for (const block of blocks) {
    all.predictions.set(block.predictions.subarray(0, block.rows * width), at * width);
    all.target.set(block.target.subarray(0, block.rows * width), at * width);
    if (block.weight !== null) all.weight!.set(block.weight.subarray(0, block.rows), at);
    at += block.rows;
  }
  return all;
}

function stateOf({ rows, predictions, target, weight }: ScoredRows): State {
  const arrays = { predictions, target: Uint8Array.from(target), ...(weight === null ? {} : { weight }) };
  return { json: { rows }, arrays };
}

function rowsOf({ json, arrays }: State, width: number): ScoredRows {
  const { predictions, target, weight = null } = arrays;
  const { rows } = json;
  const whole =
    typeof rows === "number" &&
    predictions instanceof Float64Array &&
    predictions.length === rows * width &&
    target instanceof Uint8Array &&
    target.length === rows * width &&
    (weight === null || (weight instanceof Float32Array && weight.length === rows));
  if (!whole)
    throw new KaaykoError({ action: "restore metrics", rule: "the rows must fit the labels", kind: "damaged" });
  return { rows, predictions, target: Float64Array.from(target), weight: weight as Float32Array | null };
}

function summarise(scored: ScoredRows, labels: readonly string[], given: readonly number[] | null): MetricsResult {
  const width = labels.length;
  const thresholds = given ?? labels.map((_, k) => chooseThreshold(scored, width, k));
  const scores = labels.map((label, k) => scoreLabel(scored, width, k, label, thresholds[k]!));
  const total = (of: (score: LabelScore) => number) => scores.reduce((sum, score) => sum + of(score), 0);
  const support = total((score) => score.support);
  const hits = total((score) => score.hits);
  const exact = exactRows(scored, width, thresholds);
  const wrong = total((score) => score.support + score.predicted - 2 * score.hits);
  return {
    rows: scored.rows,
    values: {
      macroF1:
        scored.rows === 0
          ? null
          : ratio(
              total(({ f1 }) => f1 ?? 0),
              width,
            ),
      microF1: ratio(2 * hits, support + total((score) => score.predicted)),
      weightedF1: ratio(
        total((score) => (score.f1 ?? 0) * score.support),
        support,
      ),
      accuracy: ratio(exact.right, exact.weight),
      hammingLoss: ratio(wrong, exact.weight * width),
    },
    confusion: null,
    labels: scores,
    ...(given === null ? { thresholds } : {}),
  };
}

function chooseThreshold({ rows, predictions, target }: ScoredRows, width: number, k: number): number {
  const count = Math.min(rows, Math.floor(KEPT_NUMBERS / width));
  const scores = Float64Array.from({ length: count }, (_, row) => predictions[row * width + k]!);
  const truth = Uint8Array.from({ length: count }, (_, row) => target[row * width + k]!);
  return bestThreshold(scores, truth) ?? DEFAULT_THRESHOLD;
}

function scoreLabel(scored: ScoredRows, width: number, k: number, label: string, threshold: number): LabelScore {
  const { rows, predictions, target, weight } = scored;
  let [support, predicted, hits] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const w = weight?.[row] ?? 1;
    const has = target[row * width + k] === 1;
    const given = predictions[row * width + k]! >= threshold;
    if (has) support += w;
    if (given) predicted += w;
    if (has && given) hits += w;
  }
  const precision = ratio(hits, predicted);
  const recall = ratio(hits, support);
  return { label, threshold, support, predicted, hits, precision, recall, f1: ratio(2 * hits, support + predicted) };
}

function exactRows(
  scored: ScoredRows,
  width: number,
  thresholds: readonly number[],
): { right: number; weight: number } {
  const { rows, predictions, target, weight } = scored;
  let [right, total] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const w = weight?.[row] ?? 1;
    const same = thresholds.every(
      (threshold, k) => predictions[row * width + k]! >= threshold === (target[row * width + k] === 1),
    );
    if (same) right += w;
    total += w;
  }
  return { right, weight: total };
}
