import { builtUrl, compileWasm, type NamedModule } from "../../parallel/index.ts";

/** Phases: routines that every thread of a team runs. */
export const FOREST_PHASES = ["growPass", "heldOutPass", "drawPass", "predictPass"] as const;
export type ForestPhase = (typeof FOREST_PHASES)[number];

/** The module that a thread instantiates. */
export function forestModules(): readonly NamedModule[] {
  return [{ name: "forest", module: compileWasm(builtUrl(import.meta.url, "./forest.wasm")) }];
}
