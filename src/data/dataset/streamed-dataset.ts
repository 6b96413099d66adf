import {
  type Batch,
  type BatchReader,
  columnNamed,
  type EvaluationSet,
  type ExampleStream,
  type Examples,
  type FeatureSpec,
  type FeatureTable,
  type JsonObject,
  KaaykoError,
  type PartSpec,
  type Role,
  randomStream,
  type StreamOptions,
  type TargetSummary,
  type Task,
  type TrainingSample,
  targetWidth,
} from "../../core/index.ts";
import { countRoles, ROLE } from "../rows/roles.ts";
import { createTruthEncoder, TargetTally, truthColumns, weightsOf } from "../target.ts";
import { openStream, type StreamSource } from "./chunks.ts";
import { ExampleBuffer } from "./example-buffer.ts";
import { learningPass } from "./learning-pass.ts";
import { checkBatchRows, checkedRow, type RoledDataset } from "./memory-dataset.ts";
import { planPass, type Window } from "./pass-plan.ts";
import { readLabels } from "./stream-labels.ts";
import type { StreamPart } from "./stream-part.ts";

export interface StreamedDatasetRequest {
  readonly task: Task;
  readonly features: readonly FeatureSpec[];
  /** Default none. */
  readonly parts?: readonly PartSpec[];
  /** Default none. */
  readonly evaluations?: readonly EvaluationSet[];
  readonly target: TargetSummary;
  readonly main: StreamPart;
  readonly test?: StreamPart;
  /** Of the training rows. Default unknown. */
  readonly sample?: TrainingSample;
  /** Bytes that an algorithm may keep of the rows; see `Dataset`. */
  readonly maxMemory?: number;
  /** Rows shuffled together. Default 131,072. */
  readonly windowRows?: number;
}

/** A dataset that reads its file again for every pass. Memory: two windows of rows, and one byte for every row's role. */
export function createStreamedDataset(request: StreamedDatasetRequest): RoledDataset {
  const { task, features, parts, target, main, test } = request;
  const partOf = (role: Role) => (role === "test" && test !== undefined ? test : main);
  return {
    task,
    features,
    ...(parts === undefined ? {} : { parts }),
    ...(request.evaluations === undefined ? {} : { evaluations: request.evaluations }),
    rows: { ...countRoles(main.roles), test: countRoles(partOf("test").roles).test },
    target,
    inMemory: false,
    ...(request.maxMemory === undefined ? {} : { maxMemory: request.maxMemory }),
    ...(request.sample === undefined ? {} : { sample: request.sample }),
    roles: main.roles,
    labels: (role) => readLabels(partOf(role), task, role),
    learning: (batchRows) => learningPass(main, task, batchRows),
    examples: async () => {
      throw new KaaykoError({
        action: "hold the rows in memory",
        rule: "the data must fit --max-memory",
        remedy: "Use a smaller --sample-size, a larger --max-memory, or an algorithm that streams.",
        kind: "usage",
      });
    },
    stream: async (role, options) => new StreamedPass(partOf(role), task, role, options, request.windowRows),
    withRoles: async (roles) => {
      const again = await summarizeStream(main.stream, task, roles);
      const { sample: _, ...others } = request;
      return createStreamedDataset({ ...others, target: again, main: { ...main, roles } });
    },
  };
}

/** Reads the target's columns alone and summarises it over the training rows. */
async function summarizeStream(stream: StreamSource, task: Task, roles: Uint8Array): Promise<TargetSummary> {
  const reader = await openStream({ ...stream, columns: truthColumns(task) });
  const encode = createTruthEncoder(task);
  const tally = new TargetTally(task);
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const { columns, firstRow, rows } = batch;
      tally.add(
        encode((name) => columnNamed(columns, name)!),
        roles.subarray(firstRow, firstRow + rows),
      );
    }
    return tally.summary();
  } finally {
    await reader.close();
  }
}

/** A window in memory, and the order in which its rows are given. */
interface LoadedWindow {
  readonly examples: Examples;
  readonly order: Uint32Array;
}

/** One pass. While a window is given out, the next one is read. */
class StreamedPass implements ExampleStream {
  readonly #part: StreamPart;
  readonly #task: Task;
  readonly #role: Role;
  readonly #options: StreamOptions;
  readonly #windows: readonly Window[];
  readonly #total: number;
  readonly #encodeTruth;
  #row = 0;
  #reader: BatchReader | undefined;
  /** The chunk that the reader gives next. */
  #nextChunk = 0;
  #window: { readonly index: number; readonly loaded: Promise<LoadedWindow> } | undefined;
  #ahead: { readonly index: number; readonly loaded: Promise<LoadedWindow> } | undefined;
  /** Windows of even and of odd number lie in different memory. */
  readonly #rooms: (ExampleBuffer | undefined)[] = [undefined, undefined];
  readonly #orders: readonly Uint32Array[];
  /** Rows of the largest window. */
  readonly #largest: number;
  /** Used again for every chunk: what is thrown away often makes the memory's peak a matter of chance. */
  #places = new Uint32Array(0);
  #batch: ExampleBuffer | undefined;

  constructor(part: StreamPart, task: Task, role: Role, options: StreamOptions, windowRows: number | undefined) {
    checkBatchRows(options.batchRows);
    this.#part = part;
    this.#task = task;
    this.#role = role;
    this.#options = options;
    this.#windows = planPass(part.chunks, part.roles, role, options.shuffle, windowRows);
    this.#total = this.#windows.reduce((sum, { rows }) => sum + rows, 0);
    this.#largest = this.#windows.reduce((most, { rows }) => Math.max(most, rows), 0);
    this.#orders = [new Uint32Array(this.#largest), new Uint32Array(this.#largest)];
    this.#encodeTruth = createTruthEncoder(task, part.queries);
  }

  async next(): Promise<Examples | null> {
    if (this.#row >= this.#total) return null;
    const end = Math.min(this.#total, this.#row + this.#options.batchRows);
    let at = this.#row;
    let batch: ExampleBuffer | undefined;
    while (at < end) {
      const index = this.#windowAt(at);
      const { start, rows } = this.#windows[index]!;
      const { examples, order } = await this.#load(index);
      batch ??= this.#emptyBatch(examples);
      const until = Math.min(end, start + rows);
      batch.append(examples, order, at - start, until - start);
      at = until;
    }
    this.#row = end;
    return batch!.examples();
  }

  #emptyBatch({ table }: Examples): ExampleBuffer {
    const capacity = Math.min(this.#options.batchRows, this.#total);
    this.#batch ??= this.#newBuffer(table, capacity, this.#part.weight !== null);
    this.#batch.clear();
    return this.#batch;
  }

  #newBuffer(like: FeatureTable, capacity: number, weighted: boolean): ExampleBuffer {
    return new ExampleBuffer({ like, capacity, weighted, targetWidth: targetWidth(this.#task) });
  }

  #windowAt(row: number): number {
    let low = 0;
    let high = this.#windows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#windows[middle]!.start <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #load(index: number): Promise<LoadedWindow> {
    if (this.#window?.index !== index) {
      const ahead = this.#ahead;
      this.#ahead = undefined;
      // One window is read at a time: they share the reader.
      if (ahead !== undefined && ahead.index !== index) await ahead.loaded.catch(() => {});
      this.#window = ahead?.index === index ? ahead : { index, loaded: this.#fetch(index) };
      await this.#window.loaded;
      if (index + 1 < this.#windows.length) {
        this.#ahead = { index: index + 1, loaded: this.#fetch(index + 1) };
        // Its error belongs to whoever asks for the window.
        this.#ahead.loaded.catch(() => {});
      }
    }
    return this.#window.loaded;
  }

  async #fetch(index: number): Promise<LoadedWindow> {
    const { chunks, rows } = this.#windows[index]!;
    const before = this.#rooms[index % 2];
    before?.clear();
    for (const chunk of chunks) this.#keep(await this.#read(chunk), chunk, index % 2);
    const order = this.#orders[index % 2]!.subarray(0, rows);
    for (let i = 0; i < rows; i++) order[i] = i;
    const { shuffle } = this.#options;
    if (shuffle !== null) randomStream(shuffle.seed, "window", shuffle.epoch, index).shuffle(order);
    return { examples: this.#rooms[index % 2]!.examples(), order };
  }

  async #read(index: number): Promise<Batch> {
    const chunk = this.#part.chunks[index]!;
    this.#reader ??= await openStream(this.#part.stream);
    if (this.#nextChunk !== index) await this.#reader.seek(chunk.position);
    const batch = await this.#reader.next();
    this.#nextChunk = index + 1;
    if (batch !== null && batch.firstRow === chunk.firstRow && batch.rows === chunk.rows) return batch;
    throw new KaaykoError({
      action: `stream ${this.#part.stream.source.path}`,
      rule: `rows ${chunk.firstRow} to ${chunk.firstRow + chunk.rows} must be where they were`,
      got: batch === null ? "the end" : `rows from ${batch.firstRow}`,
      remedy: "The file changed while it was used: start again.",
      kind: "input",
    });
  }

  /** Keeps the rows of the role. */
  #keep(batch: Batch, index: number, room: number): void {
    const { weight, roles, encode } = this.#part;
    const { firstRow, rows } = this.#part.chunks[index]!;
    const wanted = ROLE[this.#role];
    if (this.#places.length < rows) this.#places = new Uint32Array(rows);
    const places = this.#places;
    let count = 0;
    for (let i = 0; i < rows; i++) if (roles[firstRow + i] === wanted) places[count++] = i;
    const table = encode(batch);
    const weights = weight === null ? null : weightsOf(columnNamed(batch.columns, weight)!);
    const target = this.#encodeTruth((name) => columnNamed(batch.columns, name)!);
    this.#rooms[room] ??= this.#newBuffer(table, this.#largest, weights !== null);
    this.#rooms[room].append({ table, target, weight: weights }, places, 0, count);
  }

  position(): JsonObject {
    return { row: this.#row };
  }

  async seek(position: JsonObject): Promise<void> {
    this.#row = checkedRow(position, this.#total);
  }

  async close(): Promise<void> {
    await this.#ahead?.loaded.catch(() => {});
    const reader = this.#reader;
    this.#reader = undefined;
    this.#window = undefined;
    this.#ahead = undefined;
    await reader?.close();
  }
}
