import { builtUrl, compileWasm, type NamedModule } from "../../parallel/index.ts";
import { emitHistogramKernel, type HistogramShape } from "./emit-histogram.ts";

/** Phases: routines that every thread of a team runs. */
export const PHASES = [
  "binPass",
  "columnPass",
  "packedGradientPass",
  "classRootPass",
  "gradientSizePass",
  "rootPass",
  "expandPass",
  "splitPass",
  "rejoinPass",
  "rowResidualPass",
  "renewPass",
  "leafPass",
  "leftOutPass",
  "residualRootPass",
  "residualPass",
  "carryPass",
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
