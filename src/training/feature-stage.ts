import { isStringColumn, type ParameterValues, type PartSpec } from "../core/index.ts";
import {
  type ColumnDecision,
  describeSchema,
  foldRoles,
  foldRows,
  type LoadedTable,
  ROLE,
  type RoledDataset,
} from "../data/index.ts";
import { createFeatureFitter, createFittedDataset } from "../features/index.ts";
import { classesOf, type DecidedData, decideData } from "./decide-data.ts";
import type { LoadedTables } from "./load-tables.ts";
import { memoryLimit } from "./memory-limit.ts";
import type { KeptFeatures, PreparedData, Stage } from "./preparation.ts";
import { refuseResume } from "./request.ts";

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
  const decided = await decideData(main, test, settings, { keep, kept });
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

async function foldOf(
  dataset: RoledDataset,
  { kind, labels, column }: DecidedData,
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
