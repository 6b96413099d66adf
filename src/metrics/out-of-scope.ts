import { joinStates, KaaykoError, type State } from "../core/index.ts";
import { type MetricsAccumulator, type MetricsResult, ratio, type ScoredRows } from "./accumulator.ts";
import { createMulticlassMetrics } from "./multiclass.ts";

/** Rows that a model answers rightly and that a threshold may turn away at most, where no row is known to be out of scope. */
const TURNED_AWAY = 0.05;
const FIELDS = 3;

/** What is known of a row. */
const RIGHT = 0;
const WRONG = 1;
const OUTSIDE = 2;

/**
 * Metrics of several classes of which none may be meant. Beside those of `createMulticlassMetrics`, which always take the likeliest class:
 * `answered` (share of the rows in scope that get a class), `answeredAccuracy` (how many of these the right one), and where
 * rows are labelled as out of scope `outOfScopeRecall` and `outOfScopePrecision`. Keeps 24 bytes a row.
 *
 * @param outside the answer to a row out of scope; it may be a class, too
 * @param threshold probability from which the likeliest class is the answer; null chooses one by these rows and says so in the
 *   result: the best mean of accuracy in scope and recall out of it, the highest of several as good, or, without labelled rows,
 *   the highest that turns away no more than 5 % of what would be answered rightly (Hendrycks and Gimpel, "A baseline for
 *   detecting out-of-distribution examples", 2017)
 */
export function createScopedMetrics(
  labels: readonly string[],
  outside: string,
  threshold: number | null,
): MetricsAccumulator {
  const plain = createMulticlassMetrics(labels);
  const outsideClass = labels.indexOf(outside);
  const blocks: Float64Array[] = [];
  return {
    add: (scored) => {
      plain.add(scored);
      blocks.push(keptRows(scored, labels.length, outsideClass));
    },
    result: () => summarise(plain.result(), joined(blocks), threshold),
    getState: () => joinStates(plain.getState(), { json: {}, arrays: { kept: joined(blocks) }, appendOnly: ["kept"] }),
    setState: (state) => {
      plain.setState(state);
      blocks.splice(0, blocks.length, readKept(state));
    },
  };
}

/** Of each row: the probability of the likeliest class (0 for that of no scope), what is known, its weight. */
function keptRows({ rows, predictions, target, weight }: ScoredRows, classes: number, outsideClass: number) {
  const kept = new Float64Array(rows * FIELDS);
  for (let row = 0; row < rows; row++) {
    const first = row * classes;
    let guess = 0;
    for (let k = 1; k < classes; k++) if (predictions[first + k]! > predictions[first + guess]!) guess = k;
    const confidence = guess === outsideClass ? 0 : predictions[first + guess]!;
    const known = target[row] === outsideClass ? OUTSIDE : target[row] === guess ? RIGHT : WRONG;
    kept.set([confidence, known, weight?.[row] ?? 1], row * FIELDS);
  }
  return kept;
}

function joined(blocks: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

/** Weights of rows by what is known of them, of all and of those under a threshold. */
interface Counts {
  readonly all: readonly [number, number, number];
  readonly under: readonly [number, number, number];
}

function countsAt(kept: Float64Array, threshold: number): Counts {
  const all: [number, number, number] = [0, 0, 0];
  const under: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < kept.length; at += FIELDS) {
    const known = kept[at + 1] as 0 | 1 | 2;
    all[known] += kept[at + 2]!;
    // The class of no scope is never an answer of its own.
    if (kept[at]! < threshold || kept[at] === 0) under[known] += kept[at + 2]!;
  }
  return { all, under };
}

function summarise(plain: MetricsResult, kept: Float64Array, given: number | null): MetricsResult {
  const threshold = given ?? chooseThreshold(kept);
  const { all, under } = countsAt(kept, threshold);
  const inScope = all[RIGHT] + all[WRONG];
  const answered = inScope - under[RIGHT] - under[WRONG];
  const values = {
    ...plain.values,
    answered: ratio(answered, inScope),
    answeredAccuracy: ratio(all[RIGHT] - under[RIGHT], answered),
    ...(all[OUTSIDE] === 0
      ? {}
      : {
          outOfScopeRecall: ratio(under[OUTSIDE], all[OUTSIDE]),
          outOfScopePrecision: ratio(under[OUTSIDE], under[RIGHT] + under[WRONG] + under[OUTSIDE]),
        }),
  };
  return { ...plain, values, ...(given === null ? { thresholds: [threshold] } : {}) };
}

function chooseThreshold(kept: Float64Array): number {
  const places = Array.from({ length: kept.length / FIELDS }, (_, row) => row * FIELDS);
  places.sort((a, b) => kept[a]! - kept[b]!);
  const { all } = countsAt(kept, 0);
  const passed: [number, number, number] = [0, 0, 0];
  let [best, threshold] = [all[OUTSIDE] === 0 ? 0 : scoreOf(all, passed), 0];
  for (let i = 0; i < places.length; i++) {
    passed[kept[places[i]! + 1] as 0 | 1 | 2] += kept[places[i]! + 2]!;
    const here = kept[places[i]!]!;
    const next = i + 1 < places.length ? kept[places[i + 1]!]! : here;
    if (next === here) continue;
    if (all[OUTSIDE] === 0) {
      if (passed[RIGHT] > TURNED_AWAY * all[RIGHT]) break;
      threshold = next;
    } else if (scoreOf(all, passed) >= best) [best, threshold] = [scoreOf(all, passed), (here + next) / 2];
  }
  return threshold;
}

/** The mean of accuracy in scope and recall out of it, where those that were passed are turned away. */
function scoreOf(all: Counts["all"], passed: Counts["under"]): number {
  const accuracy = (all[RIGHT] - passed[RIGHT]) / Math.max(1e-12, all[RIGHT] + all[WRONG]);
  return (accuracy + passed[OUTSIDE] / all[OUTSIDE]) / 2;
}

function readKept({ arrays }: State): Float64Array {
  const { kept } = arrays;
  if (kept instanceof Float64Array && kept.length % FIELDS === 0) return kept;
  throw new KaaykoError({ action: "restore metrics", rule: "the rows must be whole", kind: "damaged" });
}
