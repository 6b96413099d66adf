import {
  type Dataset,
  type ExampleStream,
  type JsonObject,
  KaaykoError,
  nestState,
  type Predictor,
  type Role,
  type State,
  type StepReport,
  targetWidth,
  unnestState,
} from "../core/index.ts";
import { createMetrics, type MetricsAccumulator, type MetricsResult } from "../metrics/index.ts";
import { compactExamples } from "./compact.ts";
import type { Work } from "./sequence.ts";

/** Rows of a block at most: large enough for kernels, small enough that it adds little to the memory that training took. */
const MAX_BLOCK_ROWS = 16_384;
const MIN_BLOCK_ROWS = 64;
/** Few rows are scored in several blocks, too, so that an evaluation can be stopped and continued within. */
const BLOCKS = 4;

/**
 * Predicts the rows of a role block by block and gathers metrics. Takes over the predictor. Memory does not grow with the rows.
 *
 * @param carry put into the result as it is
 * @param thresholds as for `createMetrics`
 */
export function createScore(
  dataset: Dataset,
  role: Role,
  predictor: Predictor,
  carry: JsonObject = {},
  thresholds?: readonly number[],
): Work {
  return new Score(dataset, role, predictor, carry, thresholds);
}

class Score implements Work {
  readonly version = 2;
  readonly #dataset: Dataset;
  readonly #role: Role;
  readonly #predictor: Predictor;
  readonly #carry: JsonObject;
  readonly #metrics: MetricsAccumulator;
  #stream: ExampleStream | null = null;
  #position: JsonObject | null = null;
  #step = 0;
  #rows = 0;

  constructor(dataset: Dataset, role: Role, predictor: Predictor, carry: JsonObject, thresholds?: readonly number[]) {
    this.#dataset = dataset;
    this.#role = role;
    this.#predictor = predictor;
    this.#carry = carry;
    this.#metrics = createMetrics(dataset.task, thresholds);
  }

  async step(): Promise<StepReport> {
    const stream = await this.#open();
    const batch = await stream.next();
    if (batch !== null) {
      const { table, target, weight } = compactExamples(batch, targetWidth(this.#dataset.task));
      const predictions = await this.#predictor.predict(table);
      this.#metrics.add({ rows: table.rows, predictions, target, weight });
      this.#rows += table.rows;
    }
    this.#position = stream.position();
    this.#step++;
    const total = this.#dataset.rows[this.#role];
    return { done: batch === null || this.#rows >= total, step: this.#step, unit: "block" };
  }

  getState(): State {
    const metrics = nestState("metrics", this.#metrics.getState());
    return {
      ...metrics,
      json: { ...metrics.json, position: this.#position, step: this.#step, rows: this.#rows },
    };
  }

  setState(state: State): void {
    const { position, step, rows } = state.json;
    const metrics = unnestState("metrics", state);
    if (typeof step !== "number" || typeof rows !== "number" || metrics === undefined)
      throw new KaaykoError({ action: "continue an evaluation", rule: "its state must be whole", kind: "damaged" });
    this.#metrics.setState(metrics);
    this.#position = position as JsonObject | null;
    this.#step = step;
    this.#rows = rows;
  }

  async result(): Promise<State> {
    const importance = this.#predictor.importance();
    const result = { ...this.#metrics.result(), importance, ...this.#carry };
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

/** A function of the rows alone: a resumed evaluation has the same blocks. */
function blockRows(rows: number): number {
  return Math.min(MAX_BLOCK_ROWS, Math.max(MIN_BLOCK_ROWS, Math.ceil(rows / BLOCKS)));
}

/** Metrics in the result of a scoring. */
export function metricsOfResult(result: State): MetricsResult {
  return result.json as unknown as MetricsResult;
}
