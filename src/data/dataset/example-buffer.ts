import type { CodeArray, Examples, FeatureColumn, FeatureTable } from "../../core/index.ts";
import { createPartBuffer, type PartBuffer, viewPart } from "./part-rows.ts";

type Values = Float32Array | Float64Array | CodeArray;

/** What an `ExampleBuffer` has room for. */
export interface BufferShape {
  /** A table with the columns and parts that will be filled in. */
  readonly like: FeatureTable;
  readonly capacity: number;
  readonly weighted: boolean;
  /** Numbers of the target a row: `targetWidth(task)`. */
  readonly targetWidth: number;
}

/** Room for labelled rows, filled from other tables and used again and again. */
export class ExampleBuffer {
  readonly #columns: readonly { readonly like: FeatureColumn; readonly values: Values }[];
  readonly #parts: readonly PartBuffer[] | undefined;
  readonly #targetWidth: number;
  readonly #target: Float64Array;
  readonly #weight: Float32Array | null;
  #rows = 0;

  constructor({ like, capacity, weighted, targetWidth }: BufferShape) {
    this.#columns = like.columns.map((column) => ({ like: column, values: emptyLike(valuesOf(column), capacity) }));
    this.#parts = like.parts?.map((part) => createPartBuffer(part, capacity));
    this.#targetWidth = targetWidth;
    this.#target = new Float64Array(capacity * targetWidth);
    this.#weight = weighted ? new Float32Array(capacity) : null;
  }

  /** Forgets its rows. */
  clear(): void {
    this.#rows = 0;
    for (const part of this.#parts ?? []) part.clear();
  }

  /** Appends the rows of examples at `places` from `start` to `end`. */
  append(
    from: Pick<Examples, "table" | "target" | "weight">,
    places: Uint32Array,
    start = 0,
    end = places.length,
  ): void {
    const at = this.#rows;
    this.#columns.forEach(({ values }, i) => {
      copy(valuesOf(from.table.columns[i]!), places, start, end, values, at);
    });
    this.#parts?.forEach((part, i) => {
      part.append(from.table.parts![i]!, places, start, end);
    });
    this.#appendTargets(from.target, places, start, end);
    if (this.#weight !== null && from.weight !== null) copy(from.weight, places, start, end, this.#weight, at);
    this.#rows = at + end - start;
  }

  #appendTargets(from: Float64Array, places: Uint32Array, start: number, end: number): void {
    const width = this.#targetWidth;
    if (width === 1) copy(from, places, start, end, this.#target, this.#rows);
    else
      for (let i = start, at = this.#rows * width; i < end; i++, at += width)
        this.#target.set(from.subarray(places[i]! * width, (places[i]! + 1) * width), at);
  }

  /** The rows so far, as views: valid until the buffer changes. */
  examples(): Examples {
    const rows = this.#rows;
    const columns = this.#columns.map(({ like, values }) => withValues(like, values.subarray(0, rows)));
    const parts = this.#parts?.map((part) => part.part());
    return {
      table: { rows, columns, ...(parts === undefined ? {} : { parts }) },
      rows: null,
      target: this.#target.subarray(0, rows * this.#targetWidth),
      weight: this.#weight?.subarray(0, rows) ?? null,
    };
  }
}

/** Views of consecutive rows of a table. */
export function viewExamples(from: Omit<Examples, "rows">, start: number, end: number, targetWidth: number): Examples {
  const columns = from.table.columns.map((column) => withValues(column, valuesOf(column).subarray(start, end)));
  const parts = from.table.parts?.map((part) => viewPart(part, start, end));
  return {
    table: { rows: end - start, columns, ...(parts === undefined ? {} : { parts }) },
    rows: null,
    target: from.target.subarray(start * targetWidth, end * targetWidth),
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
