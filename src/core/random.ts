import { log } from "./exact-math.ts";

const MASK = 0xffffffff;

/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A stream is a key (from the run's seed and the consumer's name) and a counter; its state is that counter. Streams of
 * different names are independent, so a new consumer moves no other. Not for cryptography.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  #drawn: number;
  readonly #block = new Uint32Array(4);
  #blockAt = -1;

  /** @param drawn 32-bit words taken so far, from `state` */
  constructor(key: readonly [number, number], drawn = 0) {
    this.#key0 = key[0] >>> 0;
    this.#key1 = key[1] >>> 0;
    this.#drawn = drawn;
  }

  /** 32-bit words taken so far: with the key, the whole state. */
  get state(): number {
    return this.#drawn;
  }

  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number {
    const at = Math.floor(this.#drawn / 4);
    if (at !== this.#blockAt) {
      philox(this.#block, at >>> 0, Math.floor(at / 4294967296), this.#key0, this.#key1);
      this.#blockAt = at;
    }
    return this.#block[this.#drawn++ & 3]!;
  }

  /** Uniform in [0, 1), 53 bits. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform whole number from 0 to n - 1, without bias; n from 1 to 2^32. */
  integer(n: number): number {
    const limit = 4294967296 - (4294967296 % n);
    let word = this.uint32();
    while (word >= limit) word = this.uint32();
    return word % n;
  }

  /** Standard normal (Marsaglia's polar method; its second value is not kept, so that the state stays a counter). */
  normal(): number {
    for (;;) {
      const u = 2 * this.float() - 1;
      const v = 2 * this.float() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
    }
  }

  /** Shuffles in place (Fisher-Yates). */
  shuffle<T extends { length: number; [index: number]: number | string | boolean | object }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = items[i]!;
      items[i] = items[j]!;
      items[j] = kept;
    }
    return items;
  }
}

/** The stream of a consumer, named by a path: `randomStream(42, "split")`, `randomStream(42, "xgboost", "rows", 17)`. */
export function randomStream(seed: number, ...path: readonly (string | number)[]): RandomStream {
  return new RandomStream(streamKey(seed, ...path));
}

/** The key of a named stream; two 32-bit words. */
export function streamKey(seed: number, ...path: readonly (string | number)[]): [number, number] {
  const block = new Uint32Array(4);
  let key0 = seed >>> 0;
  let key1 = Math.floor(seed / 4294967296) >>> 0;
  for (const part of path) {
    const [a, b] = typeof part === "number" ? [part >>> 0, Math.floor(part / 4294967296) >>> 0] : hashText(part);
    philox(block, a, b, key0, key1);
    key0 = block[0]!;
    key1 = block[1]!;
  }
  return [key0, key1];
}

/** A seed for something that takes a number: 32 bits of the named stream. */
export function deriveSeed(seed: number, ...path: readonly (string | number)[]): number {
  return streamKey(seed, ...path)[0];
}

/** A uniform 32-bit hash of a row number under a key: sampling and splits ask it, in any order, for any row. */
export function rowHash(key: readonly [number, number], row: number): number {
  let h = (row ^ key[0]) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = (h ^ key[1] ^ Math.floor(row / 4294967296)) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 64 bits of FNV-1a over the UTF-8 of a text, as two words. */
function hashText(text: string): [number, number] {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (const byte of new TextEncoder().encode(text)) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x01000193) ^ (a >>> 7);
  }
  return [a >>> 0, b >>> 0];
}

function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const mid = ah * bl + ((al * bl) >>> 16);
  const mid2 = al * bh + (mid & 0xffff);
  return (ah * bh + Math.floor(mid / 65536) + Math.floor(mid2 / 65536)) & MASK;
}

/** Philox4x32-10 of the counter (c0, c1, 0, 0) under a key. */
export function philox(out: Uint32Array, c0: number, c1: number, key0: number, key1: number, c2 = 0, c3 = 0): void {
  let x0 = c0;
  let x1 = c1;
  let x2 = c2;
  let x3 = c3;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(0xd2511f53, x0 >>> 0);
    const l0 = Math.imul(0xd2511f53, x0);
    const h1 = mulHigh(0xcd9e8d57, x2 >>> 0);
    const l1 = Math.imul(0xcd9e8d57, x2);
    x0 = h1 ^ x1 ^ k0;
    x1 = l1;
    x2 = h0 ^ x3 ^ k1;
    x3 = l0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}
