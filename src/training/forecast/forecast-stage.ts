import {
  type ColumnKind,
  type FeatureTable,
  KaaykoError,
  type ParameterValues,
  rowHash,
  type State,
  type StepReport,
  streamKey,
  type Task,
} from "../../core/index.ts";
import {
  createMemoryDataset,
  describeSchema,
  inferTask,
  joinSeries,
  type LoadedTable,
  type MemoryPart,
  originsOf,
  parseSampleSize,
  profileOf,
  ROLE,
  type RoledDataset,
  type SeriesTable,
  sampleRowCount,
  seriesOf,
  targetsOf,
  timeOf,
} from "../../data/index.ts";
import {
  arrangeRows,
  type FeaturePipeline,
  PIPELINE_VERSION,
  reachOf,
  type SeriesPlan,
  type SeriesRows,
  seriesColumns,
  seriesFeatures,
  specsOf,
  windowSpec,
} from "../../features/index.ts";
import type { LoadedTables } from "../load-tables.ts";
import type { PreparedData, SeriesPoints, Stage } from "../preparation.ts";
import { decideSeries, planOf, type SeriesColumns } from "./plan-series.ts";
import { readQuantiles } from "./quantiles.ts";
import { foldRolesOf, type TimeRolesRequest, timeRoles } from "./time-roles.ts";

/** Points that are learnt from at most: those of more are drawn by the seed, over all series and times. */
const MOST_TRAINING_POINTS = 1_000_000;

/**
 * The features stage of a forecast: arranges the rows as series, finds the points that can be forecast from, splits them by time,
 * and makes their features. It is made again as a whole where a run goes on: it takes seconds.
 *
 * @throws KaaykoError (input) for a table that is no series, or too short; (usage) for settings that do not fit it
 */
export function createForecastStage(loaded: LoadedTables, settings: ParameterValues): Stage<PreparedData> {
  let made: Promise<PreparedData> | null = null;
  let step = 0;
  const product = () => {
    made ??= prepare(loaded, settings);
    return made;
  };
  return {
    version: 1,
    async step(): Promise<StepReport> {
      await product();
      step++;
      return { done: true, step, total: 1, unit: "table" };
    },
    getState: (): State => ({ json: { step }, arrays: {} }),
    setState: ({ json }) => {
      if (typeof json.step !== "number")
        throw new KaaykoError({
          action: "go on with the features",
          rule: "their state must be whole",
          kind: "damaged",
        });
      step = json.step;
    },
    product,
  };
}

async function prepare({ main, test }: LoadedTables, settings: ParameterValues): Promise<PreparedData> {
  const decided = decideSeries(main, settings);
  const rows = await arranged(main, decided);
  const plan = planOf(decided.plan, main, rows, settings);
  const inferred = inferTask(main.profile, plan.target, "forecast");
  const quantiles = readQuantiles(settings.quantiles as string[] | undefined);
  const task: Task = {
    ...inferred.task,
    horizon: plan.horizon,
    ...(plan.group === null ? {} : { group: plan.group }),
    ...(quantiles === null ? {} : { quantiles }),
  };
  const points = findPoints(plan, rows.table, settings, test !== null);
  const table = seriesFeatures(plan, rows, points.origins);
  const features = specsOf(table.columns, points.roles);
  const held = test === null ? null : await testPart(plan, decided, rows, test);
  const dataset = createMemoryDataset({
    task,
    features,
    parts: [windowSpec(plan)],
    main: partOf(plan, rows.table, table, points),
    ...(held === null ? {} : { test: held.part }),
  });
  return {
    dataset,
    pipeline: pipelineOf(plan, features, main),
    schema: describeSchema(main.profile, decided.decisions),
    notices: [
      `Predicting ${task.target} ${plan.horizon === 1 ? "one step" : `${plan.horizon} steps`} ahead from the last ${plan.steps}.`,
      ...inferred.notices,
      ...decided.notices,
      ...rows.table.notices,
      ...points.notices,
      ...(held?.notices ?? []),
    ],
    fold: async (fold, folds) => dataset.withRoles(foldRolesOf(points.request, dataset.roles, fold, folds)),
    whole: () => wholeOf(dataset),
    points: (role) =>
      held !== null && role === "test"
        ? pointsOf(held.table, held.origins)
        : pointsOf(
            rows.table,
            points.origins.filter((_, row) => points.roles[row] === ROLE[role]),
          ),
  };
}

function pointsOf(table: SeriesTable, origins: Uint32Array): SeriesPoints {
  const series = origins.map((origin) => seriesOf(table, origin - 1));
  const times = Float64Array.from(origins, (origin, i) => timeOf(table, series[i]!, origin));
  return { times, series, names: table.names };
}

function wholeOf(dataset: RoledDataset): Promise<RoledDataset> {
  return dataset.withRoles(dataset.roles.map((role) => (role === ROLE.validation ? ROLE.train : role)));
}

async function arranged(loaded: LoadedTable, { plan }: SeriesColumns, interval?: number): Promise<SeriesRows> {
  if (loaded.table === null)
    throw new KaaykoError({
      action: "forecast",
      rule: "the series must fit into memory",
      remedy: "Raise --max-memory, or leave columns out with --ignore.",
      kind: "input",
    });
  return arrangeRows({ ...plan, ...(interval === undefined ? {} : { interval }) }, loaded.table.columns);
}

interface Points {
  readonly origins: Uint32Array;
  readonly roles: Uint8Array;
  readonly request: TimeRolesRequest;
  readonly notices: readonly string[];
}

function findPoints(plan: SeriesPlan, table: SeriesTable, settings: ParameterValues, testGiven: boolean): Points {
  const origins = originsOf(table, plan);
  if (origins.length === 0) throw tooShort(plan, table);
  const request: TimeRolesRequest = {
    times: Float64Array.from(origins, (origin) => timeOf(table, seriesOf(table, origin - 1), origin)),
    interval: plan.interval,
    horizon: plan.horizon,
    validationSize: settings.validationSize as number,
    testSize: testGiven ? 0 : (settings.testSize as number),
  };
  const roles = timeRoles(request);
  return keepSome({ origins, roles, request, notices: [] }, settings);
}

function tooShort({ steps, horizon }: SeriesPlan, { offsets }: SeriesTable): KaaykoError {
  const longest = offsets.reduce((most, end, i) => Math.max(most, i === 0 ? 0 : end - offsets[i - 1]!), 0);
  return new KaaykoError({
    action: "forecast",
    rule: `a series must have at least ${steps + horizon} steps: a window of ${steps} and ${horizon} ahead`,
    got: `${longest} in the longest`,
    remedy: "Use longer series, or a smaller --steps or --horizon.",
    kind: "input",
  });
}

/** Leaves training points out where there are more than asked for, or than can be held. */
function keepSome(points: Points, settings: ParameterValues): Points {
  const { origins, roles, request } = points;
  const trained = roles.reduce((sum, role) => sum + (role === ROLE.train ? 1 : 0), 0);
  const asked = sampleRowCount(parseSampleSize(String(settings.sampleSize ?? "all")), trained);
  const most = typeof settings.maxRows === "number" ? settings.maxRows : MOST_TRAINING_POINTS;
  const wanted = Math.min(asked, most);
  const limits = wanted >= trained && typeof settings.maxRows !== "number" ? null : wanted / trained;
  if (limits === null || limits >= 1) return points;
  const key = streamKey(settings.seed as number, "points");
  // A smoke test judges by few points, too.
  const judged = typeof settings.maxRows === "number" ? limits : 1;
  const kept = Uint32Array.from(origins.keys()).filter(
    (row) => rowHash(key, row) < (roles[row] === ROLE.train ? limits : judged) * 2 ** 32,
  );
  return {
    origins: kept.map((row) => origins[row]!),
    roles: Uint8Array.from(kept, (row) => roles[row]!),
    request: { ...request, times: Float64Array.from(kept, (row) => request.times[row]!) },
    notices: [
      `Learning from about ${wanted.toLocaleString("en-US")} of ${trained.toLocaleString("en-US")} points of the series.`,
    ],
  };
}

function partOf(
  plan: SeriesPlan,
  series: SeriesTable,
  table: FeatureTable,
  { origins, roles }: Pick<Points, "origins" | "roles">,
): MemoryPart {
  return { table, target: targetsOf(series, origins, plan.horizon), weight: null, roles };
}

async function testPart(plan: SeriesPlan, decided: SeriesColumns, before: SeriesRows, test: LoadedTable) {
  const own = await arranged(test, decided, plan.interval);
  const joined = joinSeries(before.table, own.table, reachOf(plan));
  const origins = originsOf(joined.table, { ...plan, from: joined.own });
  if (origins.length === 0) throw tooShort(plan, own.table);
  const holidays = own.holidays === null ? null : new Set([...own.holidays, ...(before.holidays ?? [])]);
  const table = seriesFeatures(plan, { table: joined.table, holidays }, origins);
  const roles = new Uint8Array(origins.length).fill(ROLE.test);
  const { continued, overlapping } = joined;
  const total = own.table.names.length;
  return {
    table: joined.table,
    origins,
    part: partOf(plan, joined.table, table, { origins, roles }),
    notices: [
      ...own.table.notices.map((notice) => `Test table: ${notice}`),
      continued > 0
        ? `${continued} of ${total} test series go on where training series end: their first points see what came before.`
        : "Test series stand for themselves: windows lie within the test table.",
      ...(overlapping > 0
        ? [`${overlapping} test series begin before the training series of their name end: scores may be too good.`]
        : []),
    ],
  };
}

function pipelineOf(plan: SeriesPlan, features: FeaturePipeline["features"], main: LoadedTable): FeaturePipeline {
  const kindOf = (name: string): ColumnKind => profileOf(main.profile, name)!.kind;
  const columns = seriesColumns(plan, kindOf);
  return { version: PIPELINE_VERSION, columns, encoders: [], features, user: null, series: plan };
}
