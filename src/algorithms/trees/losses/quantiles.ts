import type { Labels } from "./loss.ts";

/**
 * The weighted quantile of the targets: between the two values that part the weight at the share, linearly where both have rows, as
 * NumPy's default for weights of 1. Rows of weight 0 do not count; 0 where there are no others.
 */
export function weightedQuantile(labels: Labels, share: number): number {
  const { target, weight, rows } = labels;
  const order: number[] = [];
  for (let i = 0; i < rows; i++) if (weight === null || weight[i]! > 0) order.push(i);
  if (order.length === 0) return 0;
  order.sort((a, b) => target[a]! - target[b]! || a - b);
  const weightOf = (place: number): number => (weight === null ? 1 : weight[order[place]!]!);
  let total = 0;
  for (let place = 0; place < order.length; place++) total += weightOf(place);
  // Each row's position is the middle of its weight; ends reach half a row further in.
  const first = weightOf(0) / 2;
  const last = total - weightOf(order.length - 1) / 2;
  const wanted = first + share * (last - first);
  let position = first;
  for (let place = 0; place + 1 < order.length; place++) {
    const next = position + (weightOf(place) + weightOf(place + 1)) / 2;
    if (next >= wanted) {
      const between = next > position ? (wanted - position) / (next - position) : 0;
      const [low, high] = [target[order[place]!]!, target[order[place + 1]!]!];
      return low * (1 - between) + high * between;
    }
    position = next;
  }
  return target[order.at(-1)!]!;
}
