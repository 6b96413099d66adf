/**
 * How long a step takes, by those that were watched. The slowest is left out: the first steps set up what all others use (a network's
 * graphs, TensorFlow itself), and would foretell hours of what takes minutes.
 */
export class StepRate {
  #step: number;
  #at: number;
  #steps = 0;
  #seconds = 0;
  #slowest = { steps: 0, seconds: 0 };

  /**
   * @param step the last one that was done
   * @param at when it was, in seconds that only ever grow
   */
  constructor(step: number, at: number) {
    this.#step = step;
    this.#at = at;
  }

  note(step: number, at: number): void {
    const [steps, seconds] = [step - this.#step, at - this.#at];
    if (steps < 1) return;
    this.#steps += steps;
    this.#seconds += seconds;
    const isSlowest = seconds * this.#slowest.steps >= this.#slowest.seconds * steps;
    if (isSlowest) this.#slowest = { steps, seconds };
    this.#step = step;
    this.#at = at;
  }

  /** Null before two steps can be told from each other. */
  get secondsPerStep(): number | null {
    const steps = this.#steps - this.#slowest.steps;
    return steps < 1 ? null : Math.max(0, this.#seconds - this.#slowest.seconds) / steps;
  }
}
