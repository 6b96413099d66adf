import { builtUrl, readWasm } from "../../parallel/index.ts";

/**
 * The bytes of the module that walks trees for one row at a time, for a file that is to predict on its own: it imports nothing, and
 * exports `memory`, `place` and `walk`.
 *
 * @throws KaaykoError where it was not built
 */
export function standaloneWasm(): Uint8Array<ArrayBuffer> {
  return readWasm(builtUrl(import.meta.url, "./standalone.wasm"));
}
