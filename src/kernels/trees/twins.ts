/** The kernels again, in a few plain lines each: what the tests compare the fast ones with. */

/** Row-major bins of a few rows, with what each row adds. */
export interface TwinRows {
  readonly bins: Uint8Array;
  readonly stride: number;
  readonly cellOffsets: ArrayLike<number>;
  readonly columns: number;
  readonly gradient: ArrayLike<number>;
  readonly hessian: ArrayLike<number>;
}

export interface TwinCell {
  gradient: number;
  hessian: number;
  rows: number;
}

/** Sums of each cell over some rows. */
export function histogramTwin(data: TwinRows, rows: Iterable<number>): TwinCell[] {
  const cells = Array.from({ length: data.cellOffsets[data.columns]! }, () => ({ gradient: 0, hessian: 0, rows: 0 }));
  for (const row of rows) {
    for (let column = 0; column < data.columns; column++) {
      const cell = cells[data.cellOffsets[column]! + data.bins[row * data.stride + column]!]!;
      cell.gradient += data.gradient[row]!;
      cell.hessian += data.hessian[row]!;
      cell.rows++;
    }
  }
  return cells;
}

/**
 * A packed record's gradient and hessian in steps: each rounded down after a share of a step, from the halves of the row's hash,
 * is added.
 */
export function packedTwin(
  { gradient, hessian }: { gradient: number; hessian: number },
  scales: { gradient: number; hessian: number },
  hash: number,
): { gradient: number; hessian: number } {
  return {
    gradient: Math.max(-32_767, Math.min(32_767, Math.floor(gradient * scales.gradient + (hash >>> 16) / 65_536))),
    hessian: Math.min(2047, Math.floor(hessian * scales.hessian + (hash & 0xffff) / 65_536)),
  };
}

/** Residuals after a tree: each row's moved by the value of its leaf. */
export function movedTwin(
  residuals: ArrayLike<number>,
  leafOf: ArrayLike<number>,
  values: ArrayLike<number>,
): number[] {
  return Array.from(residuals, (residual, row) => residual + values[leafOf[row]!]!);
}

/** Row numbers that go left, then those that go right, each in their old order; and how many go left. */
export function partitionTwin(
  numbers: readonly number[],
  bins: Uint8Array,
  stride: number,
  table: Uint8Array,
): { numbers: number[]; lefts: number } {
  const left = numbers.filter((row) => table[bins[row * stride]!] === 0);
  return { numbers: [...left, ...numbers.filter((row) => table[bins[row * stride]!] !== 0)], lefts: left.length };
}

/** The bin of a value: how many cuts are under it. */
export function binTwin(value: number, cuts: Float64Array): number {
  let bin = 0;
  while (bin < cuts.length && value > cuts[bin]!) bin++;
  return bin;
}

export interface TwinRules {
  readonly lambda: number;
  readonly alpha: number;
  readonly minChildRows: number;
  readonly minChildWeight: number;
  /** Range of both children's values, and how they must lie: 1 ascending, -1 descending, 0 as they like. Default free. */
  readonly bounds?: { readonly lowest: number; readonly highest: number; readonly direction: number };
}

export interface TwinSplit {
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

/** The best cut of a numeric feature whose last cell is missing where `hasMissing` is set; null where none gains. */
export function splitTwin(cells: readonly TwinCell[], hasMissing: boolean, rules: TwinRules): TwinSplit | null {
  const values = hasMissing ? cells.slice(0, -1) : cells;
  const missing = hasMissing ? cells.at(-1)! : { gradient: 0, hessian: 0, rows: 0 };
  const total = addAll([...values, missing]);
  let best: TwinSplit | null = null;
  for (let bin = 0; bin < values.length; bin++) {
    for (const missingLeft of [false, true]) {
      if (missingLeft && (missing.rows === 0 || bin === values.length - 1)) continue;
      const left = addAll([...values.slice(0, bin + 1), ...(missingLeft ? [missing] : [])]);
      const gain = gainTwin(left, total, rules);
      if (gain !== null && gain > (best?.gain ?? 0)) best = { bin, missingLeft, gain };
    }
  }
  return best;
}

export interface CategoryTwinRules extends TwinRules {
  readonly smoothing: number;
  readonly categoryLambda: number;
  readonly categoryGain: number;
  readonly categoryMinRows: number;
}

/** Categories tried one against the rest at most; more are put in order. */
const ONE_AGAINST_REST = 4;

/** The best gain of a set of categories against the rest; null where none gains. */
export function categoryGainTwin(cells: readonly TwinCell[], rules: CategoryTwinRules): number | null {
  const total = addAll(cells);
  const ratio = ({ gradient, hessian }: TwinCell): number => gradient / (hessian + rules.smoothing);
  const used = cells
    .filter(({ rows }) => rows > 0 && rows >= rules.categoryMinRows)
    .map((cell, order) => ({ cell, order }))
    .sort((a, b) => ratio(a.cell) - ratio(b.cell) || a.order - b.order)
    .map(({ cell }) => cell);
  const isFew = used.length <= ONE_AGAINST_REST;
  const lefts = used.map((cell, i) => (isFew ? cell : addAll(used.slice(0, i + 1))));
  const gains = lefts.map((left) => categorySetGainTwin(left, total, used.length, rules) ?? 0);
  const best = Math.max(0, ...gains);
  return best > 0 ? best : null;
}

/** The gain of one set of a node's `used` categories; null where a child would be too small. */
export function categorySetGainTwin(
  left: TwinCell,
  total: TwinCell,
  used: number,
  rules: CategoryTwinRules,
): number | null {
  if (used <= ONE_AGAINST_REST) return gainTwin(left, total, rules);
  const lambda = rules.lambda + rules.categoryLambda;
  const gain = gainTwin(left, total, { ...rules, lambda }, rules.lambda);
  return gain === null ? null : gain - rules.categoryGain * (used - 1);
}

const FREE = { lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY, direction: 0 };

function gainTwin(left: TwinCell, total: TwinCell, rules: TwinRules, parentLambda = rules.lambda): number | null {
  const right = {
    gradient: total.gradient - left.gradient,
    hessian: total.hessian - left.hessian,
    rows: total.rows - left.rows,
  };
  for (const side of [left, right])
    if (side.rows < Math.max(1, rules.minChildRows) || side.hessian < rules.minChildWeight) return null;
  const { lowest, highest, direction } = rules.bounds ?? FREE;
  const bestValue = ({ gradient, hessian }: TwinCell, lambda: number): number => {
    const best = (-Math.sign(gradient) * Math.max(Math.abs(gradient) - rules.alpha, 0)) / (hessian + lambda);
    return Math.max(lowest, Math.min(highest, best));
  };
  const score = (cell: TwinCell, lambda: number): number => {
    const value = bestValue(cell, lambda);
    return -2 * cell.gradient * value - (cell.hessian + lambda) * value ** 2 - 2 * rules.alpha * Math.abs(value);
  };
  if (direction * (bestValue(right, rules.lambda) - bestValue(left, rules.lambda)) < 0) return null;
  return score(left, rules.lambda) + score(right, rules.lambda) - score(total, parentLambda);
}

function addAll(cells: readonly TwinCell[]): TwinCell {
  const sum = { gradient: 0, hessian: 0, rows: 0 };
  for (const cell of cells) {
    sum.gradient += cell.gradient;
    sum.hessian += cell.hessian;
    sum.rows += cell.rows;
  }
  return sum;
}

/** Row-major bins of a block column by column, `blockRows` bytes each. */
export function columnsTwin(
  bins: Uint8Array,
  rows: number,
  stride: number,
  columns: number,
  blockRows: number,
): Uint8Array {
  const copy = new Uint8Array(columns * blockRows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) copy[column * blockRows + row] = bins[row * stride + column]!;
  return copy;
}
