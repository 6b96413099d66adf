import {
  type Examples,
  KaaykoError,
  type ModelContent,
  type State,
  type StepReport,
  solveSymmetric,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { entryOf, planTerms, type Term } from "./terms.ts";

const BLOCK_ROWS = 4096;

export async function createRidgeTrainer(context: TrainerContext): Promise<Trainer> {
  return new RidgeTrainer(context, await context.dataset.examples("train"));
}

/** Sums products of the design's columns, a block of rows a step, in float64 and in the order of the rows; the last step solves. */
class RidgeTrainer implements Trainer {
  readonly version = 1;
  readonly #penalty: number;
  readonly #examples: Examples;
  readonly #rows: number;
  readonly #terms: readonly Term[];
  /** Coefficients, the last one of the constant. */
  readonly #size: number;
  #done = 0;
  #products: Float64Array;
  #right: Float64Array;
  #solution: Float64Array | null = null;

  constructor({ dataset, parameters }: TrainerContext, examples: Examples) {
    const { terms, width } = planTerms(dataset.features);
    this.#penalty = parameters.penalty as number;
    this.#examples = examples;
    this.#rows = examples.rows?.length ?? examples.table.rows;
    this.#terms = terms;
    this.#size = width + 1;
    this.#products = new Float64Array(this.#size ** 2);
    this.#right = new Float64Array(this.#size);
  }

  step(): StepReport {
    const blocks = Math.ceil(this.#rows / BLOCK_ROWS);
    if (this.#done < blocks) this.#addBlock();
    else this.#solution = this.#solve();
    this.#done++;
    return { done: this.#solution !== null, step: this.#done, total: blocks + 1, unit: "block" };
  }

  #addBlock(): void {
    const { rows, table, target, weight } = this.#examples;
    const end = Math.min(this.#rows, (this.#done + 1) * BLOCK_ROWS);
    for (let i = this.#done * BLOCK_ROWS; i < end; i++) {
      const row = rows === null ? i : rows[i]!;
      const w = weight === null ? 1 : weight[row]!;
      const entries = this.#terms.flatMap((term, feature) => {
        const entry = entryOf(term, table.columns[feature]!, row);
        return entry === null ? [] : [entry];
      });
      entries.push([this.#size - 1, 1]);
      for (const [a, x] of entries) {
        this.#right[a]! += w * x * target[row]!;
        for (const [b, z] of entries) this.#products[a * this.#size + b]! += w * x * z;
      }
    }
  }

  #solve(): Float64Array {
    const matrix = this.#products.slice();
    // The constant is not drawn towards 0, but must be solvable where there is no row.
    for (let i = 0; i < this.#size; i++) matrix[i * this.#size + i]! += i === this.#size - 1 ? 1e-9 : this.#penalty;
    return solveSymmetric(matrix, this.#right, this.#size);
  }

  getState(): State {
    const solution = this.#solution === null ? {} : { solution: this.#solution };
    const arrays = { products: this.#products.slice(), right: this.#right.slice(), ...solution };
    return { json: { done: this.#done }, arrays };
  }

  setState({ json, arrays }: State): void {
    const { products, right, solution = null } = arrays;
    const whole =
      typeof json.done === "number" &&
      products instanceof Float64Array &&
      products.length === this.#size ** 2 &&
      right instanceof Float64Array &&
      right.length === this.#size &&
      (solution === null || (solution instanceof Float64Array && solution.length === this.#size));
    if (!whole) throw new KaaykoError({ action: "go on with ridge", rule: "its sums must fit", kind: "damaged" });
    this.#done = json.done as number;
    this.#products = products.slice();
    this.#right = right.slice();
    this.#solution = solution;
  }

  async model(): Promise<ModelContent> {
    const arrays = { coefficients: this.#solution ?? this.#solve() };
    return { algorithm: "ridge", formatVersion: 1, json: {}, arrays };
  }

  async dispose(): Promise<void> {}
}
