import type { CodeArray, Examples, FeatureColumn, FeatureTable } from "../../core/index.ts";

type Values = Float32Array | Float64Array | CodeArray;

/** Room for labelled rows, filled from other tables and used again and again. */
export class ExampleBuffer {
  readonly #columns: readonly { readonly like: FeatureColumn; readonly values: Values }[];
  readonly #target: Float64Array;
  readonly #weight: Float32Array | null;
  rows = 0;

  /** @param like a table with the columns that will be filled in */
  constructor(like: FeatureTable, capacity: number, weighted: boolean) {
    this.#columns = like.columns.map((column) => ({ like: column, values: emptyLike(valuesOf(column), capacity) }));
    this.#target = new Float64Array(capacity);
    this.#weight = weighted ? new Float32Array(capacity) : null;
  }

  /** Appends the rows of examples at `places` from `start` to `end`. */
  append(
    from: Pick<Examples, "table" | "target" | "weight">,
    places: Uint32Array,
    start = 0,
    end = places.length,
  ): void {
    const at = this.rows;
    this.#columns.forEach(({ values }, i) => {
      copy(valuesOf(from.table.columns[i]!), places, start, end, values, at);
    });
    copy(from.target, places, start, end, this.#target, at);
    if (this.#weight !== null && from.weight !== null) copy(from.weight, places, start, end, this.#weight, at);
    this.rows = at + end - start;
  }

  /** The rows so far, as views: valid until the buffer changes. */
  examples(): Examples {
    const { rows } = this;
    return {
      table: { rows, columns: this.#columns.map(({ like, values }) => withValues(like, values.subarray(0, rows))) },
      rows: null,
      target: this.#target.subarray(0, rows),
      weight: this.#weight?.subarray(0, rows) ?? null,
    };
  }
}

/** Views of consecutive rows of a table. */
export function viewExamples(from: Omit<Examples, "rows">, start: number, end: number): Examples {
  const columns = from.table.columns.map((column) => withValues(column, valuesOf(column).subarray(start, end)));
  return {
    table: { rows: end - start, columns },
    rows: null,
    target: from.target.subarray(start, end),
    weight: from.weight?.subarray(start, end) ?? null,
  };
}

function valuesOf(column: FeatureColumn): Values {
  return column.kind === "numeric" ? column.values : column.codes;
}

function withValues(column: FeatureColumn, values: Values): FeatureColumn {
  return column.kind === "numeric"
    ? { ...column, values: values as Float32Array }
    : { ...column, codes: values as CodeArray };
}

function emptyLike(values: Values, length: number): Values {
  return new (values.constructor as new (length: number) => Values)(length);
}

function copy(from: Values, places: Uint32Array, start: number, end: number, to: Values, at: number): void {
  for (let i = start, j = at; i < end; i++, j++) to[j] = from[places[i]!]!;
}
