import { type Column, isStringColumn, KaaykoError, type Task } from "../../core/index.ts";
import type { LoadedTable } from "../loaded-table.ts";
import { profileOf } from "../profile/profile.ts";
import { createTargetEncoder } from "../target.ts";
import { type Folds, foldRows } from "./folds.ts";
import { type Split, type SplitKind, type SplitRequest, splitRows } from "./split.ts";

export interface RolesRequest {
  readonly loaded: LoadedTable;
  readonly task: Task;
  /** Default: `time` or `group` where such a column is named, `stratified` for classes, else `random`. */
  readonly split?: SplitKind;
  readonly group?: string;
  readonly time?: string;
  readonly validationSize: number;
  /** 0 where the test rows come from a table of their own. */
  readonly testSize: number;
  readonly seed: number;
}

/** The split of a loaded table's rows, and how to fold them. */
export interface AssignedRoles extends Split {
  readonly kind: SplitKind;
  /** Deals the rows that are not test rows into folds by the same kind of split. */
  folds(count: number): Folds;
}

/**
 * Splits the rows of a loaded table. Rows without a target, or outside of a sample, are unused. A streamed table is read
 * for the columns that the split needs; they are given up afterwards.
 *
 * @throws KaaykoError where the column of the split is not named, or a role would be empty
 */
export async function assignRoles(request: RolesRequest): Promise<AssignedRoles> {
  const { loaded, task, validationSize, testSize, seed } = request;
  const kind = request.split ?? defaultSplit(request);
  const key = kind === "group" || kind === "time" ? request[kind] : undefined;
  if ((kind === "group" || kind === "time") && key === undefined)
    throw new KaaykoError({ action: `split by ${kind}`, rule: `--${kind} must name the column`, kind: "usage" });
  if (kind === "stratified" && task.classes === undefined)
    throw new KaaykoError({
      action: "split by class",
      rule: "the task must have classes",
      got: task.kind,
      kind: "usage",
    });
  const usable = await usableRows(loaded, task);
  const parts = {
    ...(kind === "stratified" ? { classes: await classCodes(loaded, task) } : {}),
    ...(key === undefined ? {} : { column: (await loaded.readColumns([key]))[0]! }),
  };
  const base: SplitRequest = {
    kind,
    rows: loaded.places,
    rowNumbers: loaded.rowNumbers,
    usable,
    validationSize,
    testSize,
    seed,
    ...parts,
  };
  const split = splitRows(base);
  const { rowNumbers } = loaded;
  return {
    ...split,
    kind,
    folds: (folds) => foldRows({ kind, folds, roles: split.roles, rowNumbers, seed, ...parts }),
  };
}

function defaultSplit({ time, group, task }: RolesRequest): SplitKind {
  if (time !== undefined) return "time";
  if (group !== undefined) return "group";
  return task.classes === undefined ? "random" : "stratified";
}

/** 1 for rows of the sample with a target; null where that is all of them. */
async function usableRows(loaded: LoadedTable, task: Task): Promise<Uint8Array | null> {
  const sample = loaded.table === null ? loaded.sample : null;
  const missing = profileOf(loaded.profile, task.target)?.missing ?? 0;
  if (missing === 0 && sample === null) return null;
  const isMissing = missing === 0 ? () => false : missingIn((await loaded.readColumns([task.target]))[0]!);
  return Uint8Array.from({ length: loaded.places }, (_, place) =>
    (sample?.has(place) ?? true) && !isMissing(place) ? 1 : 0,
  );
}

function missingIn(column: Column): (place: number) => boolean {
  if (isStringColumn(column)) return (place) => column.codes[place] === 0;
  return (place) => Number.isNaN(column.values[place]!);
}

async function classCodes(loaded: LoadedTable, task: Task) {
  const target = createTargetEncoder(task)((await loaded.readColumns([task.target]))[0]!);
  const count = task.classes!.length;
  return { codes: count <= 256 ? Uint8Array.from(target) : Uint16Array.from(target), count };
}
