import { builtUrl, compileWasm, readWasm } from "../../parallel/index.ts";

/** What the module that walks trees for one row at a time exports. */
export interface StandaloneKernel {
  /** Its own, a page large when it starts. */
  readonly memory: WebAssembly.Memory;
  score(groups: number, count: number, reached: number, trees: number, scores: number, classes: number): void;
}

const url = (): URL => builtUrl(import.meta.url, "./standalone.wasm");

/**
 * The bytes of the module, for a file that is to predict on its own: it imports nothing.
 *
 * @throws KaaykoError where it was not built
 */
export function standaloneWasm(): Uint8Array<ArrayBuffer> {
  return readWasm(url());
}

/**
 * An instance of the module with a memory of its own. The module is compiled once a process.
 *
 * @throws KaaykoError where it was not built
 */
export function createStandaloneKernel(): StandaloneKernel {
  return new WebAssembly.Instance(compileWasm(url())).exports as unknown as StandaloneKernel;
}
