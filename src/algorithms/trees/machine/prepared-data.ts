import { KaaykoError } from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import type { ResidualPlan } from "../boosting/residuals.ts";
import type { TreeMachine } from "./machine.ts";

/** Binned rows in a machine, ready for the first tree. */
export interface PreparedData {
  readonly machine: TreeMachine;
  readonly bins: readonly FeatureBins[];
  /** How training rows are kept as residuals; null where they have scores and targets. */
  readonly residuals: ResidualPlan | null;
}

/** @throws KaaykoError (input) for no training rows */
export function requireRows(trainRows: number): void {
  if (trainRows > 0) return;
  throw new KaaykoError({
    action: "train trees",
    rule: "there must be training rows",
    got: "none",
    kind: "input",
    remedy: "Hold out less, or use more data.",
  });
}
