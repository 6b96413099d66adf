/** Whole numbers that come one after another. Room grows by doubling. */
export class GrowingNumbers {
  #numbers = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  push(number: number): void {
    this.#reserve(this.#length + 1);
    this.#numbers[this.#length++] = number;
  }

  append(numbers: Uint32Array): void {
    this.#reserve(this.#length + numbers.length);
    this.#numbers.set(numbers, this.#length);
    this.#length += numbers.length;
  }

  /** The numbers so far, as a view: valid until more come. */
  view(): Uint32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  #reserve(length: number): void {
    if (length <= this.#numbers.length) return;
    const numbers = new Uint32Array(Math.max(length, 2 * this.#numbers.length));
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}
