import {
  type Dataset,
  type Examples,
  type FeatureColumn,
  type FeatureTable,
  spreadCount,
  spreadRow,
  type TrainingSample,
} from "../../../core/index.ts";
import { rowsOf } from "../binning/binning.ts";
import {
  categoricalBins,
  type FeatureBins,
  type FixedBins,
  joinSets,
  NONE_FIXED,
  numericBins,
  rowsToBinBy,
  sharesBins,
} from "../binning/feature-bins.ts";

/** Rows that are asked for at once where their number decides nothing. */
const BATCH_ROWS = 16_384;

/** What bins are made of: as far as the dataset knows it, else from a pass over the training rows. */
export async function readTrainingSample(dataset: Dataset): Promise<TrainingSample> {
  const { sample } = dataset;
  if (sample !== undefined && isEnough(sample)) return sample;
  const stream = await dataset.stream("train", { batchRows: BATCH_ROWS, shuffle: null });
  let columns: SampleColumns | null = null;
  let first = 0;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      columns ??= new SampleColumns(batch.table, dataset.rows.train);
      columns.add(batch, first);
      first += rowsOf(batch);
    }
  } finally {
    await stream.close();
  }
  return { table: columns?.table() ?? { rows: 0, columns: [] }, counts: columns?.counts ?? [] };
}

/** Whether categories that compete for bins were counted. */
function isEnough({ table, counts }: TrainingSample): boolean {
  return table.columns.every(
    (column, i) => column.kind === "numeric" || counts[i] !== null || !sharesBins(column.cardinality),
  );
}

/** The bins that the same rows in memory would have. */
export function binsOfSample(
  { table, counts }: TrainingSample,
  maxBins: number,
  missing: ReadonlySet<number>,
  fixed: FixedBins = NONE_FIXED,
): FeatureBins[] {
  const sample = rowsToBinBy(null, table.rows);
  return joinSets(
    table.columns.map(
      (column, number) =>
        fixed.get(number) ??
        (column.kind === "categorical"
          ? categoricalBins(column.cardinality, number, () => counts[number]!)
          : [numericBins(column, number, sample, maxBins, missing.has(number))]),
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
    const size = spreadCount(rows);
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
    const size = spreadCount(this.#rows);
    const chosen: number[] = [];
    for (; this.#next < size; this.#next++) {
      const row = spreadRow(this.#next, this.#rows) - first;
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
    return { rows: spreadCount(this.#rows), columns: this.#columns };
  }
}
