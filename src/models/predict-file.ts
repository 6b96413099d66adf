import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnSchema,
  columnNamed,
  type FeatureTable,
  kindFor,
  type SourceDescription,
  type TableSource,
  type TableWriter,
  unknownRows,
} from "../core/index.ts";
import { missingColumn } from "../data/index.ts";
import { type MatchedColumns, matchColumns, withDerivation } from "../features/index.ts";
import { explainedColumnNames, explainedColumns } from "./explained-outputs.ts";
import { checkKept, outputBatch, outputColumns } from "./outputs.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { ModelPredictor } from "./predictor.ts";
import { reasonColumn, reasonsOf } from "./reasons.ts";
import { ruledColumnNames, ruledColumns } from "./ruled-outputs.ts";
import { tagFile } from "./tagging/index.ts";

const BATCH_ROWS = 65_536;
/** Numbers that explain a batch at most. */
const BATCH_CELLS = 4_000_000;

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
  /** Asked after every batch; true ends the work, and nothing is written but the log. */
  readonly stop?: () => boolean;
  /**
   * Where predictions are kept while the file is written, so that the same call goes on after a kill or a stop: rows that are
   * there are not predicted again, and the output is the same bytes. Default none.
   */
  readonly log?: PredictionLog;
  /** Whether columns say what each feature adds to the score: `base_score`, `contribution_<feature>`. Default false. */
  readonly explain?: boolean;
  /** Rows at a time. Default 65,536. */
  readonly batchRows?: number;
  /** Threads that decode while rows are predicted. Default 1: this one. */
  readonly threads?: number;
}

/**
 * Predicts a file batch by batch, in memory that does not grow with its rows. Rows keep their order.
 *
 * @returns rows and bytes written; null where `stop` ended it
 * @throws KaaykoError (input) where the source lacks a column that the model was trained with
 */
export async function predictFile(given: PredictFileOptions): Promise<{ rows: number; bytes: number } | null> {
  const { predictor, keep = [] } = given;
  const source = withDerivation(given.source, predictor.model.pipeline.derived);
  const options = { ...given, source };
  const description = await source.describe();
  const kept = keep === "all" ? description.columns.map(({ name }) => name) : keep;
  if (predictor.model.task.kind === "tagging") return tagFile({ ...options, keep: kept });
  const ruledNames = predictor.rules === null ? [] : ruledColumnNames(predictor.rules.rules);
  checkKept(kept, predictor.model.task, [...ruledNames, ...explainedNames(options)]);
  const { columns, kinds } = inputsOf(options, description, kept);
  const reader = await source.open({
    columns,
    kinds,
    batchRows: options.batchRows ?? batchRowsOf(options),
    threads: options.threads ?? 1,
  });
  try {
    const keptSchema = kept.map((name) => {
      const column = description.columns.find((candidate) => candidate.name === name)!;
      return { ...column, kind: kindFor(name, kinds) ?? column.kind };
    });
    const ruled = predictor.rules === null ? [] : ruledColumnNames(predictor.rules.rules);
    const ruledSchema = ruled.map((name): ColumnSchema => ({ name, kind: "categorical", physical: "string" }));
    const explainedSchema = explainedNames(options).map((name): ColumnSchema => {
      return { name, kind: "numeric", physical: "double" };
    });
    const { task } = predictor.model;
    const reasons: ColumnSchema[] =
      task.kind === "anomaly" ? [{ name: "reasons", kind: "categorical", physical: "string" }] : [];
    const outputs = [...outputColumns(task), ...reasons];
    const writer = await options.openWriter([...keptSchema, ...outputs, ...ruledSchema, ...explainedSchema]);
    return await pump(options, reader, writer, kept, description.rows);
  } finally {
    await reader.close();
  }
}

/** Fewer rows where each of them gets many columns. */
function batchRowsOf(options: PredictFileOptions): number {
  const columns = explainedNames(options).length;
  return Math.max(256, Math.min(BATCH_ROWS, Math.floor(BATCH_CELLS / Math.max(1, columns))));
}

function explainedNames({ predictor, explain = false }: PredictFileOptions): string[] {
  return explain ? explainedColumnNames(predictor.model) : [];
}

/** What to read: the model's inputs, and what is kept. */
function inputsOf(
  { predictor, source, notify }: PredictFileOptions,
  description: SourceDescription,
  kept: readonly string[],
): Pick<MatchedColumns, "columns" | "kinds"> {
  const { model } = predictor;
  const names = description.columns.map(({ name }) => name);
  for (const name of kept) if (!names.includes(name)) throw missingColumn(source.path, name, names);
  const { columns, kinds, extra } = matchColumns(model.pipeline, description, source.path);
  const { inputs = [], outputs = [] } = model.pipeline.derived ?? {};
  const used = new Set([model.task.target, ...kept, ...inputs.map(({ name }) => name), ...outputs]);
  const unused = extra.filter((name) => !used.has(name));
  if (unused.length > 0) notify?.(`Columns that the model does not use: ${unused.slice(0, 20).join(", ")}.`);
  return { columns: [...new Set([...columns, ...kept])], kinds };
}

async function pump(
  { predictor, explain = false, onProgress, notify, stop, log }: PredictFileOptions,
  reader: BatchReader,
  writer: TableWriter,
  kept: readonly string[],
  total: number | undefined,
): Promise<{ rows: number; bytes: number } | null> {
  let done = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const table = predictor.encodeChecked(batch);
      const predictions = await predictWith(predictor, log, batch, table);
      const keptColumns = kept.map((name) => columnNamed(batch!.columns, name)!);
      const { task } = predictor.model;
      const unknown = task.intervalBy === undefined ? undefined : unknownRows(task, table);
      const made = outputBatch(predictor.model, predictions, batch.rows, batch.firstRow, keptColumns, unknown);
      const ruled = predictor.rules === null ? [] : ruledColumns(predictor.rules, table, predictions);
      const reasons = task.kind === "anomaly" ? [reasonColumn(await reasonsOf(predictor, table, predictions))] : [];
      const explained = explain ? await explainRows(predictor, table) : [];
      await writer.write({ ...made, columns: [...made.columns, ...reasons, ...ruled, ...explained] });
      done += batch.rows;
      onProgress?.(done, total);
      if (stop?.() === true) {
        await log?.flush();
        await writer.abort();
        return null;
      }
    }
    for (const notice of predictor.notices()) notify?.(notice);
    const written = await writer.finish();
    await log?.finish();
    return written;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function explainRows(predictor: ModelPredictor, table: FeatureTable): Promise<Column[]> {
  const contributions = await predictor.explain(table);
  return explainedColumns(predictor.model, contributions, table.rows);
}

/** Predictions from the log where it has them, else made and noted in it. */
async function predictWith(
  predictor: ModelPredictor,
  log: PredictionLog | undefined,
  batch: Batch,
  table: FeatureTable,
): Promise<Float64Array> {
  const known = await log?.read(batch.firstRow, batch.rows);
  if (known !== undefined) return known;
  const predictions = await predictor.predictTable(table);
  await log?.add(batch.firstRow, predictions);
  return predictions;
}
