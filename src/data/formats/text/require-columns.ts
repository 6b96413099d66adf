import { type Batch, type ColumnSchema, KaaykoError } from "../../../core/index.ts";

/** @throws KaaykoError where a batch does not have the columns that a writer was opened with */
export function requireColumns(path: string, columns: readonly ColumnSchema[], batch: Batch): void {
  const same =
    columns.length === batch.columns.length &&
    columns.every(
      ({ name, kind }, index) => batch.columns[index]!.name === name && batch.columns[index]!.kind === kind,
    );
  if (same) return;
  throw new KaaykoError({
    action: `write ${path}`,
    rule: "every batch must have the columns that the file was opened with",
    got: batch.columns
      .map(({ name, kind }) => `${name} (${kind})`)
      .join(", ")
      .slice(0, 200),
  });
}
