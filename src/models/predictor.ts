import {
  type Batch,
  type ColumnKind,
  type FeatureTable,
  KaaykoError,
  type PredictorContext,
  type SourceDescription,
  suggest,
} from "../core/index.ts";
import { loadAlgorithm } from "../algorithms/index.ts";
import type { Model } from "./package.ts";
import { createEncoder } from "./encoder.ts";

/** A raw column that a model is given. */
export interface ModelInput {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A model ready to predict raw rows. */
export interface ModelPredictor {
  readonly model: Model;
  /** Columns that every table must have, as they were in training. Others are ignored. */
  readonly inputs: readonly ModelInput[];
  /** Encoded features of raw rows. Values of the inputs only are looked at. */
  encode(batch: Batch): FeatureTable;
  /** Predictions of raw rows, row-major, `outputsOf(task)` numbers a row. */
  predict(batch: Batch): Promise<Float64Array>;
  dispose(): Promise<void>;
}

export interface PredictorOptions {
  /** Default 1. */
  readonly threads?: number;
  /** What neural models run on. Default "auto". */
  readonly backend?: PredictorContext["backend"];
  /** Directory of the user's own features, where the model needs them. */
  readonly featuresFile?: string;
}

/**
 * Makes the predictor of a model: its encoders and its algorithm.
 *
 * @throws KaaykoError (damaged) where the model is not one that its algorithm can read
 */
export async function createModelPredictor(model: Model, options: PredictorOptions = {}): Promise<ModelPredictor> {
  const encoder = await createEncoder(model, options.featuresFile);
  const algorithm = await loadAlgorithm(model.content.algorithm);
  const predictor = await algorithm.createPredictor(model.content, {
    task: model.task,
    features: model.features,
    threads: options.threads ?? 1,
    backend: options.backend ?? "auto",
  });
  return {
    model,
    inputs: encoder.inputs,
    encode: encoder.encode,
    predict: (batch) => predictor.predict(encoder.encode(batch)),
    dispose: () => predictor.dispose(),
  };
}

/**
 * The columns of a source that a model needs, and the kinds to read them as.
 *
 * @param also further columns to read, as they are
 * @throws KaaykoError (input) where one is gone
 */
export function chooseInputs(
  { inputs, model }: Pick<ModelPredictor, "inputs" | "model">,
  description: SourceDescription,
  path: string,
  also: readonly string[] = [],
  notify?: (message: string) => void,
): { columns: string[]; kinds: Record<string, ColumnKind> } {
  const names = description.columns.map(({ name }) => name);
  for (const name of [...inputs.map((input) => input.name), ...also])
    if (!names.includes(name)) throw goneColumn(name, names, path);
  const known = new Set([...inputs.map(({ name }) => name), ...also, model.task.target]);
  const unused = names.filter((name) => !known.has(name));
  if (unused.length > 0) notify?.(`Columns that the model does not use: ${unused.slice(0, 20).join(", ")}`);
  const columns = [...new Set([...inputs.map(({ name }) => name), ...also])];
  return { columns, kinds: Object.fromEntries(inputs.map(({ name, kind }) => [name, kind])) };
}

function goneColumn(name: string, names: readonly string[], path: string): KaaykoError {
  const near = suggest(name, names);
  return new KaaykoError({
    action: `predict ${path}`,
    rule: `it must have the column ${JSON.stringify(name)} that the model was trained with`,
    got: names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : ""),
    remedy: near === undefined ? "Add the column; it may be empty." : `Is it ${JSON.stringify(near)} now?`,
    kind: "input",
  });
}
