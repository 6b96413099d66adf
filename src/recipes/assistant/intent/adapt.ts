import type { TableSource } from "../../../core/index.ts";
import { mappedSource } from "../../../data/index.ts";

export const TEXT = "text";
export const TARGET = "intent";
export const OUT_OF_SCOPE = "out_of_scope";

/** How columns of what is said and of what is meant are called elsewhere. */
const TEXTS = ["text", "utterance", "query", "sentence", "question", "tokens"];
const INTENTS = ["intent", "category", "label", "intent_label", "class", "labels"];
/** How data sets call what no intent fits. */
const OUTSIDE = /^(?:oos|ood|out[ _-]?of[ _-]?scope|out[ _-]?of[ _-]?domain|none|fallback)$/i;

/** Reads tables whose columns have other names, and one name for what is out of scope; any other table stays as it is. */
export async function adaptIntents(source: TableSource): Promise<TableSource> {
  const names = (await source.describe()).columns.map(({ name }) => name);
  const text = TEXTS.find((name) => names.includes(name));
  const intent = INTENTS.find((name) => names.includes(name));
  if (text === undefined) return source;
  return mappedSource(source, [
    { from: text, to: TEXT },
    ...(intent === undefined
      ? []
      : [{ from: intent, to: TARGET, cell: (name: string) => (OUTSIDE.test(name) ? OUT_OF_SCOPE : name) }]),
  ]);
}
