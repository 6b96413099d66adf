import { type Dataset, type Examples, outputsOf } from "../../core/index.ts";
import type { SparseMatrix } from "../../kernels/linear/index.ts";
import { type Design, designMatrix, planDesign } from "../linear/design.ts";
import type { TextSettings } from "./settings.ts";

/** Columns of the matrix that get a vector: the most frequent ones. */
const MOST_COLUMNS = 32_768;

/** The form of a bag of words with a hidden layer. Plain data: part of the model. */
export interface BagPlan {
  readonly design: Design;
  /** Columns that have a vector. */
  readonly kept: number;
  readonly units: number;
  readonly outputs: number;
  readonly dropout: number;
}

/** A plan with what training needs beside it. */
export interface PlannedBag {
  readonly plan: BagPlan;
  /** Columns of the design that have a vector, ascending. */
  readonly columns: Uint32Array;
  /** Rows of the training and validation examples, over the kept columns alone. */
  readonly matrices: { readonly train: SparseMatrix; readonly validation: SparseMatrix };
}

export function planBag(dataset: Dataset, train: Examples, validation: Examples, settings: TextSettings): PlannedBag {
  const design = planDesign(dataset.features, dataset.parts ?? []);
  const all = designMatrix(design, train.table, train.rows);
  const columns = frequentColumns(all);
  const places = placesOf(columns, design.width);
  return {
    plan: {
      design,
      kept: columns.length,
      units: settings.units,
      outputs: outputsOf(dataset.task),
      dropout: settings.dropout,
    },
    columns,
    matrices: {
      train: keepColumns(all, places),
      validation: keepColumns(designMatrix(design, validation.table, validation.rows), places),
    },
  };
}

/** The columns with most entries, ascending; of equal ones the first. */
function frequentColumns({ width, indices }: SparseMatrix): Uint32Array {
  const counts = new Uint32Array(width);
  for (const column of indices) counts[column]!++;
  const used = Uint32Array.from({ length: width }, (_, column) => column).filter((column) => counts[column]! > 0);
  return used
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, MOST_COLUMNS)
    .sort();
}

/** The place of each column among those that are kept; -1 for the others. */
export function placesOf(columns: Uint32Array, width: number): Int32Array {
  const places = new Int32Array(width).fill(-1);
  columns.forEach((column, place) => {
    places[column] = place;
  });
  return places;
}

/** The same rows over the kept columns. */
export function keepColumns({ rows, offsets, indices, values }: SparseMatrix, places: Int32Array): SparseMatrix {
  const kept = new Uint32Array(rows + 1);
  const from = new Uint32Array(indices.length);
  const to = new Float32Array(indices.length);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
      const place = places[indices[k]!]!;
      if (place < 0) continue;
      from[at] = place;
      to[at++] = values[k]!;
    }
    kept[row + 1] = at;
  }
  return { rows, width: places.length, offsets: kept, indices: from.subarray(0, at), values: to.subarray(0, at) };
}
