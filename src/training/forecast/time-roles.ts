import { KaaykoError } from "../../core/index.ts";
import { ROLE, roleSizes } from "../../data/index.ts";

export interface TimeRolesRequest {
  /** Time of the first step ahead of each point. */
  readonly times: Float64Array;
  readonly interval: number;
  readonly horizon: number;
  readonly validationSize: number;
  readonly testSize: number;
}

/**
 * Roles of points by time, the same borders for all series: the last ones are for testing, those before for validation. A point
 * whose steps ahead reach into a later role has none, so that nothing is learnt from what it is judged by.
 *
 * @returns `ROLE` by point
 * @throws KaaykoError (input) where there are too few points
 */
export function timeRoles(request: TimeRolesRequest): Uint8Array {
  const { times, validationSize, testSize } = request;
  const sizes = roleSizes(times.length, validationSize, testSize);
  const sorted = times.slice().sort();
  const at = (later: number) => (later === 0 ? Infinity : sorted[times.length - later]!);
  const test = at(sizes.test);
  const validation = sizes.validation === 0 ? test : at(sizes.test + sizes.validation);
  const roles = rolesBetween(request, [validation, test], [ROLE.train, ROLE.validation, ROLE.test]);
  if (roles.includes(ROLE.train)) return roles;
  throw new KaaykoError({
    action: "split the series by time",
    rule: "points to learn from must be left before the held-out ones",
    got: `${times.length} points in all`,
    remedy: "Use longer series, a smaller --horizon, or smaller --validation-size and --test-size.",
    kind: "input",
  });
}

/** Roles of a fold of a rolling origin: K + 1 stretches of time, the fold is stretch k + 2, all before it is learnt from. */
export function foldRolesOf(request: TimeRolesRequest, roles: Uint8Array, fold: number, folds: number): Uint8Array {
  const dealt = (row: number) => roles[row] === ROLE.train || roles[row] === ROLE.validation;
  const times = request.times.filter((_, row) => dealt(row)).sort();
  const border = (k: number) => (k > folds ? Infinity : times[Math.floor((k * times.length) / (folds + 1))]!);
  const made = rolesBetween(request, [border(fold + 1), border(fold + 2)], [ROLE.train, ROLE.validation, ROLE.unused]);
  return made.map((role, row) => (dealt(row) ? role : roles[row]!));
}

function rolesBetween(
  { times, interval, horizon }: TimeRolesRequest,
  [first, second]: readonly [number, number],
  [before, between, after]: readonly [number, number, number],
): Uint8Array {
  const last = (horizon - 1) * interval;
  return Uint8Array.from(times, (time) => {
    if (time >= second) return after;
    if (time >= first) return time + last < second ? between : ROLE.unused;
    return time + last < first ? before : ROLE.unused;
  });
}
