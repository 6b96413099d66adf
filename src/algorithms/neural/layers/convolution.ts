import type { Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "./scope.ts";

/** Parameters of a causal convolution: `weight`, (taps · channels) × filters, the earliest tap first, and `bias`. */
export function convolutionParameters(name: string, taps: number, channels: number, filters: number): Parameter[] {
  return [
    { name: `${name}/weight`, shape: [taps * channels, filters], decayed: true, initial: "he" },
    { name: `${name}/bias`, shape: [filters], decayed: false, initial: "zeros" },
  ];
}

/**
 * Convolution over the steps of a sequence that sees no step after its own: step t reads t, t - dilation, t - 2 · dilation and so
 * on, zeros before the first (van den Oord et al., "WaveNet", 2016).
 *
 * @param x rows × steps × channels
 * @returns rows × steps × filters
 */
export function convolution<V>({ tape, parameter }: Scope<V>, name: string, x: Value<V>, dilation: number): Value<V> {
  const weight = parameter(`${name}/weight`);
  const [, steps, channels] = x.shape as [number, number, number];
  const [width, filters] = weight.shape as [number, number];
  const taps = width / channels;
  const padded = tape.padBefore(x, 1, (taps - 1) * dilation);
  const seen = Array.from({ length: taps }, (_, tap) => tape.slice(padded, 1, tap * dilation, steps));
  const flat = tape.reshape(tape.concat(seen, 2), [-1, width]);
  return tape.reshape(tape.biasAdd(tape.matMul(flat, weight), parameter(`${name}/bias`)), [-1, steps, filters]);
}
