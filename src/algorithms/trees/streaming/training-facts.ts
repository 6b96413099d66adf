import type { Dataset, Examples, FeatureColumn, FeatureTable } from "../../../core/index.ts";
import { rowsOf } from "../binning.ts";
import {
  categoricalBins,
  type FeatureBins,
  type FixedBins,
  joinSets,
  NONE_FIXED,
  numericBins,
  sampledCount,
  sampledRow,
} from "../feature-bins.ts";

/** Rows that are asked for at once where their number decides nothing. */
const BATCH_ROWS = 16_384;

/** What one pass over the training rows tells: enough for their bins and for the loss. */
export interface TrainingFacts {
  readonly rows: number;
  readonly weighted: boolean;
  /** Of each row, in their order; empty where they were not asked for. */
  readonly target: Float64Array;
  /** The rows that quantiles are taken from. */
  readonly sample: FeatureTable;
  /** Rows of each code, for columns of categories. */
  readonly counts: readonly (Float64Array | null)[];
}

/** Reads the training rows once. Memory: 8 bytes a row where targets are kept, and some ten thousand rows. */
export async function readTrainingFacts(dataset: Dataset, keepTargets: boolean): Promise<TrainingFacts> {
  const rows = dataset.rows.train;
  const target = new Float64Array(keepTargets ? rows : 0);
  const stream = await dataset.stream("train", { batchRows: BATCH_ROWS, shuffle: null });
  let sample: SampleColumns | null = null;
  let weighted = false;
  let first = 0;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      sample ??= new SampleColumns(batch.table, rows);
      sample.add(batch, first);
      weighted ||= batch.weight !== null;
      const count = rowsOf(batch);
      if (keepTargets) for (let i = 0; i < count; i++) target[first + i] = batch.target[rowAt(batch, i)]!;
      first += count;
    }
  } finally {
    await stream.close();
  }
  const table = sample?.table() ?? { rows: 0, columns: [] };
  return { rows: first, weighted, target, sample: table, counts: sample?.counts ?? [] };
}

/** The bins that the same rows in memory would have. */
export function binsOfFacts(
  facts: Omit<TrainingFacts, "target">,
  maxBins: number,
  missing: ReadonlySet<number>,
  fixed: FixedBins = NONE_FIXED,
): FeatureBins[] {
  const { sample, counts } = facts;
  return joinSets(
    sample.columns.map(
      (column, number) =>
        fixed.get(number) ??
        (column.kind === "categorical"
          ? categoricalBins(column.cardinality, number, () => counts[number]!)
          : [numericBins(column, number, null, sample.rows, maxBins, missing.has(number))]),
    ),
  );
}

function rowAt({ rows }: Pick<Examples, "rows">, i: number): number {
  return rows === null ? i : rows[i]!;
}

/** The sampled rows of each column of numbers, and how often each category occurs. */
class SampleColumns {
  readonly counts: readonly (Float64Array | null)[];
  readonly #columns: readonly FeatureColumn[];
  readonly #rows: number;
  #next = 0;

  constructor(like: FeatureTable, rows: number) {
    this.#rows = rows;
    const size = sampledCount(rows);
    this.#columns = like.columns.map((column) => {
      if (column.kind === "categorical") return { ...column, codes: new Uint8Array(0) };
      const values = column.values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
      return { ...column, values };
    });
    this.counts = like.columns.map((column) =>
      column.kind === "categorical" ? new Float64Array(column.cardinality + 1) : null,
    );
  }

  add(batch: Examples, first: number): void {
    const count = rowsOf(batch);
    const from = this.#next;
    const size = sampledCount(this.#rows);
    const chosen: number[] = [];
    for (; this.#next < size; this.#next++) {
      const row = sampledRow(this.#next, this.#rows) - first;
      if (row >= count) break;
      chosen.push(rowAt(batch, row));
    }
    batch.table.columns.forEach((column, c) => {
      if (column.kind === "categorical") {
        for (let i = 0; i < count; i++) this.counts[c]![column.codes[rowAt(batch, i)]!]!++;
        return;
      }
      const into = (this.#columns[c] as typeof column).values;
      for (let i = 0; i < chosen.length; i++) into[from + i] = column.values[chosen[i]!]!;
    });
  }

  table(): FeatureTable {
    return { rows: sampledCount(this.#rows), columns: this.#columns };
  }
}
