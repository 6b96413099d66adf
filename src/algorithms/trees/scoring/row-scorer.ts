import type { FeatureColumn } from "../../../core/index.ts";
import { createStandaloneKernel, type StandaloneKernel } from "../../../kernels/standalone/index.ts";
import type { TreeModel } from "../model.ts";
import { layOutNodes, type RowNodesPlan } from "./row-nodes.ts";
import { type CategoryReading, type NumberReading, readingsOf } from "./row-readings.ts";

const PAGE_BYTES = 65_536;

/** Scores rows that come one at a time, or few. */
export class RowScorer {
  readonly #kernel: StandaloneKernel;
  readonly #plan: RowNodesPlan;
  readonly #numbers: readonly NumberReading[];
  readonly #categories: readonly CategoryReading[];
  readonly #values: Float64Array;
  readonly #scores: Float64Array;

  constructor(model: TreeModel, classes: number) {
    const { plan, codes, first, bytes } = layOutNodes(model, classes);
    this.#kernel = createStandaloneKernel();
    this.#plan = plan;
    const { memory } = this.#kernel;
    memory.grow(Math.ceil((first + bytes.length) / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES);
    new Uint8Array(memory.buffer).set(bytes, first);
    this.#values = new Float64Array(memory.buffer, plan.values, 1 + codes.length);
    this.#scores = new Float64Array(memory.buffer, plan.scores, classes);
    ({ numbers: this.#numbers, categories: this.#categories } = readingsOf(model, codes));
  }

  /** Adds the trees' values to the row-major scores of a row, `classes` numbers a row, in the order of the trees. */
  add(columns: readonly FeatureColumn[], row: number, scores: Float64Array): void {
    this.#fill(columns, row);
    const own = this.#scores;
    const first = row * own.length;
    for (let k = 0; k < own.length; k++) own[k] = scores[first + k]!;
    const { groups, groupCount, reached, trees, scores: at } = this.#plan;
    this.#kernel.score(groups, groupCount, reached, trees, at, own.length);
    for (let k = 0; k < own.length; k++) scores[first + k] = own[k]!;
  }

  #fill(columns: readonly FeatureColumn[], row: number): void {
    const values = this.#values;
    for (const { column, to, turned } of this.#numbers) {
      const from = columns[column]!;
      if (from.kind !== "numeric") continue;
      const value = from.values[row]!;
      // Missing is above every threshold, or below every one.
      values[to] = Number.isNaN(value) ? (turned ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : value;
    }
    for (const { column, to, bins, width, table } of this.#categories) {
      const from = columns[column]!;
      if (from.kind !== "categorical") continue;
      const first = width * (bins[from.codes[row]!] ?? 0);
      for (let k = 0; k < width; k++) values[to + k] = table[first + k]!;
    }
  }
}
