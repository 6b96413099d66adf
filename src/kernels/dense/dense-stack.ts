import { KaaykoError } from "../../core/index.ts";
import { builtUrl, compileWasm } from "../../parallel/index.ts";
import type { DenseLayer } from "./naive-dense.ts";

const PAGE = 65_536;
const MAX_PAGES = 65_536;
/** Outputs are padded to a multiple of this. */
const LANES = 8;

/** Layers one behind the other, for blocks of rows. */
export interface DenseStack {
  /** capacity × inputs of the first layer, row-major: filled before `run`. */
  readonly input: Float32Array;
  /** The last layer's outputs, row-major, of which the first `rows` rows count; valid until the next call. */
  run(rows: number): Float32Array;
}

interface KernelFunctions {
  dense(
    x: number,
    stride: number,
    rows: number,
    inputs: number,
    w: number,
    b: number,
    width: number,
    y: number,
    relu: boolean,
  ): void;
}

interface Placed {
  readonly layer: DenseLayer;
  readonly width: number;
  readonly weight: number;
  readonly bias: number;
}

/**
 * Puts layers into the memory of a kernel of its own. Sums are float32 in the order of the inputs: the same bytes on every
 * machine, for one row as among many.
 *
 * @param capacity rows of a block at most
 * @throws KaaykoError where the layers take 4 GB or more, or the build did not run
 */
export function createDenseStack(layers: readonly DenseLayer[], capacity: number): DenseStack {
  let end = 0;
  const place = (values: number): number => {
    const at = end;
    end += Math.ceil(values / 4) * 16;
    return at;
  };
  const widest = Math.max(...layers.map(({ bias }) => padded(bias.length)));
  const input = place(capacity * layers[0]!.inputs);
  const between = [place(capacity * widest), place(capacity * widest)] as const;
  const placed = layers.map((layer): Placed => {
    const width = padded(layer.bias.length);
    return { layer, width, weight: place(layer.inputs * width), bias: place(width) };
  });
  const memory = newMemory(end);
  for (const part of placed) fill(memory, part);
  const module = compileWasm(builtUrl(import.meta.url, "./dense.wasm"));
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelFunctions;
  const outputs = layers.at(-1)!.bias.length;
  const last = new Float32Array(memory.buffer, between[(layers.length - 1) % 2]!, capacity * padded(outputs));
  const result = new Float32Array(capacity * outputs);
  return {
    input: new Float32Array(memory.buffer, input, capacity * layers[0]!.inputs),
    run: (rows) => {
      let from = input;
      let stride = layers[0]!.inputs;
      placed.forEach(({ layer, width, weight, bias }, i) => {
        const to = between[i % 2]!;
        kernel.dense(from, stride, rows, layer.inputs, weight, bias, width, to, layer.relu);
        from = to;
        stride = width;
      });
      withoutPadding(last, rows, stride, outputs, result);
      return result;
    },
  };
}

const padded = (outputs: number): number => Math.ceil(outputs / LANES) * LANES;

function newMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE) + 1;
  if (pages <= MAX_PAGES) return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  throw new KaaykoError({
    action: "predict with the neural network",
    rule: "its layers must take less than 4 GB",
    got: `${bytes} bytes`,
  });
}

function fill(memory: WebAssembly.Memory, { layer, width, weight, bias }: Placed): void {
  const outputs = layer.bias.length;
  const rows = new Float32Array(memory.buffer, weight, layer.inputs * width);
  for (let i = 0; i < layer.inputs; i++) rows.set(layer.weight.subarray(i * outputs, (i + 1) * outputs), i * width);
  new Float32Array(memory.buffer, bias, width).set(layer.bias);
}

function withoutPadding(from: Float32Array, rows: number, width: number, outputs: number, to: Float32Array): void {
  for (let row = 0; row < rows; row++) for (let k = 0; k < outputs; k++) to[row * outputs + k] = from[row * width + k]!;
}
