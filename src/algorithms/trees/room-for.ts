import type { BoostingOptions } from "./boosting-parameters.ts";

/** What constraints and columns drawn for nodes need of a machine. */
export function roomFor({ constraints, colsampleLevel, colsampleNode }: BoostingOptions) {
  const monotone = constraints?.monotone ?? [];
  return {
    monotone,
    bounded: monotone.some((direction) => direction !== 0),
    masked: colsampleLevel !== 1 || colsampleNode !== 1 || (constraints?.interactions.length ?? 0) > 0,
  };
}
