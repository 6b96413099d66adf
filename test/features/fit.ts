import type { Task } from "../../src/core/index.ts";
import {
  type ColumnRoles,
  createTableLoader,
  decideColumns,
  inferTask,
  type LoadedTable,
  type LoadRequest,
  memorySource,
} from "../../src/data/index.ts";
import {
  createFeatureFitter,
  type FeatureFitter,
  type FittedFeatures,
  type UserFeatures,
} from "../../src/features/index.ts";
import { splitTable } from "../data/split-table.ts";
import { mixedTable } from "../data/tables.ts";

export const source = memorySource(mixedTable(3000));

export async function load(request: Partial<LoadRequest> = {}): Promise<LoadedTable> {
  const loader = await createTableLoader({ source, mode: "memory", batchRows: 500, ...request });
  while (!(await loader.step()).done);
  return loader.product();
}

export interface Prepared {
  readonly loaded: LoadedTable;
  readonly task: Task;
  readonly roles: Uint8Array;
  readonly fitter: () => FeatureFitter;
}

/** Everything up to the fitter, for the price of `mixedTable`. */
export async function prepare(
  mode: "memory" | "stream",
  user: UserFeatures | null = null,
  columns: Partial<ColumnRoles> = {},
  request: Partial<LoadRequest> = {},
): Promise<Prepared> {
  const loaded = await load({ mode, ...request });
  const { task } = inferTask(loaded.profile, "price");
  const decisions = decideColumns(loaded.profile, { target: "price", ...columns });
  const roles = await splitTable(loaded, task, { validationSize: 0.1, testSize: 0.2 });
  return { loaded, task, roles, fitter: () => createFeatureFitter({ loaded, decisions, roles, task, user, seed: 42 }) };
}

export async function finish(fitter: FeatureFitter): Promise<FittedFeatures> {
  while (!(await fitter.step()).done);
  return fitter.product();
}
