/**
 * The URL of a built file that a worker thread or WebAssembly starts from. Sources run straight from `src/` in tests,
 * where workers cannot; there the file of the same place in `dist/` is used, so tests need `npm run build` first.
 *
 * @param from `import.meta.url` of the caller
 * @param relative path of the built file relative to the caller: "./decode-worker.js", "./binning.wasm"
 */
export function builtUrl(from: string, relative: string): URL {
  const base = from.endsWith(".ts") ? from.replace(/\/src\/(?!.*\/src\/)/, "/dist/") : from;
  return new URL(relative, base);
}
