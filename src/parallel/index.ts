export { builtUrl } from "./built-url.ts";
export { compileWasm } from "./load-wasm.ts";
