import { type Dataset, type Examples, type Role, type RowLabels, targetWidth } from "../../../core/index.ts";
import { rowsOf } from "../binning/binning.ts";

/** Rows that are asked for at once where their number decides nothing. */
const BATCH_ROWS = 16_384;

/** Target and weight of all rows of a role, one after the other, in memory or not. */
export async function readRoleLabels(dataset: Dataset, role: Role): Promise<RowLabels> {
  if (dataset.labels !== undefined) return dataset.labels(role);
  const rows = dataset.rows[role];
  const width = targetWidth(dataset.task);
  const gathered = new GatheredLabels(rows, width);
  if (dataset.inMemory) gathered.add(await dataset.examples(role));
  else {
    const stream = await dataset.stream(role, { batchRows: BATCH_ROWS, shuffle: null });
    try {
      for (let batch = await stream.next(); batch !== null; batch = await stream.next()) gathered.add(batch);
    } finally {
      await stream.close();
    }
  }
  return gathered.labels();
}

class GatheredLabels {
  readonly #rows: number;
  readonly #width: number;
  readonly #target: Float64Array;
  #weight: Float32Array | null = null;
  #found = 0;

  constructor(rows: number, width: number) {
    this.#rows = rows;
    this.#width = width;
    this.#target = new Float64Array(rows * width);
  }

  add(examples: Examples): void {
    const { rows, target, weight } = examples;
    const width = this.#width;
    if (weight !== null) this.#weight ??= new Float32Array(this.#rows);
    for (let i = 0; i < rowsOf(examples); i++, this.#found++) {
      const row = rows === null ? i : rows[i]!;
      for (let k = 0; k < width; k++) this.#target[this.#found * width + k] = target[row * width + k]!;
      if (weight !== null) this.#weight![this.#found] = weight[row]!;
    }
  }

  labels(): RowLabels {
    return { rows: this.#rows, target: this.#target, weight: this.#weight };
  }
}
