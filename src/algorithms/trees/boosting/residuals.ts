import { type Examples, KaaykoError } from "../../../core/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { scaleTo } from "../machine/quantisation.ts";

/** Residuals in whole steps: what they are of, and how many steps a unit of the target has (a power of two). */
export interface ResidualPlan {
  readonly base: number;
  readonly scale: number;
  /** Sum of squared residuals, in steps, up to which no sum of them can leave its cell. */
  readonly mostSquares: number;
}

/** Bits that a residual may take. */
const RESIDUAL_BITS = 30;
const SAMPLE_ROWS = 4096;
/** Steps that a typical residual must have at least; fewer where outliers need the range, which then is not for whole steps. */
const LEAST_STEPS = 2 ** 12;
/** From this many rows on fewer will do: rounding averages out over a leaf's rows, and no more would fit the sums. */
const MANY_ROWS = 2 ** 24;
const LEAST_STEPS_OF_MANY = 2 ** 9;

/**
 * Plans residuals in whole steps for squared error, or null where they would be too coarse: some targets lie too far out, or there are
 * more than some 50 million rows.
 *
 * No sum can leave its 64-bit cell: a tree's leaves with a learning rate of at most 1 never raise the sum of squares, so that the
 * size of a residual stays under its root and the sum of sizes under its root times that of the rows. Both are held in their
 * ranges at the beginning, with a bit to spare for the leaves' rounding.
 *
 * @param rows number of training rows
 * @param countBits bits that a count of them needs
 * @param sampled whether trees see a part of the rows: for the others a leaf may be wrong, and a bit more is spared. Default false
 */
export function planResiduals(
  examples: Pick<Examples, "rows" | "target">,
  rows: number,
  countBits: number,
  sampled = false,
): ResidualPlan | null {
  const base = meanTarget(examples, rows);
  const middle = medianTarget(examples, rows);
  let squares = 0;
  let roots = 0;
  const { target } = examples;
  for (let i = 0; i < rows; i++) {
    const y = target[examples.rows === null ? i : examples.rows[i]!]!;
    squares += (base - y) * (base - y);
    roots += Math.sqrt(Math.abs(middle - y));
  }
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return null;
  const bits = { one: RESIDUAL_BITS - 1, sum: 61 - countBits };
  const spare = sampled ? 1 : 0;
  const scale = Math.min(scaleTo(norm, bits.one - spare), scaleTo(norm * Math.sqrt(rows), bits.sum - spare));
  // Outliers hardly move the median and the mean of square roots, so these tell how far most targets spread.
  const typical = (roots / rows) ** 2;
  return norm === 0 || typical * scale >= (rows < MANY_ROWS ? LEAST_STEPS : LEAST_STEPS_OF_MANY)
    ? { base, scale, mostSquares: Math.min(4 ** bits.one, 4 ** bits.sum / rows) }
    : null;
}

/**
 * Refuses residuals that trees of a part of the rows have driven so far apart that the next sums might leave their cells.
 *
 * @throws KaaykoError
 */
export function checkResiduals({ mostSquares }: ResidualPlan, squares: number): void {
  if (squares <= mostSquares) return;
  throw new KaaykoError({
    action: "fit trees to a part of the rows",
    rule: "the root mean squared error over all training rows must stay under twice the constant model's",
    got: "more",
    remedy: "Use a larger subsample, a smaller learningRate, or a larger minChildRows.",
  });
}

/** A running mean cannot overflow, whatever the targets. */
function meanTarget({ target, rows: chosen }: Pick<Examples, "rows" | "target">, rows: number): number {
  let mean = 0;
  for (let i = 0; i < rows; i++) mean += (1 / (i + 1)) * (target[chosen === null ? i : chosen[i]!]! - mean);
  return mean;
}

/** The median of up to some thousand targets, evenly spaced. */
function medianTarget({ target, rows: chosen }: Pick<Examples, "rows" | "target">, rows: number): number {
  const sample = new Float64Array(Math.min(rows, SAMPLE_ROWS));
  for (let i = 0; i < sample.length; i++) {
    const row = Math.floor((i * rows) / sample.length);
    sample[i] = target[chosen === null ? row : chosen[row]!]!;
  }
  return sample.sort()[sample.length >> 1]!;
}

/**
 * The residuals of the constant model, into the machine's memory.
 *
 * @param first of the training rows that the examples are. Default 0
 * @param rows of the examples. Default all training rows
 */
export function writeResiduals(
  machine: TreeMachine,
  examples: Pick<Examples, "rows" | "target">,
  { base, scale }: ResidualPlan,
  first = 0,
  rows = machine.train.rows,
): void {
  const from = (machine.address.quantised >>> 2) + first;
  const residuals = machine.words.subarray(from, from + rows);
  for (let i = 0; i < rows; i++)
    residuals[i] = Math.round((base - examples.target[examples.rows === null ? i : examples.rows[i]!]!) * scale);
}
