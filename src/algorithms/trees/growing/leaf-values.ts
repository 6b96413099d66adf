import { log } from "../../../core/index.ts";
import type { TreeNode } from "../ensemble.ts";
import type { LeafRule } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { GrowthOptions } from "./growth-options.ts";

/** A mean is kept this far from 0 where a leaf's value is its logarithm. */
const LEAST_MEAN = 1e-12;

/** Value of a leaf by its sums of gradients and hessians, with L1 and L2, before the learning rate. 0 where it is not finite. */
export function leafStep(rule: LeafRule, gradient: number, hessian: number, options: GrowthOptions): number {
  const { lambda, alpha } = options;
  const soft = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - alpha);
  const value = rule.kind === "log" ? logStep(soft, hessian, lambda, rule.power) : -soft / (hessian + lambda);
  return Number.isFinite(value) ? value + 0 : 0;
}

/**
 * For scores that are logarithms of a mean, the sums of what pulls up (A) and pushes down (B) follow from those of gradients (B - A)
 * and hessians ((p - 1) A + (2 - p) B); the best constant is log(A / B). L2 is as many rows of both.
 */
function logStep(gradient: number, hessian: number, lambda: number, power: number): number {
  const up = hessian - (2 - power) * gradient;
  const least = LEAST_MEAN * hessian;
  return log((Math.max(up, least) + lambda) / (Math.max(up + gradient, least) + lambda));
}

/**
 * Renews the values of leaves from the residuals of their rows; L2 shrinks them as it does the mean of squared error. Call before
 * the tree is added to the scores.
 *
 * @param placeOf where the machine keeps each node
 * @returns the nodes with the new values
 */
export function renewLeaves(
  machine: TreeMachine,
  rule: Extract<LeafRule, { kind: "residuals" }>,
  nodes: readonly TreeNode[],
  placeOf: (node: number) => number,
  hessianScale: number,
  { lambda, learningRate }: GrowthOptions,
): TreeNode[] {
  const leaves = writeLeaves(machine, nodes, placeOf);
  machine.setReal("RENEWAL_SHARE", rule.share);
  machine.setReal("RENEWAL_DELTA", rule.delta ?? 0);
  machine.kernel.layRenewal!();
  machine.run("rowResidualPass");
  machine.run("renewPass");
  const renewed = [...nodes];
  leaves.forEach((id, i) => {
    // Hessians are weights where leaves are renewed.
    const weight = machine.kernel.hessianSum!(placeOf(id)) / hessianScale;
    const value =
      machine.reals[(machine.address.leaves >>> 3) + i * 2 + 1]! * (weight / (weight + lambda)) * learningRate;
    renewed[id] = { ...nodes[id]!, value: Number.isFinite(value) ? value + 0 : 0 };
  });
  return renewed;
}

/** Writes the records of a tree's leaves for the kernels. Returns the leaves' numbers, in order. */
export function writeLeaves(
  machine: TreeMachine,
  nodes: readonly TreeNode[],
  placeOf: (node: number) => number,
): number[] {
  const { words, reals, address } = machine;
  const leaves = nodes.flatMap((node, id) => (node.feature < 0 ? [id] : []));
  leaves.forEach((id, i) => {
    words[(address.leaves >>> 2) + i * 4] = placeOf(id);
    reals[(address.leaves >>> 3) + i * 2 + 1] = nodes[id]!.value;
  });
  machine.set("LEAF_COUNT", leaves.length);
  return leaves;
}
