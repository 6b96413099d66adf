import type { TreeMachine } from "../machine/machine.ts";
import type { Quantisation } from "../machine/quantisation.ts";
import type { GrowthOptions } from "./growth-options.ts";

/** Tells the kernels the rules of a tree in quantised units: gradients count `gradientScale` times, hessians `hessianScale` times. */
export function writeGrowthRules(machine: TreeMachine, options: GrowthOptions, quantisation: Quantisation): void {
  const { wide, gradientScale, hessianScale } = quantisation;
  machine.set("WIDE", wide ? 1 : 0);
  machine.setReal("GRADIENT_SCALE", gradientScale);
  machine.setReal("HESSIAN_SCALE", hessianScale);
  machine.setReal("HESSIAN_FLOOR", 1e-16);
  machine.setReal("LAMBDA", options.lambda * hessianScale);
  machine.setReal("ALPHA", options.alpha * gradientScale);
  machine.setReal("MIN_CHILD_WEIGHT", options.minChildWeight * hessianScale);
  machine.set("MIN_CHILD_ROWS", options.minChildRows);
  machine.setReal("MIN_GAIN", (options.gamma / hessianScale) * gradientScale * gradientScale);
  machine.setReal("CATEGORY_SMOOTHING", options.categorySmoothing * hessianScale);
  machine.setReal("CATEGORY_LAMBDA", options.categoryLambda * hessianScale);
  const gainScale = (gradientScale / hessianScale) * gradientScale;
  machine.setReal("CATEGORY_GAIN", (options.categoryGain ?? 0) * gainScale);
  machine.set("CATEGORY_MIN_ROWS", options.categoryMinRows);
}
