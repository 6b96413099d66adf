import type { BoostingOptions } from "../boosting/boosting-parameters.ts";

/** What constraints, sampling and columns drawn for nodes need of a machine. */
export function roomFor({ constraints, colsampleLevel, colsampleNode, maxDeltaStep = 0, oneSided }: BoostingOptions) {
  const monotone = constraints?.monotone ?? [];
  return {
    monotone,
    bounded: maxDeltaStep > 0 || monotone.some((direction) => direction !== 0),
    oneSided: (oneSided ?? null) !== null,
    masked: colsampleLevel !== 1 || colsampleNode !== 1 || (constraints?.interactions.length ?? 0) > 0,
  };
}
