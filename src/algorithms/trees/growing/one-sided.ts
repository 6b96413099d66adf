import { KaaykoError, type ParameterSpec, type ParameterValues } from "../../../core/index.ts";
import type { Loss } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { SIZE_COUNTS } from "../machine/machine-areas.ts";
import type { OneSidedShares } from "./growth-options.ts";

/** Shares as in LightGBM. */
const TOP = 0.2;
const REST = 0.1;

/** The settings of gradient-based one-side sampling. */
export const ONE_SIDED_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "sampling",
    type: "choice",
    choices: ["uniform", "goss"],
    default: "uniform",
    description:
      "How rows are drawn for a tree: uniform (as many as subsample says), or goss: all of large gradients (topShare) and some of the others (restShare), which then count for those left out",
  },
  share("topShare", TOP, "Share of the rows, those of the largest gradients, that every tree sees, for sampling goss"),
  share("restShare", REST, "Share of all rows that is drawn from the others, for sampling goss"),
];

function share(name: string, value: number, description: string): ParameterSpec {
  return { name, type: "number", default: value, min: 0.001, max: 0.999, description };
}

/**
 * The shares of one-side sampling that the settings ask for; null for uniform sampling.
 *
 * @throws KaaykoError (usage) for shares of more than all rows, or a share of rows beside them
 */
export function readOneSided(values: ParameterValues): OneSidedShares | null {
  if (values.sampling !== "goss") return null;
  const [top, rest] = [values.topShare as number, values.restShare as number];
  if ((values.subsample ?? 1) !== 1)
    throw refuse("subsample must be 1, as goss draws the rows", String(values.subsample));
  if (top + rest > 1) throw refuse("topShare and restShare must be at most 1 together", String(top + rest));
  return { top, rest };
}

/**
 * Refuses losses whose leaves are renewed from the rows that a tree saw: those of large gradients would speak for all.
 *
 * @throws KaaykoError (usage)
 */
export function checkOneSided(shares: OneSidedShares | null | undefined, { name, leaves }: Loss): void {
  if ((shares ?? null) !== null && leaves.kind === "residuals")
    throw refuse("the objective must be one whose leaves follow from gradients", name);
}

function refuse(rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: "sample rows by their gradients", rule, got, kind: "usage" });
}

/** What a draw comes to. */
export interface OneSidedDraw {
  /** Rows whose size begins with more than these 16 bits are large. */
  readonly largestOrdinary: number;
  /** Probability with which each of the others is drawn. */
  readonly share: number;
}

/**
 * Gradient-based one-side sampling (Ke et al., "LightGBM", 2017, algorithm 2): all rows of large gradients, and of the others as many
 * by chance as are asked for. Sizes are told apart by their first 16 bits (1 %); where equal ones would be too many, they are all
 * left to chance, so that no more than the top share is ever taken whole.
 *
 * @param counts rows by the first bits of their gradient's size
 */
export function drawOneSided(counts: Uint32Array, rows: number, { top, rest }: OneSidedShares): OneSidedDraw {
  let large = 0;
  let bits = counts.length - 1;
  for (; bits >= 0 && large + counts[bits]! <= top * rows; bits--) large += counts[bits]!;
  const others = rows - large;
  return { largestOrdinary: bits, share: others === 0 ? 1 : Math.min(1, (rest * rows) / others) };
}

/** Measures the gradients of the class under way. Returns how many rows there are by the first bits of their size. */
export function countSizes(machine: TreeMachine): Uint32Array {
  const { sizeCounts } = machine.address;
  machine.kernel.clear!(sizeCounts, machine.sizes.threads * SIZE_COUNTS * 4);
  machine.run("gradientSizePass");
  const all = new Uint32Array(machine.bytes.buffer, sizeCounts, machine.sizes.threads * SIZE_COUNTS);
  const counts = all.slice(0, SIZE_COUNTS);
  for (let i = SIZE_COUNTS; i < all.length; i++) counts[i % SIZE_COUNTS]! += all[i]!;
  return counts;
}
