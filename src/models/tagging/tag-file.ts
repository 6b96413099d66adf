import {
  type Batch,
  type Column,
  type ColumnSchema,
  columnNamed,
  type JsonObject,
  type StringColumn,
  type TableSource,
  type TableWriter,
} from "../../core/index.ts";
import { cellsOf } from "../../data/index.ts";
import { matchColumns } from "../../features/index.ts";
import { checkKept, outputColumns } from "../outputs.ts";
import type { ModelPredictor } from "../predictor.ts";
import { rowsToBatch } from "../row-batch.ts";
import { tagTexts } from "./tag-texts.ts";

const BATCH_ROWS = 4096;

export interface TagFileOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  readonly openWriter: (columns: readonly ColumnSchema[]) => Promise<TableWriter>;
  /** Columns of the source that are written first. */
  readonly keep: readonly string[];
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  /** Asked after every batch; true ends the work, and nothing is written. */
  readonly stop?: () => boolean;
  readonly threads?: number;
}

/**
 * Finds the entities in a table's texts: beside what is kept and the text itself, `prediction` (IOB2 tags of its words, apart by spaces) and
 * `entities` (JSON: type, start and end in UTF-16 units, text).
 *
 * @returns rows and bytes written; null where `stop` ended it
 * @throws KaaykoError (input) where the table lacks the column of texts; (usage) where a kept column has the name of an output
 */
export async function tagFile(options: TagFileOptions): Promise<{ rows: number; bytes: number } | null> {
  const { predictor, source, threads = 1 } = options;
  const description = await source.describe();
  const { columns, kinds } = matchColumns(predictor.model.pipeline, description, source.path);
  const kept = [...new Set([...options.keep, ...columns])];
  const schema = kept.map((name) => description.columns.find((column) => column.name === name)!);
  checkKept(kept, predictor.model.task);
  const reader = await source.open({ columns: kept, kinds, batchRows: BATCH_ROWS, threads });
  const writer = await options.openWriter([...schema, ...outputColumns(predictor.model.task)]);
  let done = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      await writer.write({ ...batch, columns: [...batch.columns, ...(await taggedColumns(predictor, batch))] });
      done += batch.rows;
      options.onProgress?.(done, description.rows);
      if (options.stop?.() === true) {
        await writer.abort();
        return null;
      }
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await reader.close();
  }
}

/** Finds the entities in rows of JSON: `prediction` (tags of the words) and `entities`. */
export async function tagRows(predictor: ModelPredictor, rows: readonly unknown[]): Promise<JsonObject[]> {
  const tagged = await tagTexts(predictor, textsOf(predictor, rowsToBatch(predictor.inputs, rows)));
  return tagged.map(({ tags, entities }) => ({ prediction: [...tags], entities: entities.map((one) => ({ ...one })) }));
}

function textsOf({ model }: ModelPredictor, { columns }: Pick<Batch, "columns">): (string | null)[] {
  return cellsOf(columnNamed(columns, model.task.text!)!);
}

async function taggedColumns(predictor: ModelPredictor, batch: Batch): Promise<Column[]> {
  const tagged = await tagTexts(predictor, textsOf(predictor, batch));
  return [
    stringColumn(
      "prediction",
      tagged.map(({ tags }) => tags.join(" ")),
    ),
    stringColumn(
      "entities",
      tagged.map(({ entities }) => JSON.stringify(entities)),
    ),
  ];
}

function stringColumn(name: string, cells: readonly string[]): StringColumn {
  const codes = Uint32Array.from(cells, (_, row) => row + 1);
  return { kind: "categorical", name, codes, dictionary: cells };
}
