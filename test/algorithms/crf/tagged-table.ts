import type { FeatureTable } from "../../../src/core/index.ts";
import type { LoadedTable } from "../../../src/data/index.ts";
import { AttributeFit } from "../../../src/features/text/attribute-fit.ts";
import { createAttributeEncoder } from "../../../src/features/text/attribute-part.ts";
import { drawRows } from "../../../src/recipes/assistant/ner/generate.ts";

/** Sentences of the assistant's recipe in memory, as loaded and as encoded. */
export function taggedTable(rows: number): { readonly loaded: LoadedTable; readonly table: FeatureTable } {
  const batch = drawRows(rows, 5);
  const profile = { columns: batch.columns.map(({ name, kind }) => ({ name, kind, meanWords: 5 })) };
  const loaded = { table: batch, profile, places: rows } as unknown as LoadedTable;
  const fit = new AttributeFit("text");
  fit.add(batch);
  const { encoder } = fit.finish();
  if (encoder?.form !== "attributes") throw new Error("no attributes");
  const part = createAttributeEncoder("text", encoder.attributes)(batch.columns[0]!, rows);
  return { loaded, table: { rows, columns: [], parts: [part] } };
}
