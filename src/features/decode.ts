import type { Batch, Column, FeatureTable } from "../core/index.ts";
import type { FeaturePipeline } from "./pipeline.ts";

/**
 * Raw columns of encoded rows, as far as features hold them as they were: numbers, and categories by their texts (rare ones are
 * missing). Dates and texts are left out.
 */
export function decodeFeatures({ encoders }: FeaturePipeline, table: FeatureTable): Batch {
  const categories = new Map<string, readonly string[]>();
  const columns = new Set<string>();
  for (const encoder of encoders) {
    if (encoder.form === "categorical") categories.set(encoder.column, encoder.categories);
    if (encoder.form === "numeric" || encoder.form === "categorical") columns.add(encoder.column);
  }
  const decoded = table.columns.flatMap((column): Column[] => {
    if (!columns.has(column.name)) return [];
    if (column.kind === "numeric") return [{ kind: "numeric", name: column.name, values: column.values }];
    const dictionary = categories.get(column.name) ?? [];
    return [{ kind: "categorical", name: column.name, codes: column.codes, dictionary }];
  });
  return { firstRow: 0, rows: table.rows, columns: decoded };
}
