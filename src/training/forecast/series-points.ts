import { KaaykoError, type ParameterValues, type Role, rowHash, streamKey } from "../../core/index.ts";
import {
  countRoles,
  originsOf,
  parseSampleSize,
  ROLE,
  type SeriesTable,
  sampleRowCount,
  seriesOf,
  timeOf,
} from "../../data/index.ts";
import type { SeriesPlan } from "../../features/index.ts";
import { type TimeRolesRequest, timeRoles } from "./time-roles.ts";

/**
 * Points that are learnt from, and that validate or test, at most: of more, some are drawn by the seed, over all series and times.
 * Neighbouring windows share most of their readings, so that the others would say little more and cost as much.
 */
const MOST_POINTS: Record<Role, number> = { train: 500_000, validation: 100_000, test: 200_000 };

/** Points to forecast from, with their roles. */
export interface Points {
  readonly origins: Uint32Array;
  /** `ROLE` by point. */
  readonly roles: Uint8Array;
  readonly request: TimeRolesRequest;
  readonly notices: readonly string[];
}

/**
 * Finds the points of series from which can be learnt, splits them by time, and draws some where there are many.
 *
 * @throws KaaykoError (input) where no series is long enough, or none is left to learn from
 */
export function findPoints(
  plan: SeriesPlan,
  table: SeriesTable,
  settings: ParameterValues,
  testGiven: boolean,
): Points {
  const origins = originsOf(table, plan);
  if (origins.length === 0) throw tooShort(plan, table);
  const request: TimeRolesRequest = {
    times: Float64Array.from(origins, (origin) => timeOf(table, seriesOf(table, origin - 1), origin)),
    interval: plan.interval,
    horizon: plan.horizon,
    validationSize: settings.validationSize as number,
    testSize: testGiven ? 0 : (settings.testSize as number),
  };
  return drawPoints({ origins, roles: timeRoles(request), request, notices: [] }, settings);
}

export function tooShort({ steps, horizon }: SeriesPlan, { offsets }: SeriesTable): KaaykoError {
  const longest = offsets.reduce((most, end, i) => Math.max(most, i === 0 ? 0 : end - offsets[i - 1]!), 0);
  return new KaaykoError({
    action: "forecast",
    rule: `a series must have at least ${steps + horizon} steps: a window of ${steps} and ${horizon} ahead`,
    got: `${longest} in the longest`,
    remedy: "Use longer series, or a smaller --steps or --horizon.",
    kind: "input",
  });
}

/** Of the points of a table that only tests, those that are judged by. */
export function drawJudged(
  origins: Uint32Array,
  settings: ParameterValues,
): { readonly origins: Uint32Array; readonly notices: readonly string[] } {
  const share = Math.min(1, MOST_POINTS.test / origins.length);
  if (share >= 1) return { origins, notices: [] };
  const key = streamKey(settings.seed as number, "test points");
  return {
    origins: origins.filter((_, row) => rowHash(key, row) < share * 2 ** 32),
    notices: [judgedNotice("test", MOST_POINTS.test, origins.length)],
  };
}

function drawPoints(points: Points, settings: ParameterValues): Points {
  const { origins, roles, request } = points;
  const counts = countRoles(roles);
  const shares = sharesOf(counts, settings);
  if (shares.every((share) => share >= 1)) return points;
  const key = streamKey(settings.seed as number, "points");
  const kept = Uint32Array.from(origins.keys()).filter(
    (row) => roles[row]! < shares.length && rowHash(key, row) < shares[roles[row]!]! * 2 ** 32,
  );
  const drawn = (role: Role): string[] => {
    const wanted = Math.round(Math.min(1, shares[ROLE[role]]!) * counts[role]);
    return wanted >= counts[role] ? [] : [judgedNotice(role, wanted, counts[role])];
  };
  return {
    origins: kept.map((row) => origins[row]!),
    roles: Uint8Array.from(kept, (row) => roles[row]!),
    request: { ...request, times: Float64Array.from(kept, (row) => request.times[row]!) },
    notices: [...drawn("train"), ...drawn("validation"), ...drawn("test")],
  };
}

/** Shares of the points that are kept, by the number of their role. */
function sharesOf(counts: Record<Role, number>, { sampleSize, maxRows }: ParameterValues): number[] {
  const asked = sampleRowCount(parseSampleSize(String(sampleSize ?? "all")), counts.train);
  const most = typeof maxRows === "number" ? maxRows : MOST_POINTS.train;
  const trained = Math.min(1, asked / counts.train, most / counts.train);
  // A smoke test judges by few points, too.
  const judged = (role: Role) =>
    typeof maxRows === "number" ? trained : counts[role] === 0 ? 1 : Math.min(1, MOST_POINTS[role] / counts[role]);
  return [trained, judged("validation"), judged("test")];
}

function judgedNotice(role: Role, drawn: number, all: number): string {
  const [some, total] = [drawn, all].map((count) => count.toLocaleString("en-US"));
  if (role === "train") return `Learning from about ${some} of ${total} points of the series.`;
  return `Judging by about ${some} of ${total} ${role} points${role === "test" ? "; evaluate looks at all of its file" : ""}.`;
}
