import { type FeatureSpec, type FeatureTable, randomStream } from "../../core/index.ts";
import {
  denseWidth,
  type EncodedRows,
  encodeRows,
  type InputEncoding,
  joinInputs,
  newEncodedRows,
  planInputs,
} from "../neural/encoding.ts";

/** Numbers that stand for a category among many: squared distances of random vectors are off by a quarter or less. */
const VECTOR_WIDTH = 32;

/** Standardised numbers with an indicator of missing ones, few categories one-hot, many as random vectors. */
export function planRowInputs(features: readonly FeatureSpec[], oneHotLimit: number): InputEncoding[] {
  const inputs = planInputs(
    features,
    features.map(() => []),
    oneHotLimit,
  );
  return inputs.map((input) => (input.kind === "embedding" ? { ...input, width: VECTOR_WIDTH } : input));
}

/** Vectors of about length 1 for every category of features with many, as `embedding0` and so on; a function of the seed. */
export function drawVectors(inputs: readonly InputEncoding[], seed: number): Record<string, Float32Array> {
  const embedded = inputs.filter((input) => input.kind === "embedding");
  return Object.fromEntries(
    embedded.map(({ cardinality, width }, i) => {
      const random = randomStream(seed, "svm", "categories", i);
      const vectors = new Float32Array((cardinality + 1) * width);
      for (let at = 0; at < vectors.length; at++) vectors[at] = random.normal() / Math.sqrt(width);
      return [`embedding${i}`, vectors];
    }),
  );
}

/** Turns rows of a table into the numbers that the kernel compares. */
export class RowEncoder {
  /** Numbers of a row. */
  readonly width: number;
  readonly inputs: readonly InputEncoding[];
  readonly vectors: Readonly<Record<string, Float32Array>>;
  readonly #shape: { readonly dense: number; readonly embeddings: readonly { readonly width: number }[] };
  #room: EncodedRows | null = null;

  constructor(inputs: readonly InputEncoding[], vectors: Readonly<Record<string, Float32Array>>) {
    this.inputs = inputs;
    this.vectors = vectors;
    const embeddings = inputs.filter((input) => input.kind === "embedding");
    this.#shape = { dense: inputs.reduce((sum, input) => sum + denseWidth(input), 0), embeddings };
    // At least one, so that a table without a single feature is like any other.
    this.width = Math.max(1, this.#shape.dense + embeddings.reduce((sum, { width }) => sum + width, 0));
  }

  /** Encodes rows of a table (null: all of them) into the beginning of `to`, rows × width. Returns how many. */
  encode(table: FeatureTable, rows: Uint32Array | null, to: Float32Array): number {
    const count = rows === null ? table.rows : rows.length;
    if (this.#shape.dense + this.#shape.embeddings.length === 0) {
      to.fill(0, 0, count);
      return count;
    }
    if (this.#shape.embeddings.length === 0) {
      encodeRows(this.inputs, table, rows, { rows: 0, dense: to, codes: NO_CODES });
      return count;
    }
    if (this.#room === null || this.#room.codes.length < count * this.#shape.embeddings.length)
      this.#room = newEncodedRows(this.inputs, count);
    encodeRows(this.inputs, table, rows, this.#room);
    joinInputs(this.#shape, this.vectors, this.#room, to);
    return count;
  }
}

const NO_CODES = new Int32Array(0);
