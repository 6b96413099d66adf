import { constantsOf, treeModules } from "../../../src/kernels/trees/index.ts";
import { instantiateChain } from "../../../src/parallel/index.ts";

const BASE = 65_536;

/** A kernel over a memory of its own, with a frame at its start. */
export function makeKernel(shape: Parameters<typeof treeModules>[0] = null, pages = 24) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const kernel = instantiateChain(memory, treeModules(shape));
  kernel.attach!(BASE);
  const at = constantsOf(kernel);
  return {
    kernel,
    words: new Int32Array(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
    longs: new BigInt64Array(memory.buffer),
    reals: new Float64Array(memory.buffer),
    set: (field: string, value: number) => {
      new Int32Array(memory.buffer)[(BASE + at[`AT_${field}`]!) >> 2] = value;
    },
    setReal: (field: string, value: number) => {
      new Float64Array(memory.buffer)[(BASE + at[`AT_${field}`]!) >> 3] = value;
    },
  };
}
