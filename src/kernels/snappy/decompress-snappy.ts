import { builtUrl, compileWasm } from "../../parallel/index.ts";
import { naiveDecompressSnappy } from "./naive-snappy.ts";

const PAGE = 65_536;
/** What the kernel may read and write over the end of its input and output. */
const SLACK = 32;
/** Together larger, bytes are decompressed where they are: the kernel's memory would stay that large. */
const MOST_BYTES = 1 << 25;
const PROBLEMS = ["", "no length at the start", "another length", "a literal too long", "a copy from nowhere"] as const;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  decompress(at: number, end: number, to: number, length: number): number;
}

let kernel: Kernel | undefined;

/**
 * Decompresses Snappy's raw format (format_description.txt of google/snappy), one block at a time in memory of this thread that is
 * used again and again.
 *
 * @param output exactly as long as the block promises to be
 * @throws RangeError where the bytes are damaged or hold another length; KaaykoError where the build did not run
 */
export function decompressSnappy(bytes: Uint8Array, output: Uint8Array): void {
  if (bytes.length + output.length > MOST_BYTES) {
    naiveDecompressSnappy(bytes, output);
    return;
  }
  kernel ??= startKernel();
  const { memory } = kernel;
  const to = bytes.length + SLACK;
  const missing = to + output.length + SLACK - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const view = new Uint8Array(memory.buffer);
  view.set(bytes);
  const problem = kernel.decompress(0, bytes.length, to, output.length);
  if (problem !== 0) throw new RangeError(`${PROBLEMS[problem]} where ${output.length} bytes were promised`);
  output.set(view.subarray(to, to + output.length));
}

function startKernel(): Kernel {
  const module = compileWasm(builtUrl(import.meta.url, "./snappy.wasm"));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: (2 * MOST_BYTES) / PAGE, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, ...(instance.exports as unknown as Pick<Kernel, "decompress">) };
}
