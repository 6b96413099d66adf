import {
  type Algorithm,
  type FeatureImportance,
  type FeatureTable,
  type JsonObject,
  type ModelContent,
  outputsOf,
  type ParameterValues,
  type Predictor,
  type PredictorContext,
  type Task,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { ROUNDS_WITH_VALIDATION, ROUNDS_WITHOUT_VALIDATION } from "../trees/boosting/boosting-parameters.ts";
import { splitModels } from "./joined-models.ts";
import { columnsOfStep, pick, readColumns, spreadImportance } from "./step-columns.ts";
import { stepDataset, stepTask } from "./step-dataset.ts";
import { StepwiseTrainer } from "./stepwise-trainer.ts";

/** Training rows and rounds of all models of a forecast of several numbers together, and of each at least. */
const ROWS = 2_000_000;
const LEAST_ROWS = 100_000;
const ROUNDS = 4000;
const LEAST_ROUNDS = 150;
/** Threads of each of several models: they predict in turn, and threads that wait take some 10 MB each. */
const MOST_THREADS = 2;

/**
 * A regressor that forecasts, too: from columns made of past readings, a model of its own for each step ahead (the direct strategy;
 * Taieb et al., "A review and comparison of strategies for multi-step ahead time series forecasting", 2012) and each quantile, for
 * which it must know the loss `quantile`. Several models share a budget of rows, each drawing its own, and of rounds.
 */
export function forecasting(algorithm: Algorithm): Algorithm {
  const { refitParameters } = algorithm;
  return {
    ...algorithm,
    tasks: [...algorithm.tasks, "forecast"],
    ...(refitParameters === undefined
      ? {}
      : { refitParameters: (models) => refitParameters(models.flatMap(modelsOfSteps)) }),
    createTrainer: (context) =>
      context.dataset.task.kind === "forecast" ? createTrainer(algorithm, context) : algorithm.createTrainer(context),
    createPredictor: (model, context) =>
      context.task.kind === "forecast"
        ? createPredictor(algorithm, model, context)
        : algorithm.createPredictor(model, context),
  };
}

function modelsOfSteps(model: JsonObject): readonly JsonObject[] {
  return Array.isArray(model.models) ? (model.models as JsonObject[]) : [model];
}

function createTrainer(algorithm: Algorithm, context: TrainerContext): Promise<Trainer> {
  const { task } = context.dataset;
  const levels = task.quantiles ?? [null];
  const outputs = outputsOf(task);
  const budget = budgetOf(outputs);
  const parametersOfAll = withRounds(algorithm, context, budget.rounds);
  const create = async (output: number): Promise<Trainer> => {
    const draw = { seed: context.seed, mostRows: budget.rows };
    const dataset = await stepDataset(context.dataset, Math.floor(output / levels.length), draw);
    const parameters = withLevel(parametersOfAll, levels[output % levels.length]!);
    return algorithm.createTrainer({ ...context, dataset, parameters });
  };
  // A single model is the algorithm's own, so that it can be trained further.
  if (outputs === 1) return create(0);
  const columns = Array.from({ length: outputs }, (_, output) =>
    columnsOfStep(context.dataset.features, task, Math.floor(output / levels.length)),
  );
  return StepwiseTrainer.create(algorithm.name, columns, create);
}

/** What each model of a forecast of several numbers may cost, so that all together take a few times as long as one. */
function budgetOf(outputs: number): { readonly rows: number; readonly rounds: number } {
  if (outputs === 1) return { rows: Infinity, rounds: Infinity };
  return { rows: Math.max(LEAST_ROWS, ROWS / outputs), rounds: Math.max(LEAST_ROUNDS, Math.round(ROUNDS / outputs)) };
}

/** The settings, with fewer rounds where nobody says how many and `most` are fewer than usual. */
function withRounds(
  { parameters: specs }: Algorithm,
  { parameters, dataset }: TrainerContext,
  most: number,
): ParameterValues {
  const usual = dataset.rows.validation > 0 ? ROUNDS_WITH_VALIDATION : ROUNDS_WITHOUT_VALIDATION;
  const counts = specs.some(({ name }) => name === "rounds") && parameters.rounds === undefined;
  return counts && most < usual ? { ...parameters, rounds: most } : parameters;
}

function withLevel(parameters: ParameterValues, level: number | null): ParameterValues {
  return level === null ? parameters : { ...parameters, objective: "quantile", quantile: level };
}

async function createPredictor(
  algorithm: Algorithm,
  model: ModelContent,
  context: PredictorContext,
): Promise<Predictor> {
  const outputs = outputsOf(context.task);
  const { parts: _, ...others } = context;
  const { features } = context;
  const contents = outputs === 1 && model.json.models === undefined ? [model] : splitModels(model, outputs);
  const columns = readColumns(model.json.columns, contents.length, features.length);
  const steps = await Promise.all(
    contents.map(async (content, k): Promise<StepPredictor> => {
      const threads = contents.length > 1 ? Math.min(context.threads, MOST_THREADS) : context.threads;
      const own = { ...others, threads, features: pick(features, columns[k]!), task: stepTask(context.task) };
      return { predictor: await algorithm.createPredictor(content, own), columns: columns[k]! };
    }),
  );
  return {
    predict: (table) => predictAll(steps, table, context.task),
    importance: () => meanImportance(steps, features.length),
    dispose: async () => {
      for (const { predictor } of steps) await predictor.dispose();
    },
  };
}

/** The model of one number of a forecast, and the features that it sees. */
interface StepPredictor {
  readonly predictor: Predictor;
  readonly columns: readonly number[];
}

async function predictAll(steps: readonly StepPredictor[], table: FeatureTable, task: Task): Promise<Float64Array> {
  const { rows } = table;
  const predictions = new Float64Array(rows * steps.length);
  for (const [k, { predictor, columns }] of steps.entries()) {
    const own = await predictor.predict({ rows, columns: pick(table.columns, columns) });
    for (let row = 0; row < rows; row++) predictions[row * steps.length + k] = own[row]!;
  }
  if (task.quantiles !== undefined) sortQuantiles(predictions, task.quantiles.length);
  return predictions;
}

/**
 * Quantiles learnt one by one may cross; in order they are no worse (Chernozhukov et al., "Quantile and probability curves
 * without crossing", 2010).
 */
function sortQuantiles(predictions: Float64Array, levels: number): void {
  for (let at = 0; at < predictions.length; at += levels) predictions.subarray(at, at + levels).sort();
}

function meanImportance(steps: readonly StepPredictor[], features: number): FeatureImportance | null {
  const known = steps.flatMap(({ predictor, columns }) => {
    const found = predictor.importance();
    return found === null ? [] : [spreadImportance(found, columns, features)];
  });
  if (known.length === 0) return null;
  const values = known[0]!.values.map((_, k) => known.reduce((sum, found) => sum + found.values[k]!, 0) / known.length);
  return { measure: known[0]!.measure, values };
}
