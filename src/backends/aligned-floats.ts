const PAGE = 65_536;

/** Numbers at the beginning of a memory page, all 0: TensorFlow reads aligned memory where it lies and copies other. */
export function alignedFloats(count: number): Float32Array {
  const { buffer } = new WebAssembly.Memory({ initial: Math.ceil((count * 4) / PAGE) });
  return new Float32Array(buffer, 0, count);
}
