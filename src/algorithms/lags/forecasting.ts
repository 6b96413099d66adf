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
import { splitModels } from "./joined-models.ts";
import { stepDataset, stepTask } from "./step-dataset.ts";
import { StepwiseTrainer } from "./stepwise-trainer.ts";

/**
 * A regressor that forecasts, too: from columns made of past readings, a model of its own for each step ahead (the direct strategy;
 * Taieb et al., "A review and comparison of strategies for multi-step ahead time series forecasting", 2012) and each quantile, for
 * which it must know the loss `quantile`.
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
  const create = async (output: number): Promise<Trainer> => {
    const dataset = await stepDataset(context.dataset, Math.floor(output / levels.length));
    const parameters = withLevel(context.parameters, levels[output % levels.length]!);
    return algorithm.createTrainer({ ...context, dataset, parameters });
  };
  // A single model is the algorithm's own, so that it can be trained further.
  return outputs === 1 ? create(0) : StepwiseTrainer.create(algorithm.name, outputs, create);
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
  const own = { ...others, task: stepTask(context.task) };
  const contents = outputs === 1 && model.json.models === undefined ? [model] : splitModels(model, outputs);
  const predictors = await Promise.all(contents.map((content) => algorithm.createPredictor(content, own)));
  return {
    predict: (table) => predictAll(predictors, table, context.task),
    importance: () => meanImportance(predictors),
    dispose: async () => {
      for (const predictor of predictors) await predictor.dispose();
    },
  };
}

async function predictAll(predictors: readonly Predictor[], table: FeatureTable, task: Task): Promise<Float64Array> {
  const { parts: _, ...columns } = table;
  const predictions = new Float64Array(table.rows * predictors.length);
  for (const [k, predictor] of predictors.entries()) {
    const own = await predictor.predict(columns);
    for (let row = 0; row < table.rows; row++) predictions[row * predictors.length + k] = own[row]!;
  }
  if (task.quantiles !== undefined) sortQuantiles(predictions, task.quantiles.length);
  return predictions;
}

/** Quantiles learnt one by one may cross; in order they are no worse (Chernozhukov et al., "Quantile and probability curves without crossing", 2010). */
function sortQuantiles(predictions: Float64Array, levels: number): void {
  for (let at = 0; at < predictions.length; at += levels) predictions.subarray(at, at + levels).sort();
}

function meanImportance(predictors: readonly Predictor[]): FeatureImportance | null {
  const known = predictors.map((predictor) => predictor.importance()).filter((found) => found !== null);
  if (known.length === 0) return null;
  const values = known[0]!.values.map((_, k) => known.reduce((sum, found) => sum + found.values[k]!, 0) / known.length);
  return { measure: known[0]!.measure, values };
}
