import {
  type Batch,
  type BatchReader,
  type ColumnSchema,
  type JsonObject,
  KaaykoError,
  nestState,
  type OpenOptions,
  type Resumable,
  type State,
  type StepReport,
  type Table,
  unnestState,
} from "../core/index.ts";
import { type ColumnChoice, chooseColumns } from "./choose-columns.ts";
import { TableBuilder } from "./gather.ts";
import { misfit, noRows, readError } from "./load-problems.ts";
import { type LoadedTable, makeLoadedTable } from "./loaded-table.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { Profiler } from "./profile/profiler.ts";
import { type RowSample, type SampleSize, sampleRowCount, sampleRows } from "./rows/sample.ts";
import { sampledRows } from "./sampled-rows.ts";

export interface LoadRequest extends ColumnChoice {
  /** `memory` keeps the table; `stream` reads it once for its profile and keeps nothing. */
  readonly mode: "memory" | "stream";
  /** Rows to use. Default all. `atMost` cuts what the size gives. */
  readonly sample?: { readonly size: SampleSize; readonly seed: number; readonly atMost?: number };
  /** Bytes that the kept table may take; more is refused with the sample size that would fit. Default no limit. */
  readonly maxMemory?: number;
  /** Threads that decode. Default 1. */
  readonly threads?: number;
  /** Rows in a batch. Default a sixteenth of the source, from 64 to 65,536. */
  readonly batchRows?: number;
}

/** The load stage: reads a source once, a batch a step, and learns its profile. */
export interface TableLoader extends Resumable {
  /**
   * What was loaded; allowed after the step that reported `done`, and on a fresh object that was given the state of a
   * finished one, which then reads the table again.
   */
  product(): Promise<LoadedTable>;
  /** Closes the file. Safe to call twice. */
  dispose(): Promise<void>;
}

const VERSION = 2;
const MAX_BATCH_ROWS = 65_536;
const MIN_BATCH_ROWS = 64;
/** A small source is read in several batches, too, so that its loading can be stopped and continued within. */
const BATCHES = 16;
/** Of a cell, for sources that do not know how many rows they have. */
const LIKELY_CELL_BYTES = 8;
const MAX_ROWS = 2 ** 32 - 1;

/**
 * Makes the loader of a source.
 *
 * @throws KaaykoError where the source has no such columns, no readable column, or no rows, or a sample is larger than it
 */
export async function createTableLoader(request: LoadRequest): Promise<TableLoader> {
  const description = await request.source.describe();
  const schema = chooseColumns(description.columns, request);
  if (description.rows === 0) throw noRows(request.source.path);
  return new Loader(request, schema, description.rows, description.bytes);
}

class Loader implements TableLoader {
  readonly version = VERSION;
  readonly #request: LoadRequest;
  readonly #schema: readonly ColumnSchema[];
  readonly #bytes: number;
  readonly #batchRows: number;
  readonly #profiler: Profiler;
  #sourceRows: number | undefined;
  /** Rows counted before a sample can be drawn from a source that does not know how many it has. */
  #counting: boolean;
  #sample: RowSample | null = null;
  #step = 0;
  #done = false;
  #row = 0;
  #position: JsonObject | null = null;
  /** Where the batch before it began. */
  #before: JsonObject | null = null;
  #reader: BatchReader | undefined;
  #builder: TableBuilder | undefined;
  readonly #guard: MemoryGuard | null;

  constructor(request: LoadRequest, schema: readonly ColumnSchema[], rows: number | undefined, bytes: number) {
    this.#request = request;
    this.#schema = schema;
    this.#bytes = bytes;
    this.#batchRows = request.batchRows ?? likelyBatchRows(rows ?? bytes / (schema.length * LIKELY_CELL_BYTES));
    this.#profiler = new Profiler(schema);
    const { mode, maxMemory } = request;
    this.#guard = mode === "stream" || maxMemory === undefined ? null : new MemoryGuard(maxMemory);
    this.#sourceRows = rows;
    this.#counting = rows === undefined && request.sample !== undefined && !isWhole(request.sample);
    if (!this.#counting) this.#drawSample();
  }

  #drawSample(): void {
    const { sample } = this.#request;
    const of = this.#sourceRows;
    if (sample === undefined || of === undefined) return;
    const rows = Math.min(sample.atMost ?? of, sampleRowCount(sample.size, of));
    this.#sample = rows < of ? sampleRows(of, rows, sample.seed) : null;
  }

  get #keepsAll(): boolean {
    return this.#request.mode === "memory" && this.#sample === null;
  }

  get #keepsSample(): boolean {
    return this.#request.mode === "memory" && this.#sample !== null;
  }

  async step(): Promise<StepReport> {
    if (this.#done) throw new KaaykoError({ action: "load on", rule: "loading must not be done yet" });
    this.#reader ??= await this.#open(true);
    const before = this.#reader.position();
    const batch = await this.#reader.next();
    if (batch === null) return this.#counting ? this.#endCount() : this.#finish();
    this.#step++;
    if (!this.#counting) this.#take(batch);
    this.#row = batch.firstRow + batch.rows;
    if (this.#row > MAX_ROWS) throw readError(this.#request.source.path, `it may have ${MAX_ROWS} rows`, "more");
    this.#before = before;
    this.#position = this.#reader.position();
    return this.#report(this.#counting ? "counting rows" : `${this.#row.toLocaleString("en-US")} rows`);
  }

  #take(batch: Batch): void {
    const used = sampledRows(batch, this.#sample);
    this.#profiler.add(used);
    if (this.#keepsSample) this.#keep(used);
    const { rows } = this.#profiler;
    this.#guard?.check(batch, rows, this.#sample?.rows ?? this.#sourceRows ?? rows);
  }

  #keep(used: Pick<Batch, "rows" | "columns">): void {
    this.#builder ??= new TableBuilder(this.#sample!.rows);
    this.#builder.append(used);
  }

  async #endCount(): Promise<StepReport> {
    await this.dispose();
    this.#sourceRows = this.#row;
    if (this.#row === 0) throw noRows(this.#request.source.path);
    this.#counting = false;
    this.#drawSample();
    this.#row = 0;
    this.#position = null;
    this.#step++;
    return this.#report("rows counted");
  }

  #finish(): StepReport {
    if (this.#row === 0) throw noRows(this.#request.source.path);
    if (this.#sourceRows !== undefined && this.#sourceRows !== this.#row)
      throw readError(
        this.#request.source.path,
        `it must have the ${this.#sourceRows} rows that it declares`,
        `${this.#row}`,
      );
    this.#sourceRows = this.#row;
    this.#done = true;
    return this.#report(`${this.#profiler.rows.toLocaleString("en-US")} rows`);
  }

  #report(note: string): StepReport {
    const total = this.#total();
    return { done: this.#done, step: this.#step, ...(total === undefined ? {} : { total }), unit: "chunk", note };
  }

  /** Steps in all, as far as batches are full; unknown while rows are counted. */
  #total(): number | undefined {
    if (this.#sourceRows === undefined || this.#counting) return undefined;
    return this.#step + Math.ceil((this.#sourceRows - this.#row) / this.#batchRows);
  }

  /** Opens the reader where the last step left off, with what lies before in memory. */
  async #open(retain: boolean): Promise<BatchReader> {
    const options = this.#options(this.#counting ? this.#schema.slice(0, 1) : this.#schema);
    const reader = await this.#request.source.open({ ...options, retain: retain && !this.#counting && this.#keepsAll });
    if (this.#position === null) return reader;
    if (this.#counting || !this.#keepsSample) {
      await this.#resume(reader);
      return reader;
    }
    this.#builder = undefined;
    for (let row = 0; row < this.#row; ) {
      const batch = await reader.next();
      if (batch === null)
        throw readError(this.#request.source.path, "it must not have changed", "fewer rows than before");
      this.#keep(sampledRows(batch, this.#sample));
      row = batch.firstRow + batch.rows;
    }
    return reader;
  }

  /** Reads the last batch once more where rows are kept: a reader that is sent to its very end has no reason to load them. */
  async #resume(reader: BatchReader): Promise<void> {
    if (this.#counting || !this.#keepsAll) return reader.seek(this.#position!);
    await reader.seek(this.#before!);
    await reader.next();
  }

  #options(schema: readonly ColumnSchema[]): OpenOptions {
    const { kinds, threads = 1 } = this.#request;
    const batchRows = this.#batchRows;
    const columns = schema.map(({ name }) => name);
    const own = Object.fromEntries(Object.entries(kinds ?? {}).filter(([name]) => columns.includes(name)));
    return { columns, kinds: own, batchRows, threads };
  }

  getState(): State {
    const json: JsonObject = {
      bytes: this.#bytes,
      columns: this.#schema.map(({ name, kind }) => `${kind} ${name}`),
      sourceRows: this.#sourceRows ?? null,
      counting: this.#counting,
      step: this.#step,
      done: this.#done,
      row: this.#row,
      position: this.#position,
      before: this.#before,
    };
    const profile = nestState("profile", this.#profiler.getState());
    return { json: { ...json, ...profile.json }, arrays: profile.arrays };
  }

  setState(state: State): void {
    const { json } = state;
    const own = this.getState().json;
    const profile = unnestState("profile", state);
    if (profile === undefined || typeof json.step !== "number" || typeof json.row !== "number")
      throw misfit("another state");
    if (json.bytes !== own.bytes) throw misfit(`${own.bytes} bytes now and ${json.bytes} before`);
    if (String(json.columns) !== String(own.columns)) throw misfit("other columns");
    this.#profiler.setState(profile);
    this.#step = json.step;
    this.#done = json.done === true;
    this.#row = json.row;
    this.#position = (json.position ?? null) as JsonObject | null;
    this.#before = (json.before ?? null) as JsonObject | null;
    if (typeof json.sourceRows === "number") this.#sourceRows = json.sourceRows;
    this.#counting = json.counting === true;
    if (!this.#counting) this.#drawSample();
  }

  async product(): Promise<LoadedTable> {
    if (!this.#done) throw new KaaykoError({ action: "give the table", rule: "it must be loaded first" });
    const table = this.#request.mode === "stream" ? null : await this.#table();
    await this.dispose();
    return makeLoadedTable(this.#request.source, {
      options: { kinds: {}, threads: 1, ...this.#options(this.#schema) } as LoadedTable["options"],
      profile: this.#profiler.profile(),
      sourceRows: this.#sourceRows!,
      sample: this.#sample,
      table,
    });
  }

  async #table(): Promise<Table> {
    if (this.#keepsSample && this.#builder?.rows === this.#sample!.rows) return this.#builder.table();
    if (this.#reader === undefined) {
      this.#reader = await this.#open(true);
      if ((await this.#reader.next()) !== null)
        throw readError(this.#request.source.path, "it must not have changed", "more rows than before");
    }
    return this.#keepsSample ? this.#builder!.table() : this.#reader.table();
  }

  async dispose(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }
}

function likelyBatchRows(rows: number): number {
  return Math.min(MAX_BATCH_ROWS, Math.max(MIN_BATCH_ROWS, Math.ceil(rows / BATCHES)));
}

function isWhole(sample: NonNullable<LoadRequest["sample"]>): boolean {
  return sample.size.kind === "atMost" && sample.size.rows === Infinity && sample.atMost === undefined;
}
