import { type Folds, foldRoles } from "../rows/folds.ts";
import type { RoledDataset } from "./memory-dataset.ts";

/**
 * The dataset of one fold: its rows are validation, the other folds' rows train, test rows stay. Encoded features are
 * shared with the whole dataset, so the statistics in `features` are those of its training rows. Where not even a mean may
 * be learnt from the rows that a fold holds out, fit the features with `foldRoles` and make the dataset from them instead.
 */
export function foldDataset(dataset: RoledDataset, folds: Folds, fold: number): Promise<RoledDataset> {
  return dataset.withRoles(foldRoles(dataset.roles, folds, fold));
}
