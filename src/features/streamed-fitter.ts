import {
  type Batch,
  type BatchReader,
  columnNamed,
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  rowHash,
  type State,
  type StepReport,
  streamKey,
  type TrainingSample,
  unnestState,
} from "../core/index.ts";
import {
  CHUNK_ROWS,
  type Chunk,
  countRoles,
  createTruthEncoder,
  hashBorders,
  isUnder,
  openStream,
  ROLE,
  type StreamSource,
  TableBuilder,
  TargetTally,
  truthColumns,
} from "../data/index.ts";
import { createFeatureEncoder } from "./encode.ts";
import {
  assemblePipeline,
  type FeatureFitter,
  type FitParts,
  type FitRequest,
  type FittedFeatures,
  fitParts,
} from "./fit-request.ts";
import { trainingRows } from "./memory-fitter.ts";
import { misfit } from "./misfit.ts";
import type { FeaturePipeline } from "./pipeline.ts";
import { countsOf, SampleKeeper } from "./training-sample.ts";

/** Training rows that a user's `fit` sees. */
const SAMPLE_ROWS = 100_000;

/**
 * Fits the features of a streamed file, a chunk a step: one pass over the file; where a user's features have to learn
 * first, another one before it that draws training rows for them.
 */
export class StreamedFitter implements FeatureFitter {
  readonly version = 1;
  readonly #request: FitRequest;
  readonly #parts: FitParts;
  readonly #source: StreamSource;
  readonly #target: TargetTally;
  readonly #encodeTruth;
  #phase: "sample" | "fit" | "done";
  #step = 0;
  #chunks: Chunk[] = [];
  /** Where the pass stands: chunks of it that were taken. */
  #taken = 0;
  #position: JsonObject | null = null;
  #reader: BatchReader | undefined;
  #sample: TableBuilder | undefined;
  /** What stands for the training rows afterwards; null where this process did not see all of them. */
  #kept: SampleKeeper | null;
  readonly #isSampled: (row: number) => boolean;

  constructor(request: FitRequest) {
    this.#request = request;
    this.#parts = fitParts(request);
    const { loaded, task, weight } = request;
    const labels = [...truthColumns(task), ...(weight === undefined || weight === null ? [] : [weight])];
    this.#source = {
      source: loaded.source,
      columns: [...new Set([...this.#parts.inputs, ...labels])],
      kinds: loaded.options.kinds,
      threads: loaded.options.threads,
    };
    this.#target = new TargetTally(task);
    this.#encodeTruth = createTruthEncoder(task);
    this.#kept = new SampleKeeper(countRoles(request.roles).train);
    this.#phase = this.#parts.users.length > 0 ? "sample" : "fit";
    this.#isSampled = sampledTrainingRows(request);
  }

  async step(): Promise<StepReport> {
    if (this.#phase === "done") throw new KaaykoError({ action: "fit on", rule: "there must be something left" });
    this.#reader ??= await this.#open();
    const position = this.#reader.position();
    const batch = await this.#reader.next();
    if (batch === null) await this.#endPass();
    else {
      this.#step++;
      this.#taken++;
      if (this.#phase === "sample") this.#draw(batch);
      else this.#fit(batch, position);
      this.#position = this.#reader.position();
    }
    const note = this.#phase === "sample" ? "drawing rows for your features" : "fitting";
    return { done: this.#isDone(), step: this.#step, total: this.#total(), unit: "chunk", note };
  }

  /** Chunks of the passes still to be made, and the step that ends each. */
  #total(): number {
    if (this.#isDone()) return this.#step;
    const chunks = Math.ceil(this.#request.loaded.sourceRows / CHUNK_ROWS);
    const left = Math.max(0, chunks - this.#taken) + 1;
    return this.#step + left + (this.#phase === "sample" ? chunks + 1 : 0);
  }

  #isDone(): boolean {
    return this.#phase === "done";
  }

  #fit(batch: Batch, position: JsonObject): void {
    const { firstRow, rows } = batch;
    const roles = this.#request.roles.subarray(firstRow, firstRow + rows);
    this.#chunks.push({ firstRow, rows, position });
    const training = trainingRows(batch, roles);
    for (const { fit } of this.#parts.columns) fit.add(training);
    for (const user of this.#parts.users) user.add(training);
    this.#kept?.add(training);
    this.#target.add(
      this.#encodeTruth((name) => columnNamed(batch.columns, name)!),
      roles,
    );
  }

  #draw(batch: Batch): void {
    const roles = Uint8Array.from({ length: batch.rows }, (_, i) =>
      this.#isSampled(batch.firstRow + i) ? ROLE.train : ROLE.unused,
    );
    this.#sample ??= new TableBuilder(Math.min(SAMPLE_ROWS, this.#request.roles.length));
    this.#sample.append(trainingRows(batch, roles));
  }

  async #endPass(): Promise<void> {
    await this.dispose();
    this.#position = null;
    this.#taken = 0;
    this.#step++;
    if (this.#phase === "fit") {
      this.#phase = "done";
      return;
    }
    const table = this.#sample!.table();
    this.#sample = undefined;
    for (const user of this.#parts.users) user.learn(table);
    this.#phase = "fit";
  }

  /** Opens the pass where it stands; the drawn rows are read again. */
  async #open(): Promise<BatchReader> {
    const reader = await openStream(this.#source);
    if (this.#phase === "fit") {
      if (this.#position !== null) await reader.seek(this.#position);
      return reader;
    }
    this.#sample = undefined;
    for (let taken = 0; taken < this.#taken; taken++) {
      const batch = await reader.next();
      if (batch === null) throw misfit();
      this.#draw(batch);
    }
    return reader;
  }

  getState(): State {
    const json = {
      phase: this.#phase,
      step: this.#step,
      taken: this.#taken,
      position: this.#position,
      chunks: this.#chunks.map((chunk) => ({ ...chunk })),
    };
    const { numbers, counts } = this.#target.getState();
    return joinStates(
      { json, arrays: {} },
      nestState("target", { json: {}, arrays: { numbers, counts } }),
      ...this.#parts.columns.map(({ fit }, i) => nestState(`column${i}`, fit.getState())),
      ...this.#parts.users.map((user, i) => nestState(`user${i}`, user.getState())),
    );
  }

  setState(state: State): void {
    const { phase, step, taken, position, chunks } = state.json;
    const target = unnestState("target", state);
    if (phase !== "sample" && phase !== "fit" && phase !== "done") throw misfit();
    if (typeof step !== "number" || typeof taken !== "number" || !Array.isArray(chunks)) throw misfit();
    const { numbers, counts } = target?.arrays ?? {};
    if (!(numbers instanceof Float64Array && counts instanceof Float64Array)) throw misfit();
    this.#target.setState({ numbers, counts });
    const restore = (part: { setState(state: State): void }, name: string) => {
      const own = unnestState(name, state);
      if (own === undefined) throw misfit();
      part.setState(own);
    };
    this.#parts.columns.forEach(({ fit }, i) => {
      restore(fit, `column${i}`);
    });
    this.#parts.users.forEach((user, i) => {
      restore(user, `user${i}`);
    });
    this.#phase = phase;
    // Rows that a process before this one saw are read again where they are wanted.
    if (phase === "done" || (phase === "fit" && taken > 0)) this.#kept = null;
    this.#step = step;
    this.#taken = taken;
    this.#position = (position ?? null) as JsonObject | null;
    this.#chunks = chunks as unknown as Chunk[];
  }

  async product(): Promise<FittedFeatures> {
    if (this.#phase !== "done") throw new KaaykoError({ action: "give the features", rule: "they must be fitted" });
    const columns = this.#parts.columns.map(({ fit }) => fit.finish());
    const users = this.#parts.users.map((user) => user.finish());
    const { pipeline, notices } = assemblePipeline(this.#request, columns, users);
    const target = this.#target.summary();
    const stream = { source: this.#source, chunks: this.#chunks, target, sample: this.#sampleOf(pipeline) };
    return { pipeline, table: null, stream, notices };
  }

  #sampleOf(pipeline: FeaturePipeline): TrainingSample | null {
    if (this.#kept === null) return null;
    const { user = null } = this.#request;
    const table = createFeatureEncoder(pipeline, { user }).encode(this.#kept.table());
    return { table, counts: countsOf(table, pipeline, this.#parts) };
  }

  async dispose(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }
}

/** Says which training rows a user's `fit` sees: all, or those with the smallest hashes. */
function sampledTrainingRows({ roles, seed }: FitRequest): (row: number) => boolean {
  const key = streamKey(seed, "user-features");
  const stratumOf = (row: number) => (roles[row] === ROLE.train ? 0 : -1);
  const border = hashBorders({ key, rows: roles.length, stratumOf }, [[SAMPLE_ROWS]])[0]![0]!;
  return (row) => roles[row] === ROLE.train && isUnder(border, rowHash(key, row), row);
}
