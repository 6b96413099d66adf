import { createHash } from "node:crypto";
import { canonicalJson, type DType, dtypeOf, type State, type TypedArray, toBytes } from "../core/index.ts";

/** The part of an array that a blob of an earlier commit holds. */
export interface KeptSegment {
  readonly blob: string;
  readonly offset: number;
  readonly count: number;
}

/** An array on its way to the store: what is there already, and the bytes of the rest. */
export interface PackedArray {
  readonly name: string;
  readonly dtype: DType;
  readonly length: number;
  readonly appendOnly: boolean;
  readonly kept: readonly KeptSegment[];
  readonly fresh: Uint8Array<ArrayBuffer>;
}

/** A state that shares no memory with the training, ready to be handed to another thread. */
export interface PackedState {
  /** Two consecutive commits share no blob: each belongs to one of two bases. */
  readonly base: 1 | 2;
  readonly json: string;
  readonly arrays: readonly PackedArray[];
}

/** Where an array's elements went, as the manifest says. */
export interface StoredArray {
  readonly name: string;
  readonly segments: readonly KeptSegment[];
}

interface Chain {
  readonly dtype: DType;
  readonly length: number;
  /** SHA-256 of all bytes, so that another array under the same name is not taken for a longer one. */
  readonly digest: string;
  readonly segments: readonly KeptSegment[];
}

type Chains = Map<string, Chain>;

/**
 * Copies what a commit has to write out of a state: arrays whole, and of those that only grow the new tail. Two chains of
 * tails are written in turn, so that one damaged blob costs at most every other checkpoint. A tail takes in the segments
 * before it that are no longer than itself: an array has at most about log2(length) segments.
 */
export class StatePacker {
  #chains: [Chains, Chains] = [new Map(), new Map()];
  #turn: 0 | 1 = 0;
  #pending: Chains = new Map();

  pack(state: State): PackedState {
    const growing = new Set(state.appendOnly ?? []);
    const before = this.#chains[this.#turn];
    this.#pending = new Map();
    const names = Object.keys(state.arrays).sort();
    const arrays = names.map((name) =>
      growing.has(name)
        ? this.#packTail(name, state.arrays[name]!, before.get(name))
        : packWhole(name, state.arrays[name]!),
    );
    return { base: this.#turn === 0 ? 1 : 2, json: canonicalJson(state.json), arrays };
  }

  /** The commit is durable: later ones of this base go on from it. */
  accept(stored: readonly StoredArray[]): void {
    const chains: Chains = new Map();
    for (const { name, segments } of stored) {
      const chain = this.#pending.get(name);
      if (chain !== undefined) chains.set(name, { ...chain, segments });
    }
    this.#chains[this.#turn] = chains;
    this.#turn = this.#turn === 0 ? 1 : 0;
  }

  /** The commit failed: what it wrote is not built upon. */
  reject(): void {
    this.#chains[this.#turn] = new Map();
  }

  #packTail(name: string, array: TypedArray, before: Chain | undefined): PackedArray {
    const dtype = dtypeOf(array);
    const bytes = toBytes(array);
    const width = array.BYTES_PER_ELEMENT;
    const { digest, continues } = hashOnwards(bytes, before?.dtype === dtype ? before : undefined, width);
    const usable = continues && before !== undefined;
    const kept = usable ? [...before.segments] : [];
    let start = usable ? before.length : 0;
    while (array.length > start && kept.length > 0 && kept.at(-1)!.count <= array.length - start)
      start -= kept.pop()!.count;
    this.#pending.set(name, { dtype, length: array.length, digest, segments: [] });
    return { name, dtype, length: array.length, appendOnly: true, kept, fresh: copyBytes(array, start) };
  }
}

/** Hashes an array in one pass, and tells on the way whether it begins with what a chain holds. */
function hashOnwards(
  bytes: Uint8Array,
  before: Chain | undefined,
  width: number,
): { digest: string; continues: boolean } {
  const prefix = before === undefined ? 0 : before.length * width;
  const hash = createHash("sha256");
  hash.update(bytes.subarray(0, prefix));
  const continues = before !== undefined && bytes.byteLength >= prefix && hash.copy().digest("hex") === before.digest;
  hash.update(bytes.subarray(prefix));
  return { digest: hash.digest("hex"), continues };
}

function packWhole(name: string, array: TypedArray): PackedArray {
  return { name, dtype: dtypeOf(array), length: array.length, appendOnly: false, kept: [], fresh: copyBytes(array, 0) };
}

/** The bytes from an element on, in memory of their own, even where the array's memory is shared with other threads. */
function copyBytes(array: TypedArray, start: number): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(array).subarray(start * array.BYTES_PER_ELEMENT);
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
