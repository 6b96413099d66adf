import type { AttributePart, FeaturePart, WindowPart } from "../../core/index.ts";
import { GrowingNumbers } from "./growing-numbers.ts";

type RaggedPart = Exclude<FeaturePart, WindowPart | AttributePart>;

/** Views of consecutive rows of a part; copies nothing. */
export function viewPart(part: FeaturePart, start: number, end: number): FeaturePart {
  return part.kind === "windows"
    ? { ...part, ends: part.ends.subarray(start, end) }
    : { ...part, offsets: part.offsets.subarray(start, end + 1) };
}

/** Room for rows of a part, filled from others of the same kind and used again and again. */
export interface PartBuffer {
  /** Forgets its rows. */
  clear(): void;
  /** Appends the rows at `places` from `start` to `end`. */
  append(from: FeaturePart, places: Uint32Array, start: number, end: number): void;
  /** The rows so far, as views: valid until the buffer changes. */
  part(): FeaturePart;
}

/** @param like a part of the kind and size that will be filled in */
export function createPartBuffer(like: FeaturePart, capacity: number): PartBuffer {
  if (like.kind === "windows") return new WindowBuffer(like, capacity);
  return like.kind === "attributes" ? new AttributeBuffer(like) : new RaggedBuffer(like, capacity);
}

/** Rows of tokens of attributes. */
class AttributeBuffer implements PartBuffer {
  readonly #like: AttributePart;
  readonly #offsets = new GrowingNumbers();
  readonly #starts = new GrowingNumbers();
  readonly #ids = new GrowingNumbers();

  constructor(like: AttributePart) {
    this.#like = like;
    this.clear();
  }

  clear(): void {
    for (const numbers of [this.#offsets, this.#starts, this.#ids]) numbers.clear();
    this.#offsets.push(0);
    this.#starts.push(0);
  }

  append(from: FeaturePart, places: Uint32Array, start: number, end: number): void {
    const { offsets, starts, ids } = from as AttributePart;
    for (let i = start; i < end; i++) {
      const [first, last] = [offsets[places[i]!]!, offsets[places[i]! + 1]!];
      for (let token = first; token < last; token++) {
        this.#ids.append(ids.subarray(starts[token]!, starts[token + 1]!));
        this.#starts.push(this.#ids.length);
      }
      this.#offsets.push(this.#starts.length - 1);
    }
  }

  part(): FeaturePart {
    return { ...this.#like, offsets: this.#offsets.view(), starts: this.#starts.view(), ids: this.#ids.view() };
  }
}

/** Windows share their series: only where they end is copied. */
class WindowBuffer implements PartBuffer {
  #like: WindowPart;
  readonly #ends: Uint32Array;
  #rows = 0;

  constructor(like: WindowPart, capacity: number) {
    this.#like = like;
    this.#ends = new Uint32Array(capacity);
  }

  clear(): void {
    this.#rows = 0;
  }

  append(from: FeaturePart, places: Uint32Array, start: number, end: number): void {
    this.#like = from as WindowPart;
    for (let i = start; i < end; i++) this.#ends[this.#rows++] = this.#like.ends[places[i]!]!;
  }

  part(): FeaturePart {
    return { ...this.#like, ends: this.#ends.subarray(0, this.#rows) };
  }
}

/** Rows of different lengths. What they hold grows by doubling. */
class RaggedBuffer implements PartBuffer {
  readonly #like: RaggedPart;
  readonly #offsets: Uint32Array;
  #numbers = new Uint32Array(1024);
  #values: Float32Array | null;
  #rows = 0;

  constructor(like: RaggedPart, capacity: number) {
    this.#like = like;
    this.#offsets = new Uint32Array(capacity + 1);
    this.#values = like.kind === "sparse" ? new Float32Array(1024) : null;
  }

  clear(): void {
    this.#rows = 0;
  }

  append(from: FeaturePart, places: Uint32Array, start: number, end: number): void {
    const { offsets } = from as RaggedPart;
    const numbers = from.kind === "sparse" ? from.indices : (from as { ids: Uint32Array }).ids;
    for (let i = start; i < end; i++) {
      const [low, high] = [offsets[places[i]!]!, offsets[places[i]! + 1]!];
      const at = this.#offsets[this.#rows]!;
      this.#reserve(at + high - low);
      this.#numbers.set(numbers.subarray(low, high), at);
      if (from.kind === "sparse") this.#values!.set(from.values.subarray(low, high), at);
      this.#offsets[++this.#rows] = at + high - low;
    }
  }

  #reserve(length: number): void {
    if (length <= this.#numbers.length) return;
    const capacity = Math.max(length, 2 * this.#numbers.length);
    const numbers = new Uint32Array(capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    if (this.#values === null) return;
    const values = new Float32Array(capacity);
    values.set(this.#values);
    this.#values = values;
  }

  part(): FeaturePart {
    const offsets = this.#offsets.subarray(0, this.#rows + 1);
    const numbers = this.#numbers.subarray(0, this.#offsets[this.#rows]);
    return this.#like.kind === "sparse"
      ? { ...this.#like, offsets, indices: numbers, values: this.#values!.subarray(0, numbers.length) }
      : { ...this.#like, offsets, ids: numbers };
  }
}
