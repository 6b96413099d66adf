import { modelForest } from "../../algorithms/trees/interchange/index.ts";
import { KaaykoError, type Task } from "../../core/index.ts";
import { compileRules, type Encoder } from "../../features/index.ts";
import type { Model } from "../package.ts";
import { runtimeSource } from "./runtime-source.ts";

/**
 * A model of trees as the text of a module that predicts raw rows with no dependency, in Node and in browsers: `predict(row)` gives
 * what `kaayko predict` gives. Arrays lie in it as base64.
 *
 * @param typed whether it is TypeScript; else JavaScript
 * @throws KaaykoError (input) for a model that is not made of trees, or that has dates, texts or features of the user's own
 */
export function standaloneSource(model: Model, typed: boolean): string {
  const { pipeline, task, threshold, content } = model;
  const inputs = pipeline.encoders.map((encoder) => inputOf(encoder, model));
  if (pipeline.user !== null) throw unsupported("features of your own", model);
  const { trees, base, link, classes, model: read } = modelForest({ content, task, features: pipeline.features });
  const rules = model.rules === undefined ? null : compileRules(model.rules, pipeline.features);
  const facts = {
    algorithm: content.algorithm,
    task: task.kind,
    classes: task.classes ?? [],
    threshold,
    link,
    scores: classes,
    base: [...base],
    inputs,
    columns: read.columns,
    rules: rules === null ? null : { ...rules.rules.range, unknown: rules.rules.unknown, caps: rules.caps.map(capOf) },
  };
  const { feature, left, right, flags, bin, threshold: thresholds, value, categories, ends } = trees;
  const arrays = { feature, left, right, flags, bin, thresholds, value, categories, ends };
  const tables = read.binOfCode.map((table) => (table === null ? null : base64(table)));
  return [
    `// ${task.kind} of ${JSON.stringify(task.target)}, ${ends.length} trees; written by kaayko. predict(row) takes ${inputs.length} columns.`,
    `const MODEL${typed ? ": Facts" : ""} = ${JSON.stringify(facts)};`,
    `const ARRAYS = ${JSON.stringify(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, base64(array)])))};`,
    `const TABLES${typed ? ": (string | null)[]" : ""} = ${JSON.stringify(tables)};`,
    runtimeSource(typed, rowType(inputs, task)),
  ].join("\n");
}

interface Input {
  readonly name: string;
  /** Null for a number. */
  readonly categories: readonly string[] | null;
}

function inputOf(encoder: Encoder, model: Model): Input {
  if (encoder.form === "numeric") return { name: encoder.column, categories: null };
  if (encoder.form === "categorical") return { name: encoder.column, categories: encoder.categories };
  throw unsupported(`column ${JSON.stringify(encoder.column)} (${encoder.form})`, model);
}

function capOf({ cap, conditions }: ReturnType<typeof compileRules>["caps"][number]): object {
  return { cap: cap.cap, conditions };
}

function rowType(inputs: readonly Input[], { kind, classes = [] }: Task): { row: string; prediction: string } {
  const fields = inputs.map(
    ({ name, categories }) =>
      `  readonly ${JSON.stringify(name)}: ${categories === null ? "number | boolean" : "string"} | null;`,
  );
  const names =
    kind === "binary" ? ["probability"] : kind === "multiclass" ? classes.map((name) => `probability_${name}`) : [];
  const outputs = names.map((name) => `  readonly ${JSON.stringify(name)}: number;`);
  const type = kind === "regression" ? "number" : "string";
  return { row: fields.join("\n"), prediction: [`  readonly prediction: ${type};`, ...outputs].join("\n") };
}

function unsupported(got: string, { content }: Model): KaaykoError {
  return new KaaykoError({
    action: "export a model that stands alone",
    rule: "its features must be numbers and categories",
    got,
    remedy: `Serve it with kaayko, or export ${content.algorithm} as onnx behind features of your own.`,
    kind: "input",
  });
}

function base64(array: ArrayBufferView): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
}
