import type { FeatureBins } from "../binning/feature-bins.ts";
import type { TreeNode } from "../ensemble.ts";
import type { LeafRule } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { Quantisation } from "../machine/quantisation.ts";
import type { GrowingNode } from "./growing-node.ts";
import type { GrowthOptions } from "./growth-options.ts";
import { leafStep } from "./leaf-values.ts";
import type { NodeBounds } from "./node-bounds.ts";
import { readSplit } from "./split-records.ts";

/** What turns a grown node's quantised sums into numbers. */
export interface FinishContext {
  readonly machine: TreeMachine;
  readonly bins: readonly FeatureBins[];
  readonly options: GrowthOptions;
  readonly quantisation: Quantisation;
  readonly leafRule: LeafRule;
  /** Null where values are free. */
  readonly bounds: NodeBounds | null;
}

/** The node as it is kept: a split with its threshold, or a leaf with its value. */
export function finishNode(context: FinishContext, node: GrowingNode): TreeNode {
  const rows = context.machine.kernel.rowCount!(node.place);
  if (!node.split) return { ...EMPTY_LEAF, value: addedValue(context, node.place), rows };
  const [left, right] = node.children!;
  const { gradientScale, hessianScale } = context.quantisation;
  const { feature, bin, flags, categories } = readSplit(context.machine, node.place);
  const bins = context.bins[feature]!;
  return {
    feature,
    bin: categories === null ? bin : 0,
    // Beyond the last cut there is only missing.
    threshold: bins.kind === "numeric" ? (bins.cuts[bin] ?? Number.MAX_VALUE) : 0,
    flags,
    left: left.id,
    right: right.id,
    categories,
    value: 0,
    gain: (node.gain / gradientScale / gradientScale) * hessianScale,
    rows,
  };
}

/** A leaf's value as it is added to scores: times the learning rate; of residuals in whole steps, the nearest whole one. */
function addedValue(context: FinishContext, node: number): number {
  const { machine, options, quantisation, bounds } = context;
  const own = leafValue(context, node);
  const value = (bounds?.clamp(node, own) ?? own) * options.learningRate;
  if (!machine.sizes.residual) return value + 0;
  return Math.round(value * quantisation.gradientScale) / quantisation.gradientScale + 0;
}

/** The value that fits a node best. */
export function leafValue(context: Omit<FinishContext, "bins" | "bounds">, node: number): number {
  const { machine, options, quantisation, leafRule } = context;
  const gradient = machine.kernel.gradientSum!(node) / quantisation.gradientScale;
  const hessian = machine.kernel.hessianSum!(node) / quantisation.hessianScale;
  return leafStep(leafRule, gradient, hessian, options);
}

const EMPTY_LEAF: TreeNode = {
  feature: -1,
  bin: 0,
  threshold: 0,
  flags: 0,
  left: -1,
  right: -1,
  categories: null,
  value: 0,
  gain: 0,
  rows: 0,
};
