import { KaaykoError, type State } from "../../core/index.ts";

/** Sums weighted losses of rows for their mean. */
export class LossSum {
  #sum = 0;
  #weight = 0;

  add(loss: number, weight: number): void {
    this.#sum += weight * loss;
    this.#weight += weight;
  }

  /** The mean, which is forgotten; null where no row counted. */
  take(): number | null {
    const mean = this.#weight === 0 ? null : this.#sum / this.#weight;
    this.#sum = 0;
    this.#weight = 0;
    return mean;
  }

  getState(): State {
    return { json: { sum: this.#sum, weight: this.#weight }, arrays: {} };
  }

  /** @throws KaaykoError (damaged) where these are no sums */
  setState({ json: { sum, weight } }: State): void {
    if (typeof sum !== "number" || typeof weight !== "number" || !(weight >= 0))
      throw new KaaykoError({ action: "resume the score", rule: "its sums must be numbers", kind: "damaged" });
    this.#sum = sum;
    this.#weight = weight;
  }
}
