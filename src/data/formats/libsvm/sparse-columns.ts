import type { Column, ColumnKind } from "../../../core/index.ts";
import { CodeStore, isStringKind, NumberStore, type RowParser } from "../text/index.ts";
import { MAX_FEATURES, QUERY, TARGET } from "./scan.ts";
import { readSparseRow, type SparseRow, sparseNumber } from "./sparse-row.ts";

export interface SparsePlan {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Index of a feature, or `TARGET` or `QUERY`. */
  readonly index: number;
  readonly double: boolean;
}

interface SparseColumn {
  start(rows: number): void;
  put(row: number, text: string): void;
  batch(): Column;
  whole(): Column;
}

/** Columns filled from sparse rows; what a row does not name is 0. */
export class SparseColumns implements RowParser {
  readonly columns: number;
  readonly #stores: readonly SparseColumn[];
  readonly #byIndex: ReadonlyMap<number, SparseColumn>;
  readonly #row: SparseRow = { target: "", qid: undefined, indices: [], values: [] };

  constructor(plans: readonly SparsePlan[], keepRows: number | undefined) {
    this.columns = plans.length;
    this.#stores = plans.map((plan) => sparseColumn(plan, keepRows));
    this.#byIndex = new Map(plans.map(({ index }, at) => [index, this.#stores[at]!]));
  }

  start(rows: number): void {
    for (const store of this.#stores) store.start(rows);
  }

  line(text: string, at: number): boolean {
    const row = this.#row;
    if (readSparseRow(text, row, MAX_FEATURES) !== "row") return false;
    this.#byIndex.get(TARGET)?.put(at, row.target);
    if (row.qid !== undefined) this.#byIndex.get(QUERY)?.put(at, row.qid);
    for (let entry = 0; entry < row.indices.length; entry++)
      this.#byIndex.get(row.indices[entry]!)?.put(at, row.values[entry]!);
    return true;
  }

  batch(): Column[] {
    return this.#stores.map((store) => store.batch());
  }

  whole(): Column[] {
    return this.#stores.map((store) => store.whole());
  }
}

function sparseColumn(plan: SparsePlan, keepRows: number | undefined): SparseColumn {
  const { name, kind, index, double } = plan;
  // A row without a query belongs to none; a row without a feature has 0 of it.
  const absent = index >= 0 ? 0 : Number.NaN;
  if (isStringKind(kind)) {
    const store = new CodeStore({ name, kind, keepRows });
    return {
      start: (rows) => {
        store.start(rows);
        // Code 1 of every batch is then "0" for features, whether or not the first row names them.
        const code = Number.isNaN(absent) ? 0 : store.codeFor(String(absent));
        store.target().fill(code);
      },
      put: (row, text) => store.put(row, Number.isNaN(sparseNumber(text)) ? undefined : text),
      batch: () => store.batch(),
      whole: () => store.whole(),
    };
  }
  const store = new NumberStore({ name, kind, keepRows }, double);
  let values: Float32Array | Float64Array = new Float32Array(0);
  return {
    start: (rows) => {
      values = store.start(rows);
      values.fill(absent);
    },
    put: (row, text) => {
      values[row] = sparseNumber(text)!;
    },
    batch: () => store.batch(),
    whole: () => store.whole(),
  };
}
