import type { CodeArray, Column } from "../../core/index.ts";
import { isStringColumn } from "../../core/index.ts";

/** The word that stands for a missing number, whatever the payload of its NaN. */
const MISSING_WORD = 0x7fc00001;

/**
 * A running 64-bit hash of a column's values in row order (the mixing of MurmurHash3, two lanes). Its state is two words,
 * so that it can stop anywhere and go on; batch borders do not change it.
 */
export class ValueHash {
  #a = 0x9747b28c;
  #b = 0x1b873593;
  #dictionary: readonly string[] | undefined;
  #texts = new Uint32Array(0);
  #known = 0;

  get state(): [number, number] {
    return [this.#a >>> 0, this.#b >>> 0];
  }

  set state(words: readonly [number, number]) {
    this.#a = words[0] | 0;
    this.#b = words[1] | 0;
  }

  add(column: Column, rows: number): void {
    if (isStringColumn(column)) this.#addCodes(column.codes, column.dictionary, rows);
    else if (column.values instanceof Float64Array) this.#addDoubles(column.values, rows);
    else this.#addSingles(column.values, rows);
  }

  #addSingles(values: Float32Array, rows: number): void {
    const words = new Int32Array(values.buffer, values.byteOffset, rows);
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < rows; i++) {
      const value = values[i]!;
      const word = Number.isNaN(value) ? MISSING_WORD : words[i]!;
      a = Math.imul(((a << 13) | (a >>> 19)) ^ word, 0x85ebca6b) + 0x165667b1;
      b = Math.imul(((b << 17) | (b >>> 15)) ^ word, 0xc2b2ae35) + 0x27d4eb2f;
    }
    this.#a = a | 0;
    this.#b = b | 0;
  }

  #addDoubles(values: Float64Array, rows: number): void {
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * rows);
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < rows; i++) {
      const value = values[i]!;
      const there = !Number.isNaN(value);
      const low = there ? words[2 * i]! : MISSING_WORD;
      const high = there ? words[2 * i + 1]! : MISSING_WORD;
      a = Math.imul(((a << 13) | (a >>> 19)) ^ low, 0x85ebca6b) + high;
      b = Math.imul(((b << 17) | (b >>> 15)) ^ high, 0xc2b2ae35) + low;
    }
    this.#a = a | 0;
    this.#b = b | 0;
  }

  #addCodes(codes: CodeArray, dictionary: readonly string[], rows: number): void {
    this.#learn(dictionary);
    const texts = this.#texts;
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < rows; i++) {
      const at = 2 * codes[i]!;
      a = Math.imul(((a << 13) | (a >>> 19)) ^ texts[at]!, 0x85ebca6b) + 0x165667b1;
      b = Math.imul(((b << 17) | (b >>> 15)) ^ texts[at + 1]!, 0xc2b2ae35) + 0x27d4eb2f;
    }
    this.#a = a | 0;
    this.#b = b | 0;
  }

  /** Hashes the strings of a dictionary that are new; a dictionary only grows at its end. */
  #learn(dictionary: readonly string[]): void {
    if (dictionary !== this.#dictionary) {
      this.#dictionary = dictionary;
      this.#known = 0;
    }
    if (this.#texts.length < 2 * (dictionary.length + 1)) {
      const larger = new Uint32Array(2 * (dictionary.length + 1) + this.#texts.length);
      larger.set(this.#texts);
      this.#texts = larger;
    }
    this.#texts[0] = MISSING_WORD;
    this.#texts[1] = MISSING_WORD;
    for (; this.#known < dictionary.length; this.#known++) {
      const [a, b] = textWords(dictionary[this.#known]!);
      this.#texts[2 * this.#known + 2] = a;
      this.#texts[2 * this.#known + 3] = b;
    }
  }
}

/** Two hash words of a text's UTF-16 units. */
export function textWords(text: string): [number, number] {
  let a = 0x811c9dc5 ^ text.length;
  let b = 0x3c6ef372;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x9e3779b1);
  }
  a = Math.imul(a ^ (a >>> 15), 0x85ebca6b);
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  return [(a ^ (b >>> 16)) >>> 0, (b ^ (a >>> 16)) >>> 0];
}
