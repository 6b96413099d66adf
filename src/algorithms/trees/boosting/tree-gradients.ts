import { streamKey } from "../../../core/index.ts";
import { checkGradients, type ScoreStatistics, scoreStatistics } from "../growing/statistics.ts";
import type { Labels } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { chooseQuantisation, packedQuantisation, type Quantisation } from "../machine/quantisation.ts";
import type { BoostingParts } from "./boosting-parts.ts";
import { drawsRows } from "./sampling.ts";

type Fitted = Pick<BoostingParts, "name" | "context" | "options" | "loss" | "given" | "prepared">;

/** What rows weigh together, and the heaviest alone. */
export interface RowWeights {
  readonly totalWeight: number;
  readonly largestWeight: number;
}

export function rowWeights({ rows, weight }: Labels): RowWeights {
  return {
    totalWeight: weight?.reduce((a, b) => a + b, 0) ?? rows,
    largestWeight: weight?.reduce((a, b) => Math.max(a, b), 0) ?? 1,
  };
}

/** What the trees of a round have in common: packed gradients of all classes and their roots, or softmax's normalisers. */
export function prepareRound({ name, context, options, loss, prepared: { machine } }: Fitted, round: number): void {
  machine.select(machine.train);
  if (machine.sizes.packed) {
    const { gradientScale, hessianScale } = packedQuantisation(loss);
    machine.setReal("GRADIENT_SCALE", gradientScale);
    machine.setReal("HESSIAN_SCALE", hessianScale);
    const [key0, key1] = streamKey(context.seed, name, "rounding", round);
    machine.set("ROUNDING_KEY0", key0);
    machine.set("ROUNDING_KEY1", key1);
    machine.run("packedGradientPass");
    addClassRoots(machine, drawsRows(options, round));
  } else if (loss.name === "softmax") machine.run("normalisePass");
}

/** The roots of all classes in one pass over the rows, where their trees see all of them. */
function addClassRoots(machine: TreeMachine, sampled: boolean): void {
  const together = machine.address.classRoots !== 0 && !sampled;
  machine.set("CLASS_ROOTS_KNOWN", together ? 1 : 0);
  if (!together) return;
  machine.kernel.clearClassRoots!();
  machine.run("classRootPass");
  machine.kernel.mergeClassRoots!();
}

/** What the gradients are like before a tree, where the loss does not bound them; the leaves' pass left that behind for squared error. */
export function gradientFacts({ loss, given, prepared: { machine, residuals } }: Fitted): ScoreStatistics | null {
  if (loss.bounds !== null || residuals !== null) return null;
  const { train, address } = machine;
  const reals = (from: number, count: number) => new Float64Array(machine.bytes.buffer, from, count);
  given?.gradients(reals(train.scores, train.rows), reals(address.given, 2 * train.rows));
  if (loss.name !== "squared") machine.run("statisticsPass");
  const statistics = scoreStatistics(machine, train);
  checkGradients(statistics);
  return statistics;
}

/** Where the loss says the scales of gradients and hessians whatever the rows are like; null elsewhere. */
export function fixedQuantisation({ loss, prepared: { machine, residuals } }: Fitted): Quantisation | null {
  if (residuals !== null) return { wide: false, gradientScale: residuals.scale, hessianScale: 1 };
  return machine.sizes.packed ? packedQuantisation(loss) : null;
}

/** @param amplification how many times rows of small gradients count */
export function quantisationOf(
  fitted: Fitted,
  weights: RowWeights,
  statistics: ScoreStatistics | null,
  amplification: number,
): Quantisation {
  const { loss, prepared } = fitted;
  const { countBits } = prepared.machine.sizes;
  return fixedQuantisation(fitted) ?? chooseQuantisation({ loss, countBits, ...weights, statistics, amplification });
}
