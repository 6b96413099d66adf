/** A layer: y = x · weight + bias, and 0 where that is negative with `relu`. */
export interface DenseLayer {
  /** inputs × outputs. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly relu: boolean;
}

/** Naive twin of the kernel: the same float32 sums in the same order. */
export function naiveDense(
  signal: Float32Array,
  rows: number,
  { weight, bias, inputs, relu }: DenseLayer,
): Float32Array {
  const outputs = bias.length;
  const result = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < outputs; k++) {
      let sum = bias[k]!;
      for (let i = 0; i < inputs; i++)
        sum = Math.fround(sum + Math.fround(signal[row * inputs + i]! * weight[i * outputs + k]!));
      result[row * outputs + k] = relu && sum < 0 ? 0 : sum;
    }
  return result;
}
