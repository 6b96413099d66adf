/**
 * Computations on float32 arrays of type `V`, without gradients: what a backend must offer so that a `Tape` runs on it. In a shape,
 * -1 stands for the one dimension that depends on the number of rows.
 */
export interface Operations<V> {
  constant(values: readonly number[], shape: readonly number[]): V;
  /** Matrices. */
  matMul(a: V, b: V, transposeA: boolean, transposeB: boolean): V;
  /** Stacks of matrices: the last two dimensions. */
  batchMatMul(a: V, b: V, transposeA: boolean, transposeB: boolean): V;
  /** Of two arrays, broadcast. */
  binary(kind: BinaryKind, a: V, b: V): V;
  unary(kind: UnaryKind, a: V): V;
  /** The gradient by the input from the gradient by the output, where the output says enough. */
  unaryGradient(kind: "relu" | "tanh" | "sigmoid", output: V, gradient: V): V;
  /** Adds a vector along the last dimension. */
  biasAdd(a: V, bias: V): V;
  /** The sum over all dimensions but the last. */
  biasGradient(gradient: V): V;
  reshape(a: V, shape: readonly number[]): V;
  transpose(a: V, order: readonly number[]): V;
  /** @param size -1 for all that follows */
  slice(a: V, begin: readonly number[], size: readonly number[]): V;
  concat(parts: readonly V[], axis: number): V;
  /** Pieces of equal size. */
  split(a: V, pieces: number, axis: number): V[];
  /** Zeros before and after each dimension. */
  pad(a: V, paddings: readonly (readonly [number, number])[]): V;
  reduce(kind: "sum" | "mean" | "max", a: V, axes: readonly number[], keep: boolean): V;
  /** Over the last dimension. */
  softmax(a: V): V;
  logSoftmax(a: V): V;
  /** Rows of a table by their int32 numbers, a vector. */
  gather(table: V, indices: V): V;
  /** The sum of the rows of each number: the gradient of `gather`. */
  segmentSum(values: V, indices: V, rows: number): V;
  /** Uniform numbers in [0, 1) in the shape of `like`; decided by two int32 words and the number of the use. */
  uniform(like: V, seed: V, use: number): V;
}

export type BinaryKind = "add" | "sub" | "mul" | "div" | "maximum" | "greaterEqual";
export type UnaryKind =
  | "relu"
  | "tanh"
  | "sigmoid"
  | "exp"
  | "log"
  | "square"
  | "sqrt"
  | "rsqrt"
  | "neg"
  | "abs"
  | "zerosLike"
  | "onesLike";
