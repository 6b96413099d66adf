import {
  type Column,
  isStringColumn,
  KaaykoError,
  type ParameterValues,
  type PartSpec,
  type Task,
  type TaskKind,
} from "../core/index.ts";
import {
  type ColumnDecision,
  checkWeight,
  completeTagging,
  decideColumns,
  describeSchema,
  foldRoles,
  foldRows,
  inferTask,
  type Labels,
  type LoadedTable,
  ROLE,
  type RoledDataset,
  readLabels,
  type Split,
  type SplitKind,
  type SplitRequest,
  splitRows,
} from "../data/index.ts";
import { createFeatureFitter, createFittedDataset, loadUserFeatures, type UserFeatures } from "../features/index.ts";
import type { LoadedTables } from "./load-tables.ts";
import { memoryLimit } from "./memory-limit.ts";
import type { KeptFeatures, PreparedData, Stage } from "./preparation.ts";
import { refuseResume } from "./request.ts";

/** What was decided before anything is fitted: a pure function of the loaded tables and the settings. */
interface Decided {
  readonly task: Task;
  readonly decisions: readonly ColumnDecision[];
  readonly user: UserFeatures | null;
  readonly weight: string | null;
  readonly kind: SplitKind;
  readonly labels: Labels;
  readonly split: Split;
  /** The group or time column that the split looks at. */
  readonly column: Column | undefined;
  readonly notices: readonly string[];
}

export interface FeatureStageOptions {
  /** Kinds of feature parts that an algorithm of the run learns from. Default none. */
  readonly parts?: readonly PartSpec["kind"][];
  /** Columns that are features whatever they look like. Default none. */
  readonly keep?: readonly string[];
  /** Task and features that are a model's already. Default: they follow from the table. */
  readonly kept?: KeptFeatures | null;
}

/**
 * The features stage: infers the task, decides what becomes of each column, splits the rows, and fits the encoders on the
 * training rows, a column or a chunk a step.
 *
 * The folds of a cross-validation share these encoders: their dictionaries and means know the training rows of all folds.
 *
 * @throws KaaykoError (input) where the data cannot be learnt from, (usage) where settings do not fit it
 */
export async function createFeatureStage(
  { main, test, evaluations = [] }: LoadedTables,
  settings: ParameterValues,
  { parts = [], keep = [], kept = null }: FeatureStageOptions = {},
): Promise<Stage<PreparedData>> {
  const seed = settings.seed as number;
  const decided = await decide(main, test, settings, { keep, kept });
  const { task, decisions, user, weight, split } = decided;
  const fitter = createFeatureFitter({
    loaded: main,
    decisions,
    roles: split.roles,
    task,
    weight,
    user,
    parts,
    seed,
    kept: kept?.pipeline ?? null,
  });
  return {
    version: fitter.version,
    step: () => fitter.step(),
    getState: async () => {
      const state = await fitter.getState();
      return user === null ? state : { ...state, json: { ...state.json, userSha256: user.sha256 } };
    },
    setState: async (state) => {
      if (user !== null && state.json.userSha256 !== user.sha256)
        throw refuseResume(["features: the content of the file, or of one that it imports, is another than before"]);
      await fitter.setState(state);
    },
    dispose: () => fitter.dispose(),
    product: async () => {
      const fitted = await fitter.product();
      const derived = await main.source.derivation?.();
      const dataset = await createFittedDataset({
        loaded: main,
        fitted,
        task,
        roles: split.roles,
        weight,
        user,
        maxMemory: memoryLimit(settings),
        ...(test === null ? {} : { test }),
        evaluations,
      });
      return {
        dataset,
        pipeline: derived === undefined ? fitted.pipeline : { ...fitted.pipeline, derived },
        schema: describeSchema(main.profile, decisions),
        notices: [...decided.notices, ...fitted.notices],
        ...textsOf(dataset, decisions, main, test),
        fold: (fold, folds) => foldOf(dataset, decided, main, seed, fold, folds),
        whole: () => dataset.withRoles(dataset.roles.map((role) => (role === ROLE.validation ? ROLE.train : role))),
      };
    },
  };
}

/** How texts of rows are found again, for people to read. */
function textsOf(
  dataset: RoledDataset,
  decisions: readonly ColumnDecision[],
  main: LoadedTable,
  test: LoadedTable | null,
): Pick<PreparedData, "texts"> {
  const column = decisions.find(({ as }) => as === "text")?.name;
  if (column === undefined || !dataset.inMemory) return {};
  return {
    texts: async (role, count) => {
      const { rows, table } = await dataset.examples(role);
      const [cells] = await (role === "test" && test !== null ? test : main).readColumns([column]);
      if (cells === undefined || !isStringColumn(cells)) return [];
      const { codes, dictionary } = cells;
      const chosen = rows?.subarray(0, count) ?? Uint32Array.from({ length: Math.min(count, table.rows) }, (_, i) => i);
      return Array.from(chosen, (row) => (codes[row] === 0 ? null : dictionary[codes[row]! - 1]!));
    },
  };
}

async function decide(
  main: LoadedTable,
  test: LoadedTable | null,
  settings: ParameterValues,
  { keep, kept }: Required<Pick<FeatureStageOptions, "keep" | "kept">>,
): Promise<Decided> {
  const { profile } = main;
  const name = (setting: string) => settings[setting] as string | undefined;
  const inferred =
    kept === null
      ? inferTask(profile, name("target")!, name("task") as TaskKind | undefined)
      : { task: kept.task, reason: "as in the model", notices: [] };
  checkKind(inferred.task);
  const task = withInterval(completeTask(inferred.task, settings, main, test), settings);
  const weight = name("weight") ?? null;
  if (weight !== null) checkWeight(profile, weight);
  const user = name("features") === undefined ? null : await loadUserFeatures(name("features")!);
  const decisions = decideColumns(profile, {
    target: task.target,
    ...optional("weight", name("weight")),
    ...optional("group", name("group")),
    ...optional("time", name("time")),
    ...optional("text", task.text),
    ignore: (settings.ignore as string[] | undefined) ?? [],
    keep: [...((settings.categorical as string[] | undefined) ?? []), ...keep],
  });
  const kind = splitKind(task, settings);
  const column = await splitColumn(main, kind, settings);
  const labels = await readLabels(main, task);
  const split = splitRows({
    kind,
    rows: main.places,
    rowNumbers: main.rowNumbers,
    usable: labels.usable,
    validationSize: settings.validationSize as number,
    testSize: test !== null ? 0 : (settings.testSize as number),
    seed: settings.seed as number,
    ...classesOf(labels),
    ...(column === undefined ? {} : { column }),
  });
  const leftOut = decisions.filter(({ use, reason }) => use === "left out" && reason !== "ignored");
  const remarkable = decisions.filter(({ use, reason }) => use === "feature" && reason !== "");
  const notices = [
    `Predicting ${task.target} (${task.kind}: ${inferred.reason}).`,
    ...inferred.notices,
    ...leftOut.map(({ name, reason }) => `${name} is left out: ${reason}.`),
    ...remarkable.map(({ name, as, reason }) =>
      as === "categorical" ? `${name} is taken as categories, but holds ${reason}.` : `${name} holds ${reason}.`,
    ),
    ...split.notices,
  ];
  return { task, decisions, user, weight, kind, labels, split, column, notices };
}

/** Only numbers have intervals. */
function withInterval(task: Task, { interval, intervalBy }: ParameterValues): Task {
  if (typeof interval !== "number") return task;
  const by = typeof intervalBy === "string" ? { intervalBy } : {};
  if (task.kind === "regression") return { ...task, interval, ...by };
  throw new KaaykoError({
    action: "predict with intervals",
    rule: "the target must hold numbers",
    got: `${task.target} (${task.kind})`,
    remedy: "Leave --interval out.",
    kind: "usage",
  });
}

/** The task with what only the tables say. */
function completeTask(
  task: Task,
  { group, outOfScope }: ParameterValues,
  main: LoadedTable,
  test: LoadedTable | null,
): Task {
  if (typeof outOfScope === "string") return scopedTask(task, outOfScope);
  if (task.kind === "tagging") return completeTagging(task, test === null ? [main] : [main, test]);
  return rankedBy(task, group as string | undefined);
}

function scopedTask(task: Task, outOfScope: string): Task {
  if (task.kind === "multiclass") return { ...task, outOfScope };
  throw new KaaykoError({
    action: `answer ${JSON.stringify(outOfScope)} where no class is likely enough`,
    rule: "the target must have several classes",
    got: task.kind,
    remedy: "Leave --out-of-scope out.",
    kind: "usage",
  });
}

/** A ranking's task knows the column of its queries. */
function rankedBy(task: Task, group: string | undefined): Task {
  if (task.kind !== "ranking") return task;
  if (group === undefined)
    throw new KaaykoError({
      action: "train for ranking",
      rule: "the column that tells queries apart must be named",
      remedy: "Use --group COL.",
      kind: "usage",
    });
  return { ...task, group };
}

/** Tasks that can be inferred or asked for, but that no algorithm learns yet. */
const LEARNT: readonly TaskKind[] = [
  "regression",
  "binary",
  "multiclass",
  "multilabel",
  "ranking",
  "tagging",
  "anomaly",
];

function checkKind({ kind }: Task): void {
  if (LEARNT.includes(kind)) return;
  throw new KaaykoError({
    action: `train for ${kind}`,
    rule: `the task must be one of ${LEARNT.join(", ")}`,
    remedy: "Leave --task out to infer it from the target.",
    kind: "usage",
  });
}

function splitKind(task: Task, settings: ParameterValues): SplitKind {
  if (settings.split !== undefined) return settings.split as SplitKind;
  if (settings.group !== undefined) return "group";
  if (settings.time !== undefined) return "time";
  return ["binary", "multiclass", "anomaly"].includes(task.kind) ? "stratified" : "random";
}

async function splitColumn(main: LoadedTable, kind: SplitKind, settings: ParameterValues): Promise<Column | undefined> {
  if (kind !== "group" && kind !== "time") return undefined;
  const name = settings[kind];
  if (typeof name === "string") return (await main.readColumns([name]))[0];
  throw new KaaykoError({
    action: `split the rows by ${kind}`,
    rule: "the column must be named",
    remedy: `Use --${kind} COL.`,
    kind: "usage",
  });
}

function classesOf({ classes }: Labels): Pick<SplitRequest, "classes"> {
  return classes === null ? {} : { classes };
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}

async function foldOf(
  dataset: RoledDataset,
  { kind, labels, column }: Decided,
  main: LoadedTable,
  seed: number,
  fold: number,
  folds: number,
): Promise<RoledDataset> {
  const dealt = foldRows({
    kind,
    folds,
    roles: dataset.roles,
    rowNumbers: main.rowNumbers,
    seed,
    ...classesOf(labels),
    ...(column === undefined ? {} : { column }),
  });
  return dataset.withRoles(foldRoles(dataset.roles, dealt, fold));
}
