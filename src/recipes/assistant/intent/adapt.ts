import type { TableSource } from "../../../core/index.ts";
import { mappedSource } from "../../../data/index.ts";
import { findTextColumns, TEXT_NAMES } from "../../text-columns.ts";
import { spaced } from "../../word-lists.ts";

export const TEXT = "text";
export const TARGET = "intent";
export const OUT_OF_SCOPE = "out_of_scope";

/** How columns of what is meant are called elsewhere. */
const INTENTS = [TARGET, "category", "label", "intent_label", "class", "labels"];
/** How data sets call what no intent fits. */
const OUTSIDE = /^(?:oos|ood|out[ _-]?of[ _-]?scope|out[ _-]?of[ _-]?domain|none|fallback)$/i;

/** Reads tables whose columns have other names or none, and one name for what is out of scope; any other table stays as it is. */
export async function adaptIntents(source: TableSource): Promise<TableSource> {
  const { text, label } = await findTextColumns(source, { texts: TEXT_NAMES, labels: INTENTS });
  if (text === undefined) return source;
  return mappedSource(source, [
    { from: text, to: TEXT, cell: spaced },
    ...(label === undefined
      ? []
      : [{ from: label, to: TARGET, cell: (name: string) => (OUTSIDE.test(name) ? OUT_OF_SCOPE : name) }]),
  ]);
}
