import {
  type FeatureColumn,
  type FeatureTable,
  spreadCount,
  spreadRow,
  type Table,
  type TrainingSample,
} from "../core/index.ts";
import { pickRows, TableBuilder } from "../data/index.ts";
import type { EncodableRows } from "./encode.ts";
import type { FitParts } from "./fit-request.ts";
import type { FeaturePipeline } from "./pipeline.ts";

/** Keeps a spread sample of the training rows while they pass by, as they were read. */
export class SampleKeeper {
  readonly #rows: number;
  readonly #builder: TableBuilder;
  #seen = 0;
  #next = 0;

  /** @param rows how many training rows there will be */
  constructor(rows: number) {
    this.#rows = rows;
    this.#builder = new TableBuilder(spreadCount(rows));
  }

  /** @param batch the next training rows */
  add(batch: EncodableRows): void {
    const end = this.#seen + batch.rows;
    const chosen: number[] = [];
    for (; this.#next < spreadCount(this.#rows); this.#next++) {
      const row = spreadRow(this.#next, this.#rows);
      if (row >= end) break;
      chosen.push(row - this.#seen);
    }
    const rows = Uint32Array.from(chosen);
    this.#builder.append({ rows: rows.length, columns: pickRows(batch.columns, rows) });
    this.#seen = end;
  }

  table(): Table {
    return this.#builder.table();
  }
}

/** Rows of each code, by column of an encoded table; null for columns that were not counted. */
export function countsOf(
  { columns }: FeatureTable,
  { encoders }: FeaturePipeline,
  { columns: fits }: FitParts,
): TrainingSample["counts"] {
  return columns.map((column: FeatureColumn) => {
    if (column.kind === "numeric") return null;
    const encoder = encoders.find(({ form, column: name }) => form === "categorical" && name === column.name);
    const counted = fits.find(({ decision }) => decision.name === column.name)?.fit.counts?.();
    if (encoder?.form !== "categorical" || counted === undefined) return null;
    return Float64Array.of(0, ...encoder.categories.map((category) => counted.get(category) ?? 0));
  });
}
