import { extname } from "node:path";
import { cellsOf, openSource, tagsIn } from "../../data/index.ts";
import { scoreEntities } from "../../metrics/index.ts";
import { adaptTable, loadRecipe } from "../../recipes/index.ts";
import type { EntityScoresDocument, EntityScoresRequest } from "../services.ts";

/** Endings of tables; any other file of tags is CoNLL. */
const TABLES = [".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather"];

/** Scores one file of tags against another. */
export async function scoreTagFiles({ data, predictions, strict }: EntityScoresRequest): Promise<EntityScoresDocument> {
  const [actual, predicted] = [await readTags(data), await readTags(predictions)];
  const { values, types } = scoreEntities(actual, predicted, { strict });
  return { schemaVersion: 1, data, predictions, strict, sentences: actual.length, metrics: values, types };
}

async function readTags(path: string): Promise<string[][]> {
  const format = TABLES.includes(extname(path).toLowerCase()) ? {} : { format: "conll" };
  const recipe = await loadRecipe("assistant-ner");
  const source = await adaptTable(recipe, await openSource(path, format));
  const { columns } = await source.describe();
  const name = columns.some((column) => column.name === "prediction") ? "prediction" : recipe.target;
  const reader = await source.open({ columns: [name] });
  const sentences: string[][] = [];
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next())
      for (const cell of cellsOf(batch.columns[0]!)) sentences.push(tagsIn(cell ?? ""));
  } finally {
    await reader.close();
  }
  return sentences;
}
