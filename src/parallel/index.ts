export { builtUrl } from "./built-url.ts";
export { collectGarbage } from "./collect-garbage.ts";
export { holdYoungSpace } from "./hold-young-space.ts";
export { instantiateChain, type NamedModule } from "./instantiate.ts";
export { compileWasm, readWasm } from "./load-wasm.ts";
export { ThreadTeam, type ThreadTeamOptions } from "./thread-team.ts";
export { Transferred } from "./transferred.ts";
export { createWorkerPool, type RunOptions, type WorkerPool, type WorkerPoolOptions } from "./worker-pool.ts";
