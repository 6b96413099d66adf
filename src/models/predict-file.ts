import { type BatchReader, type ColumnSchema, columnNamed, type TableSource, type TableWriter } from "../core/index.ts";
import { checkKept, outputBatch, outputColumns } from "./outputs.ts";
import { chooseInputs, type ModelPredictor } from "./predictor.ts";

const BATCH_ROWS = 65_536;

export interface PredictFileOptions {
  readonly predictor: ModelPredictor;
  readonly source: TableSource;
  /** Opens where predictions go, for these columns. The file appears once everything is written. */
  readonly openWriter: (columns: readonly ColumnSchema[]) => Promise<TableWriter>;
  /** Columns of the source that are written before the predictions, such as an identifier; "all" for all. Default none. */
  readonly keep?: readonly string[] | "all";
  /** Rows done, and rows in all where known. */
  readonly onProgress?: (rows: number, total: number | undefined) => void;
  /** Says what a person should know: columns that the model does not use. */
  readonly notify?: (message: string) => void;
  /** Asked after every batch; true ends the work, and nothing is written. */
  readonly stop?: () => boolean;
  /** Threads that decode. Default 1. */
  readonly threads?: number;
}

/**
 * Predicts a file batch by batch, in memory that does not grow with its rows. Rows keep their order.
 *
 * @returns rows and bytes written; null where `stop` ended it
 * @throws KaaykoError (input) where the source lacks a column that the model was trained with
 */
export async function predictFile(options: PredictFileOptions): Promise<{ rows: number; bytes: number } | null> {
  const { predictor, source, keep = [] } = options;
  const description = await source.describe();
  const kept = keep === "all" ? description.columns.map(({ name }) => name) : keep;
  const { columns, kinds } = chooseInputs(predictor, description, source.path, kept, options.notify);
  checkKept(kept, predictor.model.task);
  const reader = await source.open({ columns, kinds, batchRows: BATCH_ROWS, threads: options.threads ?? 1 });
  try {
    const keptSchema = kept.map((name) => {
      const column = description.columns.find((candidate) => candidate.name === name)!;
      return { ...column, kind: kinds[name] ?? column.kind };
    });
    const writer = await options.openWriter([...keptSchema, ...outputColumns(predictor.model.task)]);
    return await pump(options, reader, writer, kept, description.rows);
  } finally {
    await reader.close();
  }
}

async function pump(
  { predictor, onProgress, stop }: PredictFileOptions,
  reader: BatchReader,
  writer: TableWriter,
  kept: readonly string[],
  total: number | undefined,
): Promise<{ rows: number; bytes: number } | null> {
  let done = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const predictions = await predictor.predict(batch);
      const keptColumns = kept.map((name) => columnNamed(batch!.columns, name)!);
      await writer.write(outputBatch(predictor.model, predictions, batch.rows, batch.firstRow, keptColumns));
      done += batch.rows;
      onProgress?.(done, total);
      if (stop?.() === true) {
        await writer.abort();
        return null;
      }
    }
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
