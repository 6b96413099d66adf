import { type Band, type BandMetrics, bandOf, KaaykoError, type State } from "../core/index.ts";
import { ratio, type ScoredRows } from "./accumulator.ts";

/** Counts how numbers fall into bands, block by block. */
export interface BandAccumulator {
  /** `predictions` and `target` are values, which this turns into bands. */
  add(scored: ScoredRows): void;
  result(): BandMetrics;
  getState(): State;
  setState(state: State): void;
}

/** Metrics of a regression read as classes: the band of the prediction against the band of the target. */
export function createBandMetrics(bands: readonly Band[]): BandAccumulator {
  const size = bands.length;
  let counts = new Float64Array(size * size);
  return {
    add({ rows, predictions, target, weight }) {
      for (let i = 0; i < rows; i++)
        counts[bandOf(bands, target[i]!) * size + bandOf(bands, predictions[i]!)]! += weight === null ? 1 : weight[i]!;
    },
    result: () => summarise(bands, counts),
    getState: () => ({ json: {}, arrays: { counts: counts.slice() } }),
    setState({ arrays }) {
      if (!(arrays.counts instanceof Float64Array) || arrays.counts.length !== size * size)
        throw new KaaykoError({ action: "restore metrics", rule: "the counts must fit the bands", kind: "damaged" });
      counts = arrays.counts.slice();
    },
  };
}

function summarise(bands: readonly Band[], counts: Float64Array): BandMetrics {
  const size = bands.length;
  const classes = bands.map(({ name }) => name);
  const matrix = classes.map((_, k) => Array.from(counts.subarray(k * size, (k + 1) * size)));
  const actual = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const predicted = classes.map((_, k) => matrix.reduce((sum, row) => sum + row[k]!, 0));
  const hits = matrix.reduce((sum, row, k) => sum + row[k]!, 0);
  const count = matrix[0]![size - 1]!;
  return {
    classes,
    counts: matrix,
    accuracy: ratio(
      hits,
      actual.reduce((sum, rows) => sum + rows, 0),
    ),
    perClass: classes.map((name, k) => ({
      name,
      precision: ratio(matrix[k]![k]!, predicted[k]!),
      recall: ratio(matrix[k]![k]!, actual[k]!),
      f1: ratio(2 * matrix[k]![k]!, actual[k]! + predicted[k]!),
    })),
    worstMistake: { actual: classes[0]!, predicted: classes[size - 1]!, count, rate: ratio(count, actual[0]!) },
  };
}
