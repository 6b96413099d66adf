import {
  fromLightgbmText,
  fromOnnx,
  fromXgboostBinary,
  fromXgboostJson,
  fromXgboostUbjson,
  type ImportedFeature,
  type ImportedModel,
  isXgboostBinary,
} from "../algorithms/trees/interchange/index.ts";
import { type FeatureSpec, KaaykoError, type Task } from "../core/index.ts";
import { type FeaturePipeline, PIPELINE_VERSION } from "../features/index.ts";
import type { Model } from "./package.ts";

/** Bytes of a file that is imported at most. */
export const MAX_IMPORT_BYTES = 256 * 2 ** 20;

export interface ImportOptions {
  /** Name that the target gets. Default "target". */
  readonly target?: string;
  /** Labels of the classes, in the order of their codes. Default "0", "1", … */
  readonly classes?: readonly string[];
}

/** Another program's model as one of ours, and lines for a person. */
export interface ImportResult {
  readonly model: Model;
  readonly format: "xgboost" | "lightgbm" | "onnx";
  readonly notices: readonly string[];
}

/**
 * Makes a model of a file that XGBoost (JSON, UBJSON, the binary format before them) or LightGBM (text) wrote, or of ONNX; its
 * first bytes say which. The model takes a table with columns of the names that the file has.
 *
 * @throws KaaykoError (input) for another file, or a model that ours cannot say; (damaged) for one that is not whole; (usage)
 *   where there are labels for other than its classes
 */
export function importModel(bytes: Uint8Array, options: ImportOptions = {}): ImportResult {
  const format = formatOf(bytes);
  const imported = READERS[format](bytes);
  const model = {
    task: taskOf(imported, options),
    threshold: 0.5,
    pipeline: pipelineOf(imported.features),
    content: imported.content,
  };
  return { model, format: format === "ubjson" || format === "binary" ? "xgboost" : format, notices: imported.notices };
}

const READERS = {
  xgboost: (bytes: Uint8Array) => fromXgboostJson(textOf(bytes)),
  ubjson: fromXgboostUbjson,
  binary: fromXgboostBinary,
  onnx: fromOnnx,
  lightgbm: (bytes: Uint8Array) => fromLightgbmText(textOf(bytes)),
};

function formatOf(bytes: Uint8Array): keyof typeof READERS {
  if (bytes.length > MAX_IMPORT_BYTES)
    throw wrongFile(`it may have at most ${MAX_IMPORT_BYTES / 2 ** 20} MiB`, `${bytes.length} bytes`);
  const start = new TextDecoder().decode(bytes.subarray(0, 64));
  if (/^tree\r?\n/.test(start)) return "lightgbm";
  if (/^\s*\{\s*"name":\s*"tree"/.test(start)) throw wrongFile("it must be LightGBM's text", "what dump_model gives");
  if (/^\s*\{\s*"/.test(start)) return "xgboost";
  // An object whose first name has a length: UBJSON.
  if (/^\{[iUIlL$#]/.test(start)) return "ubjson";
  if (isXgboostBinary(bytes)) return "binary";
  // Field 1, a version: how ONNX's messages begin.
  if (bytes[0] === 8 && bytes[1]! < 100) return "onnx";
  throw wrongFile("it must be XGBoost's JSON or UBJSON, LightGBM's text or ONNX", JSON.stringify(start.slice(0, 16)));
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw wrongFile("it must be text in UTF-8", "other bytes");
  }
}

function wrongFile(rule: string, got: string): KaaykoError {
  return new KaaykoError({
    action: "import the model",
    rule,
    got,
    remedy: 'Save it with booster.save_model("model.json") in XGBoost, or booster.save_model("model.txt") in LightGBM.',
    kind: "input",
  });
}

function taskOf({ kind, classes, labels: own }: ImportedModel, options: ImportOptions): Task {
  const target = options.target ?? "target";
  if (kind === "regression") {
    if (options.classes !== undefined) throw wrongLabels(0, options.classes);
    return { kind, target };
  }
  const labels = options.classes ?? own ?? Array.from({ length: classes }, (_, code) => String(code));
  if (labels.length !== classes || new Set(labels).size !== classes) throw wrongLabels(classes, labels);
  return { kind, target, classes: labels };
}

function wrongLabels(classes: number, labels: readonly string[]): KaaykoError {
  return new KaaykoError({
    action: "name the classes",
    rule: classes === 0 ? "a regression has none" : `there must be ${classes} different ones`,
    got: labels.join(", ").slice(0, 100),
    kind: "usage",
  });
}

function pipelineOf(features: readonly ImportedFeature[]): FeaturePipeline {
  const names = new Set<string>();
  for (const { name } of features) {
    if (names.has(name))
      throw new KaaykoError({
        action: "import the model",
        rule: "names of features must differ",
        got: JSON.stringify(name),
        kind: "input",
      });
    names.add(name);
  }
  return {
    version: PIPELINE_VERSION,
    columns: features.map(({ name, kind }) => ({ name, kind })),
    encoders: features.map(({ name, kind, categories }) =>
      kind === "numeric" ? { form: "numeric", column: name } : { form: "categorical", column: name, categories },
    ),
    features: features.map(specOf),
    user: null,
  };
}

/** What is known of a feature: nothing of its training rows. */
function specOf({ name, kind, categories }: ImportedFeature): FeatureSpec {
  return { name, kind, cardinality: categories.length, mean: 0, std: 0, min: 0, max: 0, missing: 0 };
}
