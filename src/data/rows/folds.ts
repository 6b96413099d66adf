import { type Column, KaaykoError, rowHash, streamKey } from "../../core/index.ts";
import { hashBorders, isUnder } from "./hash-order.ts";
import { keyRows } from "./keys.ts";
import { ROLE } from "./roles.ts";
import { groupsByHash, lowerBound, type SplitKind, sortedTimes, timesOf } from "./split.ts";

export interface FoldRequest {
  readonly kind: SplitKind;
  readonly folds: number;
  /** Roles of the split: training and validation rows are dealt into folds, test rows stay out. */
  readonly roles: Uint8Array;
  readonly rowNumbers: ArrayLike<number> | null;
  readonly seed: number;
  readonly classes?: { readonly codes: ArrayLike<number>; readonly count: number };
  readonly column?: Column;
}

/** Which fold each row is held out in. */
export interface Folds {
  readonly kind: SplitKind;
  readonly count: number;
  /** By place: the fold from 0, 255 for none. For `time`, 0 is the part before the first fold, k + 1 is fold k. */
  readonly foldOf: Uint8Array;
}

const NONE = 255;

/**
 * Deals the rows that are not test rows into K folds of nearly the same size: random, stratified by class, whole groups, or
 * consecutive stretches of time (of which fold k trains only on what came before: expanding windows). Rows without a time
 * belong to the earliest part.
 *
 * @throws KaaykoError (input) where there are fewer rows, groups or times than folds
 */
export function foldRows(request: FoldRequest): Folds {
  const { kind, folds, roles } = request;
  if (!Number.isInteger(folds) || folds < 2 || folds > 100) throw tooFew("the number of folds must be 2 to 100", folds);
  const inFolds = roles.map((role) => (role === ROLE.test ? ROLE.unused : role));
  const rows = inFolds.reduce((sum, role) => sum + (role === ROLE.unused ? 0 : 1), 0);
  if (rows < folds) throw tooFew(`there must be at least ${folds} rows`, rows);
  const foldOf = new Uint8Array(roles.length).fill(NONE);
  if (kind === "group") dealGroups(foldOf, inFolds, request);
  else if (kind === "time") dealTimes(foldOf, inFolds, request);
  else dealByHash(foldOf, inFolds, request);
  return { kind, count: folds, foldOf };
}

/** The roles of one fold: its rows are validation, the other folds (for `time`, the earlier ones) train, test rows stay. */
export function foldRoles(roles: Uint8Array, folds: Folds, fold: number): Uint8Array {
  if (!Number.isInteger(fold) || fold < 0 || fold >= folds.count)
    throw tooFew(`the fold must be 0 to ${folds.count - 1}`, fold);
  const timed = folds.kind === "time";
  const held = timed ? fold + 1 : fold;
  return roles.map((role, place) => {
    const own = folds.foldOf[place]!;
    if (own === NONE) return role;
    if (own === held) return ROLE.validation;
    return timed && own > held ? ROLE.unused : ROLE.train;
  });
}

function dealByHash(foldOf: Uint8Array, roles: Uint8Array, request: FoldRequest): void {
  const { folds, rowNumbers, seed } = request;
  const strata = request.kind === "stratified" ? request.classes : undefined;
  const codes = strata?.codes;
  const stratumOf = (place: number) => (roles[place] === ROLE.unused ? -1 : codes === undefined ? 0 : codes[place]!);
  const members = new Array<number>(strata?.count ?? 1).fill(0);
  for (let place = 0; place < roles.length; place++) {
    const stratum = stratumOf(place);
    if (stratum >= 0) members[stratum]!++;
  }
  const key = streamKey(seed, "folds");
  const quotas = members.map((size) =>
    Array.from({ length: folds - 1 }, (_, i) => Math.round(((i + 1) * size) / folds)),
  );
  const borders = hashBorders({ key, rows: roles.length, rowNumbers, strata: members.length, stratumOf }, quotas);
  for (let place = 0; place < roles.length; place++) {
    const stratum = stratumOf(place);
    if (stratum < 0) continue;
    const row = rowNumbers?.[place] ?? place;
    const hash = rowHash(key, row);
    const part = borders[stratum]!.findIndex((border) => isUnder(border, hash, row));
    // Small classes would all leave out the same folds: every class starts at another one.
    foldOf[place] = ((part < 0 ? folds - 1 : part) + stratum) % folds;
  }
}

/** Largest groups first, each to the fold with the fewest rows. */
function dealGroups(foldOf: Uint8Array, roles: Uint8Array, request: FoldRequest): void {
  if (request.column === undefined) throw tooFew("the group column must be given", "none");
  const keyed = keyRows(request.column, roles.length);
  const groups = groupsByHash(roles, keyed, request.seed, request.rowNumbers);
  if (groups.length < request.folds) throw tooFew(`there must be at least ${request.folds} groups`, groups.length);
  const sizes = new Array<number>(request.folds).fill(0);
  const foldOfGroup = new Uint8Array(keyed.count);
  for (const { code, rows } of groups.sort((a, b) => b.rows - a.rows || a.hash - b.hash || a.code - b.code)) {
    const smallest = sizes.indexOf(Math.min(...sizes));
    foldOfGroup[code] = smallest;
    sizes[smallest]! += rows;
  }
  for (let i = 0; i < roles.length; i++) if (roles[i] !== ROLE.unused) foldOf[i] = foldOfGroup[keyed.codes[i]!]!;
}

function dealTimes(foldOf: Uint8Array, roles: Uint8Array, request: FoldRequest): void {
  if (request.column === undefined) throw tooFew("the time column must be given", "none");
  const times = timesOf(request.column);
  const sorted = sortedTimes(roles, times);
  const parts = request.folds + 1;
  const starts = Array.from({ length: parts }, (_, part) => sorted[Math.floor((part * sorted.length) / parts)]!);
  if (new Set(starts).size < parts || sorted.length < parts)
    throw tooFew(`there must be at least ${parts} stretches of time with rows`, new Set(sorted).size);
  const borders = Float64Array.from(starts.slice(1));
  for (let i = 0; i < roles.length; i++) {
    if (roles[i] === ROLE.unused) continue;
    const at = times[i]!;
    const part = Number.isNaN(at) ? 0 : lowerBound(borders, at);
    foldOf[i] = part < borders.length && at >= borders[part]! ? part + 1 : part;
  }
}

function tooFew(rule: string, got: number | string): KaaykoError {
  return new KaaykoError({ action: "cross-validate", rule, got: String(got), kind: "input" });
}
