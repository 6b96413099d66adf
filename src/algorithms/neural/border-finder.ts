import { type Dataset, type Examples, KaaykoError, rowHash, type State, streamKey } from "../../core/index.ts";

/** Training rows that borders are taken from: a quantile of them is off by less than a hundredth of the rows. */
const SAMPLED_ROWS = 16_384;

/**
 * Finds the borders of the pieces that numbers are encoded in: quantiles of training rows drawn by the seed, in one pass over
 * the rows. Memory does not grow with them.
 */
export class BorderFinder {
  readonly #dataset: Dataset;
  /** Places of the numeric features. */
  readonly #numeric: readonly number[];
  readonly #key: readonly [number, number];
  /** A row is drawn where its hash is under this. */
  readonly #threshold: number;
  /** Rows × numeric features; only the first `#drawn` rows are filled. */
  readonly #values: Float64Array;
  #drawn = 0;
  #seen = 0;

  constructor(dataset: Dataset, seed: number) {
    this.#dataset = dataset;
    this.#numeric = dataset.features.flatMap(({ kind }, i) => (kind === "numeric" ? [i] : []));
    this.#key = streamKey(seed, "mlp", "borders");
    const { train } = dataset.rows;
    this.#threshold = train <= SAMPLED_ROWS ? 2 ** 32 : (2 ** 32 * SAMPLED_ROWS) / train;
    this.#values = new Float64Array(Math.min(train, SAMPLED_ROWS) * this.#numeric.length);
  }

  /** Looks at the next training rows. */
  add({ table, rows }: Pick<Examples, "table" | "rows">): void {
    const count = rows === null ? table.rows : rows.length;
    const width = this.#numeric.length;
    const columns = this.#numeric.map((place) => (table.columns[place] as { values: Float64Array }).values);
    for (let i = 0; i < count; i++) {
      if (rowHash(this.#key, this.#seen + i) >= this.#threshold) continue;
      if ((this.#drawn + 1) * width > this.#values.length) break;
      const row = rows === null ? i : rows[i]!;
      for (let k = 0; k < width; k++) this.#values[this.#drawn * width + k] = columns[k]![row]!;
      this.#drawn++;
    }
    this.#seen += count;
  }

  /**
   * The borders by feature, ascending and distinct; none for categories and for numbers that never change.
   *
   * @param pieces most pieces of a feature
   */
  borders(pieces: number): number[][] {
    const width = this.#numeric.length;
    return this.#dataset.features.map((_, place) => {
      const k = this.#numeric.indexOf(place);
      if (k < 0) return [];
      const values = Float64Array.from({ length: this.#drawn }, (_, row) => this.#values[row * width + k]!);
      return quantileBorders(values.filter((value) => !Number.isNaN(value)).sort(), pieces);
    });
  }

  getState(): State {
    const drawn = this.#values.subarray(0, this.#drawn * this.#numeric.length);
    return { json: { seen: this.#seen }, arrays: { drawn }, appendOnly: ["drawn"] };
  }

  setState({ json, arrays }: State): void {
    const { seen } = json;
    const { drawn } = arrays;
    const width = Math.max(1, this.#numeric.length);
    const fits =
      typeof seen === "number" &&
      drawn instanceof Float64Array &&
      drawn.length <= this.#values.length &&
      drawn.length % width === 0;
    if (!fits)
      throw new KaaykoError({ action: "resume the mlp", rule: "its sample of rows must be whole", kind: "damaged" });
    this.#values.set(drawn);
    this.#drawn = drawn.length / width;
    this.#seen = seen;
  }
}

/** Quantiles of sorted values that cut them into pieces of about as many values; equal ones count once. */
export function quantileBorders(sorted: Float64Array, pieces: number): number[] {
  const borders: number[] = [];
  if (sorted.length === 0) return borders;
  for (let i = 0; i <= pieces; i++) {
    const value = sorted[Math.round((i / pieces) * (sorted.length - 1))]!;
    if (borders.length === 0 || value > borders.at(-1)!) borders.push(value);
  }
  return borders.length < 2 ? [] : borders;
}
