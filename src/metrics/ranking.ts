import { KaaykoError, type State } from "../core/index.ts";
import { finite, type MetricsAccumulator, type MetricsResult, type ScoredRows } from "./accumulator.ts";
import { groupQueries, ndcg } from "./ndcg.ts";

/** Places that are looked at: all, the first 5, the first 10. */
const LIMITS = { "ndcg@10": 10, "ndcg@5": 5, ndcg: Number.POSITIVE_INFINITY } as const;
const FIELDS = 4;

/**
 * Metrics of a ranking: `ndcg@10`, `ndcg@5` and `ndcg` over all places, the mean over queries, each weighted by the mean weight of
 * its rows. Rows of a query may come in any order and in any block. Keeps 32 bytes a row.
 */
export function createRankingMetrics(): MetricsAccumulator {
  // A row: score, relevance, query, weight.
  let kept = new Float64Array(0);
  let rows = 0;
  return {
    add: (scored) => {
      if ((rows + scored.rows) * FIELDS > kept.length) kept = grown(kept, (rows + scored.rows) * FIELDS);
      keep(kept, rows, scored);
      rows += scored.rows;
    },
    result: () => summarise(kept, rows),
    getState: () => ({ json: { rows }, arrays: { kept: kept.slice(0, rows * FIELDS) }, appendOnly: ["kept"] }),
    setState: (state) => {
      kept = readKept(state);
      rows = kept.length / FIELDS;
    },
  };
}

function grown(kept: Float64Array, needed: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(needed, 2 * kept.length));
  larger.set(kept);
  return larger;
}

function keep(kept: Float64Array, at: number, { rows, predictions, target, weight }: ScoredRows): void {
  for (let i = 0; i < rows; i++)
    kept.set([predictions[i]!, target[2 * i]!, target[2 * i + 1]!, weight?.[i] ?? 1], (at + i) * FIELDS);
}

function summarise(kept: Float64Array, rows: number): MetricsResult {
  const field = (row: number, name: number): number => kept[row * FIELDS + name]!;
  const groups = groupQueries(
    Array.from({ length: rows }, (_, row) => field(row, 2)),
    rows,
  );
  const sums = Object.keys(LIMITS).map(() => 0);
  let total = 0;
  for (let q = 0; q + 1 < groups.starts.length; q++) {
    const members = [...groups.rows.subarray(groups.starts[q]!, groups.starts[q + 1]!)];
    const weight = members.reduce((sum, row) => sum + field(row, 3), 0) / members.length;
    const scores = members.map((row) => field(row, 0));
    const relevances = members.map((row) => field(row, 1));
    total += weight;
    Object.values(LIMITS).forEach((limit, i) => {
      sums[i]! += weight * ndcg(scores, relevances, limit);
    });
  }
  const values = Object.fromEntries(
    Object.keys(LIMITS).map((name, i) => [name, total > 0 ? finite(sums[i]! / total) : null]),
  );
  return { rows, values, confusion: null };
}

function readKept(state: State): Float64Array<ArrayBuffer> {
  const { kept } = state.arrays;
  if (kept instanceof Float64Array && kept.length === Number(state.json.rows) * FIELDS) return Float64Array.from(kept);
  throw new KaaykoError({ action: "restore metrics", rule: "the scores must be whole", kind: "damaged" });
}
