import { inputWidth, type Network } from "./network.ts";

/** Most batches of a call: beyond it there is little left to save, and the graph of as many steps takes longer to load. */
const MOST_STEPS = 8;
/** Products of numbers in the forward passes of a call, about: a hundredth of a second, beside which the call itself costs nothing. */
const CALL = 2 ** 28;

/**
 * Batches of an mlp that are trained in one call of the backend: small ones together, because a call costs as much as a hundred
 * rows. A power of two.
 *
 * @param rows of a batch
 * @param batches of a pass
 */
export function stepsPerCall(network: Network, rows: number, batches: number): number {
  const widths = [inputWidth(network), ...network.hidden, network.outputs];
  const weights = widths.slice(1).reduce((sum, width, i) => sum + width * widths[i]!, 0);
  const fitting = Math.min(MOST_STEPS, batches, CALL / Math.max(1, rows * weights));
  return 2 ** Math.max(0, Math.floor(Math.log2(fitting)));
}
