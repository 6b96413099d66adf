import { type ExportedModel, toLightgbmText, toOnnx, toXgboostJson } from "../algorithms/trees/interchange/index.ts";
import { type JsonObject, KaaykoError } from "../core/index.ts";
import { channelNames, type FeaturePipeline } from "../features/index.ts";
import type { Model } from "./package.ts";
import { scopeOf } from "./scope.ts";
import { standaloneSource } from "./standalone/standalone-source.ts";

/** Formats that a model can be written in: of trees all but `saved-model`, of networks `onnx` and `saved-model`. */
export const EXPORT_FORMATS = [
  "xgboost",
  "lightgbm",
  "onnx",
  "saved-model",
  "typescript",
  "javascript",
  "wasm",
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A model for another program. */
export interface ExportResult {
  readonly content: Uint8Array;
  /** Its name in the folder that is asked for; null where it is the file that is asked for. */
  readonly fileName: string | null;
  /** What the columns of the file's input are, in their order, with the categories by code: for who feeds it. */
  readonly features: JsonObject;
}

/**
 * Writes a model for another program. The file begins behind the features: it takes what the pipeline makes of a row (a
 * date's parts, a category's code), which `features` describes; but TypeScript, JavaScript and WebAssembly stand alone and take raw rows.
 *
 * @throws KaaykoError (input) for a model that the format cannot say
 */
export async function exportModel(model: Model, format: ExportFormat): Promise<ExportResult> {
  // Loaded when it is asked for: whoever predicts needs none of it.
  const networks = await import("../algorithms/neural/interchange/index.ts");
  if (networks.isNetwork(model.content)) return exportNetwork(networks, model, format);
  const source: ExportedModel = {
    content: model.content,
    task: model.task,
    features: model.pipeline.features,
    threshold: model.threshold,
    categories: categoriesOf(model.pipeline),
  };
  const features = describe(model, source);
  if (format === "saved-model") throw unsayable(model, format, "a network", "Models of trees are written as onnx.");
  const fileName = null;
  if (format === "typescript" || format === "javascript" || format === "wasm") {
    const text = standaloneSource(model, format);
    return { content: new TextEncoder().encode(text), fileName, features };
  }
  if (format === "onnx") return { content: toOnnx(source, { features: JSON.stringify(features) }), fileName, features };
  const text = format === "xgboost" ? toXgboostJson(source) : toLightgbmText(source);
  return { content: new TextEncoder().encode(text), fileName, features };
}

/** A network with the encoding of its features in it. */
function exportNetwork(
  { networkToOnnx, networkToSavedModel }: typeof import("../algorithms/neural/interchange/index.ts"),
  model: Model,
  format: ExportFormat,
): ExportResult {
  const { content, task, pipeline } = model;
  const described = describe(model, {
    content,
    task,
    features: pipeline.features,
    categories: categoriesOf(pipeline),
  });
  const { series } = pipeline;
  const features: JsonObject =
    series === undefined || series === null
      ? described
      : { ...described, windows: { steps: series.steps, channels: channelNames(series) } };
  const count = pipeline.features.length;
  if (format === "onnx") {
    const metadata = { features: JSON.stringify(features) };
    return { content: networkToOnnx(content, task, count, metadata), fileName: null, features };
  }
  if (format === "saved-model")
    return { content: networkToSavedModel(content, task, count), fileName: "saved_model.pb", features };
  throw unsayable(model, format, "made of trees", "Networks are written as onnx or saved-model.");
}

function unsayable({ content }: Model, format: ExportFormat, rule: string, remedy: string): KaaykoError {
  return new KaaykoError({
    action: `export a model as ${format}`,
    rule: `it must be ${rule}`,
    got: content.algorithm,
    remedy,
    kind: "input",
  });
}

/** Texts of each feature's categories, in the order of the features: encoders first, then those of the user's own. */
function categoriesOf({ encoders, features, user, series }: FeaturePipeline): (readonly string[] | null)[] {
  const known = new Map<string, readonly string[]>();
  for (const encoder of encoders) if (encoder.form === "categorical") known.set(encoder.column, encoder.categories);
  if (series?.group) known.set(series.group, series.names);
  for (const made of user?.exports ?? [])
    made.outputs.forEach((name, i) => {
      if (made.kind === "categorical") known.set(name, made.categories[i]!);
    });
  return features.map(({ name, kind }) => (kind === "categorical" ? (known.get(name) ?? null) : null));
}

function describe(model: Model, { features, categories }: ExportedModel): JsonObject {
  const { task, threshold } = model;
  const outOfScope = scopeOf(model);
  return {
    schemaVersion: 1,
    task: task.kind,
    target: task.target,
    ...(task.classes === undefined ? {} : { classes: [...task.classes] }),
    ...(task.kind === "binary" ? { threshold } : {}),
    ...(outOfScope === null ? {} : { outOfScope: { ...outOfScope } }),
    categories: "their codes, from 0 in the order of the list",
    missing: "NaN, for numbers and for categories that are missing or not listed",
    features: features.map(({ name, kind }, index) => {
      const texts = categories![index];
      if (kind === "numeric" || !texts) return { index, name, kind };
      return { index, name, kind, categories: [...texts] };
    }),
  };
}
