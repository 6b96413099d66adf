import { readFileSync } from "node:fs";
import { KaaykoError } from "../core/errors.ts";

const modules = new Map<string, WebAssembly.Module>();

/**
 * Compiles a WebAssembly file once in this thread.
 *
 * @throws KaaykoError where the file is missing (the build did not run)
 */
export function compileWasm(url: URL): WebAssembly.Module {
  let module = modules.get(url.href);
  if (module === undefined) {
    module = new WebAssembly.Module(readWasm(url));
    modules.set(url.href, module);
  }
  return module;
}

/**
 * The bytes of a built WebAssembly file.
 *
 * @throws KaaykoError where the file is missing (the build did not run)
 */
export function readWasm(url: URL): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(url));
  } catch (error) {
    throw new KaaykoError({
      action: `load the kernel ${url.pathname.split("/").at(-1)}`,
      rule: "it must have been built",
      remedy: "Run npm run build.",
      cause: error,
    });
  }
}
