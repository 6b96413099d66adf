export { builtUrl } from "./built-url.ts";
export { compileWasm } from "./load-wasm.ts";
export { Transferred } from "./transferred.ts";
export { createWorkerPool, type RunOptions, type WorkerPool, type WorkerPoolOptions } from "./worker-pool.ts";
