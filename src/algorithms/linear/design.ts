import {
  type FeatureColumn,
  type FeatureSpec,
  type FeatureTable,
  KaaykoError,
  type PartSpec,
  type SparsePart,
} from "../../core/index.ts";
import type { SparseMatrix } from "../../kernels/linear/index.ts";

/** How features become columns of a matrix. Plain data: part of the model. */
export interface Design {
  /** Width of each sparse part; they come first. */
  readonly parts: readonly { readonly name: string; readonly width: number }[];
  readonly columns: readonly DesignColumn[];
  readonly width: number;
}

/** A numeric feature is scaled and clipped, missing is 0; a category is 1 in a column of its own, missing in none. */
export type DesignColumn =
  | { readonly kind: "numeric"; readonly name: string; readonly mean: number; readonly scale: number }
  | { readonly kind: "categorical"; readonly name: string; readonly cardinality: number };

/** Standard deviations beyond which a number says no more. */
const CLIP = 5;
/** Length of a number one standard deviation from the mean: a text's row has length about 1, and no number should drown it. */
const NUMBER_LENGTH = 0.25;

export function planDesign(features: readonly FeatureSpec[], parts: readonly PartSpec[]): Design {
  const sparse = parts.filter(({ kind }) => kind === "sparse").map(({ name, size }) => ({ name, width: size.width! }));
  const columns = features.map(
    ({ name, kind, mean, std, cardinality }): DesignColumn =>
      kind === "numeric" ? { kind, name, mean, scale: std > 0 ? NUMBER_LENGTH / std : 0 } : { kind, name, cardinality },
  );
  const width = sparse.reduce((sum, part) => sum + part.width, 0) + columns.reduce((sum, c) => sum + widthOf(c), 0);
  return { parts: sparse, columns, width };
}

export function widthOf(column: DesignColumn): number {
  return column.kind === "numeric" ? 1 : column.cardinality;
}

/**
 * The matrix of some rows of a table.
 *
 * @param rows places of the rows; null for all
 */
export function designMatrix(design: Design, table: FeatureTable, rows: Uint32Array | null): SparseMatrix {
  const count = rows?.length ?? table.rows;
  const parts = design.parts.map(({ name }) => sparsePart(table, name));
  const offsets = new Uint32Array(count + 1);
  const most = parts.reduce((sum, part) => sum + entriesOf(part, rows), 0) + count * design.columns.length;
  const indices = new Uint32Array(most);
  const values = new Float32Array(most);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : rows[i]!;
    let first = 0;
    for (const part of parts) {
      for (let k = part.offsets[row]!; k < part.offsets[row + 1]!; k++) {
        indices[at] = first + part.indices[k]!;
        values[at++] = part.values[k]!;
      }
      first += part.width;
    }
    for (let c = 0; c < design.columns.length; c++) {
      const column = design.columns[c]!;
      const entry = entryOf(column, table.columns[c]!, row);
      if (entry !== null && entry.value !== 0) {
        indices[at] = first + entry.column;
        values[at++] = entry.value;
      }
      first += widthOf(column);
    }
    offsets[i + 1] = at;
  }
  return {
    rows: count,
    width: design.width,
    offsets,
    indices: indices.subarray(0, at),
    values: values.subarray(0, at),
  };
}

function entryOf(column: DesignColumn, feature: FeatureColumn, row: number): { column: number; value: number } | null {
  if (column.kind === "categorical") {
    const code = feature.kind === "categorical" ? feature.codes[row]! : 0;
    return code === 0 || code > column.cardinality ? null : { column: code - 1, value: 1 };
  }
  const value = feature.kind === "numeric" ? feature.values[row]! : Number.NaN;
  if (Number.isNaN(value)) return null;
  const border = CLIP * NUMBER_LENGTH;
  return { column: 0, value: Math.max(-border, Math.min(border, (value - column.mean) * column.scale)) };
}

function entriesOf({ offsets }: SparsePart, rows: Uint32Array | null): number {
  if (rows === null) return offsets.at(-1)! - offsets[0]!;
  return rows.reduce((sum, row) => sum + offsets[row + 1]! - offsets[row]!, 0);
}

function sparsePart(table: FeatureTable, name: string): SparsePart {
  const part = table.parts?.find((other) => other.name === name);
  if (part?.kind === "sparse") return part;
  throw new KaaykoError({ action: "use a linear model", rule: `the features must have the sparse rows ${name}` });
}
