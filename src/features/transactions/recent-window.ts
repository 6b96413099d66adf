/** Rows of the last so many milliseconds, with their number and sum. */
export class RecentWindow {
  readonly #span: number;
  #times: number[] = [];
  #values: number[] = [];
  #first = 0;
  #sum = 0;

  constructor(span: number) {
    this.#span = span;
  }

  /** Forgets what lies a whole span before `now`, or earlier. */
  advance(now: number): void {
    while (this.#first < this.#times.length && this.#times[this.#first]! <= now - this.#span) {
      this.#sum -= this.#values[this.#first]!;
      this.#first++;
    }
    if (this.#first === this.#times.length) this.#sum = 0;
    if (this.#first < 1024 || 2 * this.#first < this.#times.length) return;
    this.#times = this.#times.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#first = 0;
  }

  add(time: number, value: number): void {
    this.#times.push(time);
    this.#values.push(value);
    this.#sum += value;
  }

  get rows(): number {
    return this.#times.length - this.#first;
  }

  get sum(): number {
    return this.#sum;
  }
}
