import { alignedFloats } from "../../backends/aligned-floats.ts";
import type { Dataset, ExampleStream, Examples, JsonObject, Role } from "../../core/index.ts";
import { encodeRows, type InputEncoding, newEncodedRows } from "./encoding.ts";
import type { TrainingRows } from "./engine.ts";
import type { Network } from "./network.ts";

/** A batch, ready for an engine, and where the stream stands behind it. */
export interface ReadyBatch {
  readonly rows: TrainingRows;
  /** Weights as given, before they were made to sum to 1. */
  readonly rawWeight: Float64Array;
  /** Targets as given. */
  readonly rawTarget: Float64Array;
  readonly position: JsonObject;
}

export interface PassOptions {
  readonly role: Role;
  readonly batchRows: number;
  readonly shuffle: { readonly seed: number; readonly epoch: number } | null;
}

/** What turns examples into a network's rows. */
export interface Encoder {
  readonly inputs: readonly InputEncoding[];
  readonly network: Network;
  /** Regression: what is taken from a target, and what it is then divided by. */
  readonly centre: number;
  readonly spread: number;
  /** By which the weights of each class's rows are multiplied; absent for none. */
  readonly classWeights?: Float64Array;
}

/**
 * One pass over the rows of a role. The next batch is read and encoded while the caller works on this one; the position that a
 * batch carries is its own, so what was only prefetched is read again after a resume.
 */
export class Pass {
  readonly #stream: ExampleStream;
  readonly #encoder: Encoder;
  readonly #buffers: readonly ReadyBuffers[];
  #turn = 0;
  #pending: Promise<ReadyBatch | null>;

  private constructor(stream: ExampleStream, encoder: Encoder, batchRows: number) {
    this.#stream = stream;
    this.#encoder = encoder;
    this.#buffers = [newBuffers(encoder, batchRows), newBuffers(encoder, batchRows)];
    this.#pending = this.#fetch();
  }

  /** @param position where an earlier pass of the same options stood; null for its beginning */
  static async open(
    dataset: Dataset,
    encoder: Encoder,
    options: PassOptions,
    position: JsonObject | null,
  ): Promise<Pass> {
    const stream = await dataset.stream(options.role, { batchRows: options.batchRows, shuffle: options.shuffle });
    if (position !== null) await stream.seek(position);
    return new Pass(stream, encoder, options.batchRows);
  }

  /** The next batch, or null after the last. Its arrays are valid until the second call after this one. */
  async next(): Promise<ReadyBatch | null> {
    const batch = await this.#pending;
    if (batch !== null) this.#pending = this.#fetch();
    return batch;
  }

  /** True when there is no further batch. */
  async atEnd(): Promise<boolean> {
    return (await this.#pending) === null;
  }

  async close(): Promise<void> {
    await this.#pending.catch(() => null);
    await this.#stream.close();
  }

  #fetch(): Promise<ReadyBatch | null> {
    const buffers = this.#buffers[this.#turn]!;
    this.#turn = 1 - this.#turn;
    const fetched = this.#stream
      .next()
      .then((examples) => (examples === null ? null : fill(this.#encoder, examples, buffers, this.#stream.position())));
    // Its error belongs to whoever asks for the batch, not to the process.
    fetched.catch(() => {});
    return fetched;
  }
}

interface ReadyBuffers {
  readonly rows: TrainingRows;
  readonly rawWeight: Float64Array;
  readonly rawTarget: Float64Array;
}

function newBuffers({ inputs, network }: Encoder, capacity: number): ReadyBuffers {
  const encoded = newEncodedRows(inputs, capacity);
  return {
    rows: Object.assign(encoded, {
      target: alignedFloats(capacity * network.outputs),
      weight: alignedFloats(capacity),
    }),
    rawWeight: new Float64Array(capacity),
    rawTarget: new Float64Array(capacity),
  };
}

function fill(encoder: Encoder, examples: Examples, buffers: ReadyBuffers, position: JsonObject): ReadyBatch {
  const { rows, rawWeight, rawTarget } = buffers;
  encodeRows(encoder.inputs, examples.table, examples.rows, rows);
  const { outputs, loss } = encoder.network;
  if (loss === "softmax") rows.target.fill(0, 0, rows.rows * outputs);
  let sum = 0;
  for (let i = 0; i < rows.rows; i++) {
    const row = examples.rows === null ? i : examples.rows[i]!;
    rawTarget[i] = examples.target[row]!;
    rawWeight[i] = (examples.weight?.[row] ?? 1) * (encoder.classWeights?.[rawTarget[i]!] ?? 1);
    sum += rawWeight[i]!;
    if (loss === "softmax") rows.target[i * outputs + rawTarget[i]!] = 1;
    else rows.target[i] = loss === "squared" ? (rawTarget[i]! - encoder.centre) / encoder.spread : rawTarget[i]!;
  }
  for (let i = 0; i < rows.rows; i++) rows.weight[i] = sum > 0 ? rawWeight[i]! / sum : 0;
  return { rows, rawWeight, rawTarget, position };
}
