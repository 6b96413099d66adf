import { type ExportedModel, toLightgbmText, toOnnx, toXgboostJson } from "../algorithms/trees/interchange/index.ts";
import type { JsonObject } from "../core/index.ts";
import type { FeaturePipeline } from "../features/index.ts";
import type { Model } from "./package.ts";
import { standaloneSource } from "./standalone/standalone-source.ts";

/** Formats that a model of trees can be written in. */
export const EXPORT_FORMATS = ["xgboost", "lightgbm", "onnx", "typescript", "javascript"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A model for another program. */
export interface ExportResult {
  readonly content: Uint8Array;
  /** What the columns of the file's input are, in their order, with the categories by code: for who feeds it. */
  readonly features: JsonObject;
}

/**
 * Writes a model of trees for another program. The file begins behind the features: it takes what the pipeline makes of a row (a
 * date's parts, a category's code), which `features` describes; but TypeScript and JavaScript stand alone and take raw rows.
 *
 * @throws KaaykoError (input) for a model that is not made of trees
 */
export function exportModel(model: Model, format: ExportFormat): ExportResult {
  const source: ExportedModel = {
    content: model.content,
    task: model.task,
    features: model.pipeline.features,
    threshold: model.threshold,
    categories: categoriesOf(model.pipeline),
  };
  const features = describe(model, source);
  if (format === "typescript" || format === "javascript") {
    const text = standaloneSource(model, format === "typescript");
    return { content: new TextEncoder().encode(text), features };
  }
  if (format === "onnx") return { content: toOnnx(source, { features: JSON.stringify(features) }), features };
  const text = format === "xgboost" ? toXgboostJson(source) : toLightgbmText(source);
  return { content: new TextEncoder().encode(text), features };
}

/** Texts of each feature's categories, in the order of the features: encoders first, then those of the user's own. */
function categoriesOf({ encoders, features, user }: FeaturePipeline): (readonly string[] | null)[] {
  const known = new Map<string, readonly string[]>();
  for (const encoder of encoders) if (encoder.form === "categorical") known.set(encoder.column, encoder.categories);
  for (const made of user?.exports ?? [])
    made.outputs.forEach((name, i) => {
      if (made.kind === "categorical") known.set(name, made.categories[i]!);
    });
  return features.map(({ name, kind }) => (kind === "categorical" ? (known.get(name) ?? null) : null));
}

function describe({ task, threshold }: Model, { features, categories }: ExportedModel): JsonObject {
  return {
    schemaVersion: 1,
    task: task.kind,
    target: task.target,
    ...(task.classes === undefined ? {} : { classes: [...task.classes] }),
    ...(task.kind === "binary" ? { threshold } : {}),
    categories: "their codes, from 0 in the order of the list",
    missing: "NaN, for numbers and for categories that are missing or not listed",
    features: features.map(({ name, kind }, index) => {
      const texts = categories![index];
      if (kind === "numeric" || !texts) return { index, name, kind };
      return { index, name, kind, categories: [...texts] };
    }),
  };
}
