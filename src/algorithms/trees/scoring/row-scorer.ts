import type { FeatureColumn } from "../../../core/index.ts";
import type { TreeModel } from "../model.ts";
import { type RowGroup, type RowLayout, TOGETHER } from "./row-layout.ts";

/** Scores rows that come one at a time, or few. */
export class RowScorer {
  readonly #model: TreeModel;
  readonly #layout: RowLayout;
  readonly #values: Float64Array;
  /** The leaves that a group reaches. */
  readonly #reached = new Int32Array(TOGETHER);

  /** @param layout of the same model */
  constructor(model: TreeModel, layout: RowLayout) {
    this.#model = model;
    this.#layout = layout;
    // The first column stays above nothing.
    this.#values = new Float64Array(1 + layout.codes.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** Adds the trees' values to the row-major scores of a row, `classes` numbers a row, in the order of the trees. */
  add(columns: readonly FeatureColumn[], row: number, scores: Float64Array, classes: number): void {
    this.#fill(columns, row);
    const { groups, numbers, trees } = this.#layout;
    const reached = this.#reached;
    let score = 0;
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g]!;
      if (group.size > 0) walkComplete(this.#layout, group, this.#values, reached);
      else walkLinked(this.#layout, group, this.#values, reached);
      const count = Math.min(TOGETHER, trees - g * TOGETHER);
      for (let i = 0; i < count; i++) {
        scores[row * classes + score]! += numbers[reached[i]!]!;
        score = score + 1 === classes ? 0 : score + 1;
      }
    }
  }

  #fill(columns: readonly FeatureColumn[], row: number): void {
    const { codes } = this.#layout;
    const values = this.#values;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      const column = columns[this.#model.columns[code.entry]!]!;
      if (column.kind === "numeric") {
        const value = column.values[row]!;
        // Missing is above every threshold, or below every one.
        const missing = code.form === "turned" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        values[i + 1] = Number.isNaN(value) ? missing : value;
      } else if (code.form === "set")
        values[i + 1] = code.table[this.#model.binOfCode[code.entry]![column.codes[row]!] ?? 0]!;
    }
  }
}

// Comparisons become numbers, where choices would be branches that are guessed wrong every other time.

function walkComplete(
  layout: RowLayout,
  { first, levels, size }: RowGroup,
  values: Float64Array,
  reached: Int32Array,
): void {
  const { columns, numbers } = layout;
  const firstB = first + size;
  const firstC = firstB + size;
  const firstD = firstC + size;
  const firstE = firstD + size;
  const firstF = firstE + size;
  const firstG = firstF + size;
  const firstH = firstG + size;
  let a = 1;
  let b = 1;
  let c = 1;
  let d = 1;
  let e = 1;
  let f = 1;
  let g = 1;
  let h = 1;
  for (let level = 0; level < levels; level++) {
    a = 2 * a + Number(values[columns[first + a]!]! > numbers[first + a]!);
    b = 2 * b + Number(values[columns[firstB + b]!]! > numbers[firstB + b]!);
    c = 2 * c + Number(values[columns[firstC + c]!]! > numbers[firstC + c]!);
    d = 2 * d + Number(values[columns[firstD + d]!]! > numbers[firstD + d]!);
    e = 2 * e + Number(values[columns[firstE + e]!]! > numbers[firstE + e]!);
    f = 2 * f + Number(values[columns[firstF + f]!]! > numbers[firstF + f]!);
    g = 2 * g + Number(values[columns[firstG + g]!]! > numbers[firstG + g]!);
    h = 2 * h + Number(values[columns[firstH + h]!]! > numbers[firstH + h]!);
  }
  reached[0] = first + a;
  reached[1] = firstB + b;
  reached[2] = firstC + c;
  reached[3] = firstD + d;
  reached[4] = firstE + e;
  reached[5] = firstF + f;
  reached[6] = firstG + g;
  reached[7] = firstH + h;
}

function walkLinked(layout: RowLayout, { roots, levels }: RowGroup, values: Float64Array, reached: Int32Array): void {
  const { columns, numbers, links } = layout;
  let [a, b, c, d, e, f, g, h] = roots as [number, number, number, number, number, number, number, number];
  for (let level = 0; level < levels; level++) {
    a = links[a]! + Number(values[columns[a]!]! > numbers[a]!);
    b = links[b]! + Number(values[columns[b]!]! > numbers[b]!);
    c = links[c]! + Number(values[columns[c]!]! > numbers[c]!);
    d = links[d]! + Number(values[columns[d]!]! > numbers[d]!);
    e = links[e]! + Number(values[columns[e]!]! > numbers[e]!);
    f = links[f]! + Number(values[columns[f]!]! > numbers[f]!);
    g = links[g]! + Number(values[columns[g]!]! > numbers[g]!);
    h = links[h]! + Number(values[columns[h]!]! > numbers[h]!);
  }
  reached[0] = a;
  reached[1] = b;
  reached[2] = c;
  reached[3] = d;
  reached[4] = e;
  reached[5] = f;
  reached[6] = g;
  reached[7] = h;
}
