import { builtUrl, compileWasm, type NamedModule } from "../../parallel/index.ts";
import { emitHistogramKernel, type HistogramShape } from "./emit-histogram.ts";

/** Phases: routines that every thread of a team runs. */
export const PHASES = [
  "binPass",
  "rootPass",
  "expandPass",
  "splitPass",
  "residualPass",
  "renewPass",
  "leafPass",
  "walkPass",
  "normalisePass",
  "statisticsPass",
  "predictPass",
] as const;
export type Phase = (typeof PHASES)[number];

/** The modules that a thread instantiates: the histogram kernel for this table's columns, or an empty one, and the rest. */
export function treeModules(shape: HistogramShape | null): readonly NamedModule[] {
  return [
    { name: "histogram", module: new WebAssembly.Module(emitHistogramKernel(shape)) },
    { name: "trees", module: compileWasm(builtUrl(import.meta.url, "./trees.wasm")) },
  ];
}

/** Where the kernels' exported constants are numbers: offsets of the frame, sizes of records, codes of losses. */
export type KernelConstants = Readonly<Record<string, number>>;

/** Reads the constants that a kernel exports, by name. */
export function constantsOf(kernel: Record<string, unknown>): KernelConstants {
  const constants: Record<string, number> = {};
  for (const [name, value] of Object.entries(kernel)) {
    if (typeof value === "object" && value !== null && "value" in value) constants[name] = Number(value.value);
  }
  return constants;
}
