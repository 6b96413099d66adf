import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnSchema,
  columnNamed,
  type FeatureTable,
  isStringColumn,
  kindFor,
  newCodes,
  type SourceDescription,
  type TableSource,
  type TableWriter,
  unknownRows,
} from "../core/index.ts";
import { missingColumn } from "../data/index.ts";
import {
  impossibleRows,
  type LowestCaps,
  lowestCaps,
  type MatchedColumns,
  matchColumns,
  withDerivation,
} from "../features/index.ts";
import { explainedColumnNames, explainedColumns } from "./explained-outputs.ts";
import { checkKept, outputBatch, outputColumns } from "./outputs.ts";
import type { PredictionLog } from "./prediction-log.ts";
import type { ModelPredictor } from "./predictor.ts";
import { reasonColumn, reasonsOf } from "./reasons.ts";
import { ruledColumnNames, ruledColumns } from "./ruled-outputs.ts";
import { type TagLog, tagFile } from "./tagging/index.ts";

const ERROR_COLUMN = "error";
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
  /** The same for a model that tags texts. Default none. */
  readonly tagLog?: TagLog;
  /** Whether columns say what each feature adds to the score: `base_score`, `contribution_<feature>`. Default false. */
  readonly explain?: boolean;
  /**
   * What a row does that the model's rules say cannot be: `stop` ends the work with an error; `skip` leaves its prediction empty, says why
   * in the column `error`, and goes on. Default "stop".
   */
  readonly onError?: "stop" | "skip";
  /** Told of every batch: its rows, and the milliseconds that encoding, predicting and explaining it took. */
  readonly onBatch?: (rows: number, milliseconds: number) => void;
  /** Rows at a time. Default 65,536. */
  readonly batchRows?: number;
  /** Threads that decode while rows are predicted. Default 1: this one. */
  readonly threads?: number;
}

/** What became of a file. */
export interface PredictedFile {
  readonly rows: number;
  readonly bytes: number;
  /** Rows without a prediction, where those are skipped that cannot be. */
  readonly skipped?: number;
}

/**
 * Predicts a file batch by batch, in memory that does not grow with its rows. Rows keep their order.
 *
 * @returns rows and bytes written, and how many of the rows were skipped; null where `stop` ended it
 * @throws KaaykoError (input) where the source lacks a column that the model was trained with
 */
export async function predictFile(given: PredictFileOptions): Promise<PredictedFile | null> {
  const { predictor, keep = [] } = given;
  const source = withDerivation(given.source, predictor.model.pipeline.derived);
  const options = { ...given, source };
  const description = await source.describe();
  const kept = keep === "all" ? description.columns.map(({ name }) => name) : keep;
  if (predictor.model.task.kind === "tagging") return tagFile({ ...options, keep: kept });
  const ruledNames = predictor.rules === null ? [] : ruledColumnNames(predictor.rules.rules);
  const errorNames = skips(options) ? [ERROR_COLUMN] : [];
  checkKept(kept, predictor.model.task, [...ruledNames, ...explainedNames(options), ...errorNames]);
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
    const errorSchema: ColumnSchema[] = skips(options)
      ? [{ name: ERROR_COLUMN, kind: "categorical", physical: "string" }]
      : [];
    const schema = [...keptSchema, ...outputs, ...ruledSchema, ...explainedSchema, ...errorSchema];
    const writer = await options.openWriter(schema);
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
  options: PredictFileOptions,
  reader: BatchReader,
  writer: TableWriter,
  kept: readonly string[],
  total: number | undefined,
): Promise<PredictedFile | null> {
  const { predictor, onProgress, onBatch, notify, stop, log } = options;
  let done = 0;
  let skipped = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const begun = performance.now();
      const made = await predictBatch(options, batch, kept);
      onBatch?.(batch.rows, performance.now() - begun);
      await writer.write(made);
      skipped += made.skipped;
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
    return skips(options) ? { ...written, skipped } : written;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The columns that are written of a batch, and how many of its rows were skipped. */
async function predictBatch(
  { predictor, explain = false, log, onError = "stop" }: PredictFileOptions,
  batch: Batch,
  kept: readonly string[],
): Promise<Batch & { readonly skipped: number }> {
  const { rules, model } = predictor;
  const faults = onError === "skip" && rules !== null ? impossibleRows(rules.checks, batch) : null;
  const table = faults === null ? predictor.encodeChecked(batch) : predictor.encode(batch);
  const caps = rules === null ? undefined : lowestCaps(rules, table);
  const predictions = await predictWith(predictor, log, batch, table, caps);
  const keptColumns = kept.map((name) => columnNamed(batch.columns, name)!);
  const unknown = model.task.intervalBy === undefined ? undefined : unknownRows(model.task, table);
  const ruled = caps === undefined ? [] : ruledColumns(rules!, caps, predictions);
  const reasons = model.task.kind === "anomaly" ? [reasonColumn(await reasonsOf(predictor, table, predictions))] : [];
  const explained = explain ? await explainRows(predictor, table) : [];
  const errors = faults === null ? [] : [errorColumn(faults, batch.rows)];
  for (const row of faults?.keys() ?? []) {
    predictions[row] = Number.NaN;
    for (const column of ruled) if (isStringColumn(column)) column.codes[row] = 0;
  }
  const made = outputBatch(model, predictions, batch.rows, batch.firstRow, keptColumns, unknown);
  return {
    ...made,
    columns: [...made.columns, ...reasons, ...ruled, ...explained, ...errors],
    skipped: faults?.size ?? 0,
  };
}

/** Whether there is a column that says why rows have no prediction. Only rules can say that of a row. */
function skips({ onError, predictor }: PredictFileOptions): boolean {
  return onError === "skip" && predictor.rules !== null;
}

function errorColumn(faults: ReadonlyMap<number, string>, rows: number): Column {
  const dictionary = [...new Set(faults.values())];
  const numberOf = new Map(dictionary.map((reason, i) => [reason, i + 1]));
  const codes = newCodes(rows, dictionary.length);
  for (const [row, reason] of faults) codes[row] = numberOf.get(reason)!;
  return { kind: "categorical", name: ERROR_COLUMN, codes, dictionary };
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
  caps: LowestCaps | undefined,
): Promise<Float64Array> {
  const known = await log?.read(batch.firstRow, batch.rows);
  if (known !== undefined) return known;
  const predictions = await predictor.predictTable(table, caps);
  await log?.add(batch.firstRow, predictions);
  return predictions;
}
