import { type Column, isStringColumn, KaaykoError, rowHash, streamKey } from "../../core/index.ts";
import { hashBorders, isUnder } from "./hash-order.ts";
import { keyRows } from "./keys.ts";
import { countRoles, ROLE, type RoleSizes, roleSizes } from "./roles.ts";

export type SplitKind = "random" | "stratified" | "group" | "time";

export interface SplitRequest {
  readonly kind: SplitKind;
  /** Places of rows: of the loaded table in memory, of the file where it is streamed. */
  readonly rows: number;
  /** Row numbers in the source by place, where they differ (a sample in memory); null where a place is the row number. */
  readonly rowNumbers: ArrayLike<number> | null;
  /** Places that take part: 1 for rows of the sample with a target, else 0; null for all. */
  readonly usable: Uint8Array | null;
  readonly validationSize: number;
  readonly testSize: number;
  readonly seed: number;
  /** `stratified`: class codes by place, and how many classes. */
  readonly classes?: { readonly codes: ArrayLike<number>; readonly count: number };
  /** `group` and `time`: that column. */
  readonly column?: Column;
}

export interface Split {
  /** `ROLE` by place. */
  readonly roles: Uint8Array;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly notices: readonly string[];
}

/**
 * Gives every usable row its role.
 *
 * - `random`: the rows with the smallest hashes of seed and row number are the test rows, the next ones validation.
 * - `stratified`: the same within every class; a class keeps at least one training row.
 * - `group`: rows of equal value stay together; groups are taken in the order of a hash while they fit, so sizes are as near
 *   as whole groups allow. Rows without a value are one group.
 * - `time`: test rows are the latest, validation rows the latest before them; rows of equal time stay together. Rows
 *   without a time train.
 *
 * @throws KaaykoError (input) where a role would be empty
 */
export function splitRows(request: SplitRequest): Split {
  const { rows, usable } = request;
  const count = usable === null ? rows : usable.reduce((sum, use) => sum + use, 0);
  const sizes = roleSizes(count, request.validationSize, request.testSize);
  const roles = new Uint8Array(rows).fill(ROLE.unused);
  for (let i = 0; i < rows; i++) if (usable === null || usable[i] === 1) roles[i] = ROLE.train;
  const notices = ASSIGN[request.kind](roles, request, sizes);
  const counts = countRoles(roles);
  const empty = (["train", "validation", "test"] as const).find(
    (role) => counts[role] === 0 && (role === "train" || sizes[role] > 0),
  );
  if (empty !== undefined)
    throw new KaaykoError({
      action: `split the rows by ${request.kind}`,
      rule: "every part must get at least one row",
      got: `none for ${empty}`,
      remedy: "Use more rows, another --split, or other sizes.",
      kind: "input",
    });
  return { roles, rows: counts, notices };
}

type Assign = (roles: Uint8Array, request: SplitRequest, sizes: RoleSizes) => string[];
const ASSIGN: Record<SplitKind, Assign> = { random, stratified, group, time };

function random(roles: Uint8Array, request: SplitRequest, sizes: RoleSizes): string[] {
  byHash(roles, request, 1, () => 0, [sizes]);
  return [];
}

function stratified(roles: Uint8Array, request: SplitRequest, sizes: RoleSizes): string[] {
  const { codes, count } = needed(request.classes, "the classes of the target");
  const members = new Array<number>(count).fill(0);
  for (let i = 0; i < roles.length; i++) if (roles[i] === ROLE.train) members[codes[i]!]!++;
  const test = apportion(members, sizes.test);
  const validation = apportion(
    members.map((size, i) => size - test[i]!),
    sizes.validation,
  );
  const parts = members.map((_, i) => ({ test: test[i]!, validation: validation[i]! }));
  byHash(roles, request, count, (place) => codes[place]!, parts);
  const single = members.filter((size) => size === 1).length;
  return single === 0 ? [] : [`${single} class${single === 1 ? " has" : "es have"} one row only, which is trained on.`];
}

/** Shares `total` out in proportion (largest remainders first), leaving every stratum one row where that is possible. */
function apportion(members: readonly number[], total: number): number[] {
  const all = members.reduce((sum, size) => sum + size, 0);
  const exact = members.map((size) => (all === 0 ? 0 : (size * total) / all));
  const shares = exact.map((share, i) => Math.min(Math.floor(share), Math.max(0, members[i]! - 1)));
  const order = exact.map((share, i) => ({ i, rest: share - shares[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  for (let progress = true; left > 0 && progress; ) {
    progress = false;
    for (const { i } of order) {
      if (left === 0 || shares[i]! >= members[i]! - 1) continue;
      shares[i]!++;
      left--;
      progress = true;
    }
  }
  return shares;
}

function byHash(
  roles: Uint8Array,
  request: SplitRequest,
  strata: number,
  stratumOf: (place: number) => number,
  parts: readonly RoleSizes[],
): void {
  const { rowNumbers } = request;
  const key = streamKey(request.seed, "split");
  const inUse = (place: number) => (roles[place] === ROLE.train ? stratumOf(place) : -1);
  const quotas = parts.map(({ test, validation }) => [test, test + validation]);
  const borders = hashBorders({ key, rows: roles.length, rowNumbers, strata, stratumOf: inUse }, quotas);
  for (let place = 0; place < roles.length; place++) {
    const stratum = inUse(place);
    if (stratum < 0) continue;
    const row = rowNumbers?.[place] ?? place;
    const hash = rowHash(key, row);
    const [test, held] = borders[stratum]!;
    if (isUnder(test!, hash, row)) roles[place] = ROLE.test;
    else if (isUnder(held!, hash, row)) roles[place] = ROLE.validation;
  }
}

function group(roles: Uint8Array, request: SplitRequest, sizes: RoleSizes): string[] {
  const keyed = keyRows(needed(request.column, "the group column"), roles.length);
  const groups = groupsByHash(roles, keyed, request.seed, request.rowNumbers);
  const wanted = { test: sizes.test > 0 ? 1 : 0, validation: sizes.validation > 0 ? 1 : 0 };
  if (groups.length < 1 + wanted.test + wanted.validation)
    throw new KaaykoError({
      action: "split the rows by group",
      rule: `there must be at least ${1 + wanted.test + wanted.validation} groups`,
      got: String(groups.length),
      remedy: "Name another --group column, or use --split random.",
      kind: "input",
    });
  const roleOf = new Uint8Array(keyed.count).fill(ROLE.train);
  let left = groups;
  for (const role of ["test", "validation"] as const) {
    const taken = takeGroups(left, sizes[role]);
    for (const { code } of taken) roleOf[code] = ROLE[role];
    left = left.filter((candidate) => !taken.includes(candidate));
  }
  for (let i = 0; i < roles.length; i++) if (roles[i] === ROLE.train) roles[i] = roleOf[keyed.codes[i]!]!;
  return [];
}

interface Group {
  readonly code: number;
  rows: number;
  readonly hash: number;
}

/** Groups of usable rows, in the order of the hash of their first row. */
export function groupsByHash(
  roles: Uint8Array,
  keyed: { readonly codes: Uint32Array },
  seed: number,
  rowNumbers: ArrayLike<number> | null,
): Group[] {
  const key = streamKey(seed, "groups");
  const groups = new Map<number, Group>();
  for (let i = 0; i < roles.length; i++) {
    if (roles[i] === ROLE.unused) continue;
    const code = keyed.codes[i]!;
    const known = groups.get(code);
    if (known === undefined) groups.set(code, { code, rows: 1, hash: rowHash(key, rowNumbers?.[i] ?? i) });
    else known.rows++;
  }
  return [...groups.values()].sort((a, b) => a.hash - b.hash || a.code - b.code);
}

/** Groups in their order, leaving out those that would overshoot by more than half of themselves; at least the smallest. */
function takeGroups(groups: readonly Group[], rows: number): Group[] {
  if (rows === 0) return [];
  const taken: Group[] = [];
  let sum = 0;
  for (const candidate of groups) {
    if (taken.length === groups.length - 1 || sum + candidate.rows / 2 > rows) continue;
    taken.push(candidate);
    sum += candidate.rows;
    if (sum >= rows) break;
  }
  if (taken.length > 0) return taken;
  return [groups.reduce((smallest, candidate) => (candidate.rows < smallest.rows ? candidate : smallest))];
}

function time(roles: Uint8Array, request: SplitRequest, sizes: RoleSizes): string[] {
  const times = timesOf(needed(request.column, "the time column"));
  const used = sortedTimes(roles, times);
  const testFrom = cutFrom(used, used.length, sizes.test);
  const before = used.length === 0 ? 0 : lowerBound(used, testFrom);
  const validationFrom = cutFrom(used, before, sizes.validation);
  let untimed = 0;
  for (let i = 0; i < roles.length; i++) {
    if (roles[i] !== ROLE.train) continue;
    const at = times[i]!;
    if (Number.isNaN(at)) untimed++;
    else if (at >= testFrom) roles[i] = ROLE.test;
    else if (at >= validationFrom) roles[i] = ROLE.validation;
  }
  return untimed === 0 ? [] : [`${untimed.toLocaleString("en-US")} rows have no time and are trained on.`];
}

/** The times of rows in use that have one, ascending. */
export function sortedTimes(roles: Uint8Array, times: ArrayLike<number>): Float64Array {
  const used = new Float64Array(roles.length);
  let count = 0;
  for (let i = 0; i < roles.length; i++)
    if (roles[i] !== ROLE.unused && !Number.isNaN(times[i]!)) used[count++] = times[i]!;
  return used.subarray(0, count).sort();
}

/** The values of a column that orders rows in time. */
export function timesOf(column: Column): Float32Array | Float64Array {
  if (!isStringColumn(column)) return column.values;
  throw new KaaykoError({
    action: `split by time of column ${JSON.stringify(column.name)}`,
    rule: "it must hold dates or numbers",
    got: "strings",
    kind: "input",
  });
}

/** The time from which on the last `rows` of the first `end` times lie, give or take rows of equal time; never the first time. */
function cutFrom(times: Float64Array, end: number, rows: number): number {
  if (rows === 0 || end === 0) return Infinity;
  const at = times[Math.max(0, end - rows)]!;
  const first = lowerBound(times, at);
  const next = upperBound(times, at);
  const take = end - first - rows <= rows - (end - next) || next >= end;
  const from = take && first > 0 ? first : next;
  return from < end ? times[from]! : Infinity;
}

export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function needed<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new KaaykoError({ action: "split the rows", rule: `${what} must be given`, kind: "usage" });
}
