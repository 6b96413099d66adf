import {
  type Batch,
  type Column,
  type ColumnSchema,
  columnNamed,
  type JsonObject,
  kindFor,
  type StringColumn,
  type TableSource,
  type TableWriter,
} from "../../core/index.ts";
import { cellsOf } from "../../data/index.ts";
import { matchColumns } from "../../features/index.ts";
import { checkKept, outputColumns } from "../outputs.ts";
import type { ModelPredictor } from "../predictor.ts";
import { rowsToBatch } from "../row-batch.ts";
import type { TaggedCells, TagLog } from "./tag-log.ts";
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
  /** Rows at a time. Default 4,096. */
  readonly batchRows?: number;
  /** Where tags are kept while the file is written, so that the same call goes on after a kill. Default none. */
  readonly tagLog?: TagLog;
}

/**
 * Finds the entities in a table's texts: beside what is kept and the text itself, `prediction` (IOB2 tags of its words, apart by spaces) and
 * `entities` (JSON: type, start and end in UTF-16 units, text).
 *
 * @returns rows and bytes written; null where `stop` ended it
 * @throws KaaykoError (input) where the table lacks the column of texts; (usage) where a kept column has the name of an output
 */
export async function tagFile(options: TagFileOptions): Promise<{ rows: number; bytes: number } | null> {
  const { predictor, source, threads = 1, batchRows = BATCH_ROWS } = options;
  const description = await source.describe();
  const { columns, kinds } = matchColumns(predictor.model.pipeline, description, source.path);
  const kept = [...new Set([...options.keep, ...columns])];
  const schema = kept.map((name) => {
    const column = description.columns.find((candidate) => candidate.name === name)!;
    return { ...column, kind: kindFor(name, kinds) ?? column.kind };
  });
  checkKept(kept, predictor.model.task);
  const reader = await source.open({ columns: kept, kinds, batchRows, threads });
  const writer = await options.openWriter([...schema, ...outputColumns(predictor.model.task)]);
  let done = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const cells = await taggedCells(options, batch);
      await writer.write({ ...batch, columns: [...batch.columns, ...columnsOf(cells)] });
      done += batch.rows;
      options.onProgress?.(done, description.rows);
      if (options.stop?.() === true) {
        await options.tagLog?.flush();
        await writer.abort();
        return null;
      }
    }
    const written = await writer.finish();
    await options.tagLog?.finish();
    return written;
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

/** Cells from the log where it has them, else made and noted in it. */
async function taggedCells({ predictor, tagLog }: TagFileOptions, batch: Batch): Promise<readonly TaggedCells[]> {
  const known = await tagLog?.read(batch.firstRow, batch.rows);
  if (known !== undefined) return known;
  const tagged = await tagTexts(predictor, textsOf(predictor, batch));
  const cells = tagged.map(({ tags, entities }): TaggedCells => [tags.join(" "), JSON.stringify(entities)]);
  await tagLog?.add(batch.firstRow, cells);
  return cells;
}

function columnsOf(cells: readonly TaggedCells[]): Column[] {
  return ["prediction", "entities"].map((name, i) =>
    stringColumn(
      name,
      cells.map((row) => row[i]!),
    ),
  );
}

function stringColumn(name: string, cells: readonly string[]): StringColumn {
  const codes = Uint32Array.from(cells, (_, row) => row + 1);
  return { kind: "categorical", name, codes, dictionary: cells };
}
