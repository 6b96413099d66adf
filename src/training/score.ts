import {
  type Band,
  type Dataset,
  type ExampleStream,
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  type Predictor,
  type Role,
  type State,
  type StepReport,
  targetWidth,
  unknownRows,
  unnestState,
} from "../core/index.ts";
import {
  type BandAccumulator,
  createBandMetrics,
  createMetrics,
  type MetricsAccumulator,
  type MetricsResult,
} from "../metrics/index.ts";
import { compactExamples } from "./compact.ts";
import type { Work } from "./sequence.ts";

/** Rows of a block at most: large enough for kernels, small enough that it adds little to the memory that training took. */
const MAX_BLOCK_ROWS = 16_384;
const MIN_BLOCK_ROWS = 64;
/** Few rows are scored in several blocks, too, so that an evaluation can be stopped and continued within. */
const BLOCKS = 4;

export interface ScoreOptions {
  readonly dataset: Dataset;
  readonly role: Role;
  /** Taken over. */
  readonly predictor: Predictor;
  /** Counts predictions by bands, too. Default none. */
  readonly bands?: readonly Band[];
  /** As for `createMetrics`. */
  readonly thresholds?: readonly number[] | null | undefined;
  /** Put into the result as it is. */
  readonly carry?: JsonObject;
}

/** Predicts the rows of a role block by block and gathers metrics. Memory does not grow with the rows. */
export function createScore(options: ScoreOptions): Work {
  return new Score(options);
}

class Score implements Work {
  readonly version = 3;
  readonly #dataset: Dataset;
  readonly #role: Role;
  readonly #predictor: Predictor;
  readonly #carry: JsonObject;
  readonly #metrics: MetricsAccumulator;
  readonly #bands: BandAccumulator | null;
  #stream: ExampleStream | null = null;
  #position: JsonObject | null = null;
  #step = 0;
  #rows = 0;

  constructor({ dataset, role, predictor, bands = [], thresholds, carry = {} }: ScoreOptions) {
    this.#dataset = dataset;
    this.#role = role;
    this.#predictor = predictor;
    this.#carry = carry;
    this.#metrics = createMetrics(dataset.task, thresholds);
    this.#bands = bands.length < 2 ? null : createBandMetrics(bands);
  }

  async step(): Promise<StepReport> {
    const stream = await this.#open();
    const batch = await stream.next();
    if (batch !== null) {
      const { table, target, weight } = compactExamples(batch, targetWidth(this.#dataset.task));
      const predictions = await this.#predictor.predict(table);
      const unknown = unknownRows(this.#dataset.task, table);
      const scored = { rows: table.rows, predictions, target, weight, unknown };
      this.#metrics.add(scored);
      this.#bands?.add(scored);
      this.#rows += table.rows;
    }
    this.#position = stream.position();
    this.#step++;
    const total = this.#dataset.rows[this.#role];
    return { done: batch === null || this.#rows >= total, step: this.#step, unit: "block" };
  }

  getState(): State {
    const json = { position: this.#position, step: this.#step, rows: this.#rows };
    const parts = [{ json, arrays: {} }, nestState("metrics", this.#metrics.getState())];
    if (this.#bands !== null) parts.push(nestState("bands", this.#bands.getState()));
    return joinStates(...parts);
  }

  setState(state: State): void {
    const { position, step, rows } = state.json;
    const metrics = unnestState("metrics", state);
    const bands = unnestState("bands", state);
    const whole = metrics !== undefined && (bands !== undefined) === (this.#bands !== null);
    if (typeof step !== "number" || typeof rows !== "number" || !whole)
      throw new KaaykoError({ action: "continue an evaluation", rule: "its state must be whole", kind: "damaged" });
    this.#metrics.setState(metrics);
    if (bands !== undefined) this.#bands?.setState(bands);
    this.#position = position as JsonObject | null;
    this.#step = step;
    this.#rows = rows;
  }

  async result(): Promise<State> {
    const importance = this.#predictor.importance();
    const bands = this.#bands === null ? {} : { bands: this.#bands.result() };
    const result = { ...this.#metrics.result(), importance, ...bands, ...this.#carry };
    return { json: JSON.parse(JSON.stringify(result)) as JsonObject, arrays: {} };
  }

  async dispose(): Promise<void> {
    await this.#stream?.close();
    this.#stream = null;
    await this.#predictor.dispose();
  }

  async #open(): Promise<ExampleStream> {
    if (this.#stream === null) {
      this.#stream = await this.#dataset.stream(this.#role, {
        batchRows: blockRows(this.#dataset.rows[this.#role]),
        shuffle: null,
      });
      if (this.#position !== null) await this.#stream.seek(this.#position);
    }
    return this.#stream;
  }
}

/** Rows of a block. A function of the rows alone: a resumed evaluation has the same blocks. */
export function blockRows(rows: number): number {
  return Math.min(MAX_BLOCK_ROWS, Math.max(MIN_BLOCK_ROWS, Math.ceil(rows / BLOCKS)));
}

/** Metrics in the result of a scoring. */
export function metricsOfResult(result: State): MetricsResult {
  return result.json as unknown as MetricsResult;
}
