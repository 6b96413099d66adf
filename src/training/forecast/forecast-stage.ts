import {
  type ColumnKind,
  type FeatureTable,
  KaaykoError,
  type ParameterValues,
  type State,
  type StepReport,
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
  profileOf,
  ROLE,
  type RoledDataset,
  type SeriesTable,
  seriesOf,
  targetsOf,
  timeOf,
} from "../../data/index.ts";
import {
  arrangeRows,
  type FeaturePipeline,
  findNeighbours,
  PIPELINE_VERSION,
  reachOf,
  type SeriesPlan,
  type SeriesRows,
  seriesColumns,
  seriesFeatures,
  specsOf,
  windowSpec,
  withNeighbours,
} from "../../features/index.ts";
import type { LoadedTables } from "../load-tables.ts";
import type { PreparedData, SeriesPoints, Stage } from "../preparation.ts";
import { arrangeTable, columnsOf } from "./arrange-table.ts";
import { oddSeriesNotices } from "./odd-series.ts";
import { decideSeries, planOf } from "./plan-series.ts";
import { readQuantiles } from "./quantiles.ts";
import { drawJudged, findPoints, type Points, tooShort } from "./series-points.ts";
import { foldRolesOf } from "./time-roles.ts";

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
    // 2: points that judge are drawn, too. 3: the usual reading of a time of the week. 4: neighbours.
    version: 4,
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
  const { plan: arranged, rows, notices } = arrangeTable(main, decided.plan, settings);
  const alone = planOf(arranged, main, rows, settings);
  const inferred = inferTask(main.profile, alone.target, "forecast");
  const quantiles = readQuantiles(settings.quantiles as string[] | undefined);
  const task: Task = {
    ...inferred.task,
    horizon: alone.horizon,
    ...(alone.group === null ? {} : { group: alone.group }),
    ...(quantiles === null ? {} : { quantiles }),
  };
  const points = findPoints(alone, rows.table, settings, test !== null);
  const { plan, seen, notices: seeing } = withTellingNeighbours(alone, rows, points, settings);
  const table = seriesFeatures(plan, seen, points.origins);
  const features = specsOf(table.columns, points.roles);
  const held = test === null ? null : await testPart(plan, seen, test, settings);
  const dataset = createMemoryDataset({
    task,
    features,
    parts: [windowSpec(plan)],
    main: partOf(plan, seen.table, table, points),
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
      ...oddSeriesNotices(rows.table),
      ...notices,
      ...seeing,
      ...points.notices,
      ...(held?.notices ?? []),
    ],
    fold: async (fold, folds) => dataset.withRoles(foldRolesOf(points.request, dataset.roles, fold, folds)),
    whole: () => wholeOf(dataset),
    points: (role) =>
      held !== null && role === "test"
        ? pointsOf(held.table, held.origins)
        : pointsOf(
            seen.table,
            points.origins.filter((_, row) => points.roles[row] === ROLE[role]),
          ),
  };
}

/** The plan and the series with neighbours that help, chosen by what is learnt from. */
function withTellingNeighbours(alone: SeriesPlan, rows: SeriesRows, points: Points, settings: ParameterValues) {
  const found =
    settings.neighbours === "none" ? null : findNeighbours(alone, rows.table, endOfLearning(alone, points, settings));
  if (found === null) return { plan: alone, seen: rows, notices: [] };
  const plan: SeriesPlan = { ...alone, neighbours: found.neighbours };
  const notice = `Each series also sees the readings of ${found.neighbours[0]!.length} others: a linear forecast errs by ${Math.round(100 * found.gain)} % less (squared) with them on later training rows. --neighbours none leaves them out.`;
  return { plan, seen: { ...rows, table: withNeighbours(rows.table, plan) }, notices: [notice] };
}

/** The time behind the last training point; with folds, of the first. */
function endOfLearning({ interval }: SeriesPlan, { request, roles }: Points, { folds }: ParameterValues): number {
  const learning = typeof folds === "number" && folds >= 2 ? foldRolesOf(request, roles, 0, folds) : roles;
  return learning.reduce(
    (end, role, i) => (role === ROLE.train ? Math.max(end, request.times[i]! + interval) : end),
    Number.NEGATIVE_INFINITY,
  );
}

function pointsOf(table: SeriesTable, origins: Uint32Array): SeriesPoints {
  const series = origins.map((origin) => seriesOf(table, origin - 1));
  const times = Float64Array.from(origins, (origin, i) => timeOf(table, series[i]!, origin));
  return { times, series, names: table.names };
}

function wholeOf(dataset: RoledDataset): Promise<RoledDataset> {
  return dataset.withRoles(dataset.roles.map((role) => (role === ROLE.validation ? ROLE.train : role)));
}

function partOf(
  plan: SeriesPlan,
  series: SeriesTable,
  table: FeatureTable,
  { origins, roles }: Pick<Points, "origins" | "roles">,
): MemoryPart {
  return { table, target: targetsOf(series, origins, plan.horizon), weight: null, roles };
}

async function testPart(plan: SeriesPlan, before: SeriesRows, test: LoadedTable, settings: ParameterValues) {
  const own = arrangeRows(plan, columnsOf(test));
  const joined = joinSeries(before.table, own.table, reachOf(plan));
  const all = originsOf(joined.table, { ...plan, from: joined.own });
  if (all.length === 0) throw tooShort(plan, own.table);
  const { origins, notices } = drawJudged(all, settings);
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
      ...notices,
    ],
  };
}

function pipelineOf(plan: SeriesPlan, features: FeaturePipeline["features"], main: LoadedTable): FeaturePipeline {
  const kindOf = (name: string): ColumnKind => profileOf(main.profile, name)!.kind;
  const columns = seriesColumns(plan, kindOf);
  return { version: PIPELINE_VERSION, columns, encoders: [], features, user: null, series: plan };
}
