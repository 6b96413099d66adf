import {
  type CodeColumn,
  layOutNodes,
  layOutRows,
  modelForest,
  type RowLayout,
  readingsOf,
  standaloneWasm,
} from "../../algorithms/trees/interchange/index.ts";
import { KaaykoError, type Task } from "../../core/index.ts";
import { compileRules, type Encoder } from "../../features/index.ts";
import type { Model } from "../package.ts";
import { scopeOf } from "../scope.ts";
import { runtimeSource } from "./runtime-source.ts";
import { WALKING_IN_JAVASCRIPT, WALKING_IN_WEBASSEMBLY } from "./walking-source.ts";

/** What a module that stands alone is written in. `wasm` is JavaScript around WebAssembly, in one file. */
export type StandaloneLanguage = "typescript" | "javascript" | "wasm";

/**
 * A model of trees as the text of a module that predicts raw rows with no dependency, in Node and in browsers: `predict(row)` gives
 * what `kaayko predict` gives. Arrays, and the WebAssembly, lie in it as base64.
 *
 * @throws KaaykoError (input) for a model that is not made of trees, or that has dates, texts or features of the user's own
 */
export function standaloneSource(model: Model, language: StandaloneLanguage): string {
  const { pipeline, task, threshold, content } = model;
  const inputs = pipeline.encoders.map((encoder) => inputOf(encoder, model));
  if (pipeline.user !== null) throw unsupported("features of your own", model);
  const { trees, base, link, classes, model: read } = modelForest({ content, task, features: pipeline.features });
  const forest = { trees, binOfCode: read.binOfCode };
  const { codes, facts: walked, arrays } = language === "wasm" ? nodesOf(forest, classes) : layoutOf(forest, model);
  const rules = model.rules === undefined ? null : compileRules(model.rules, pipeline.features);
  const facts = {
    algorithm: content.algorithm,
    task: task.kind,
    classes: task.classes ?? [],
    threshold,
    outOfScope: scopeOf(model),
    link,
    scores: classes,
    trees: trees.ends.length,
    values: 1 + codes.length,
    ...walked,
    base: [...base],
    inputs,
    rules: rules === null ? null : { ...rules.rules.range, unknown: rules.rules.unknown, caps: rules.caps.map(capOf) },
  };
  const typed = language === "typescript";
  const runtime = {
    ...rowType(inputs, task),
    reading: inputs.map(readingOf).join("\n"),
    walking: language === "wasm" ? WALKING_IN_WEBASSEMBLY : WALKING_IN_JAVASCRIPT,
  };
  return [
    `// ${task.kind} of ${JSON.stringify(task.target)}, ${trees.ends.length} trees; written by kaayko. predict(row) takes ${inputs.length} columns.`,
    `const MODEL${typed ? ": Facts" : ""} = ${JSON.stringify(facts)};`,
    ...(language === "wasm" ? [`const WALKER = ${JSON.stringify(base64(standaloneWasm()))};`] : []),
    ...arraysOf(codes, arrays, read, inputs, language),
    runtimeSource(typed, runtime),
  ].join("\n");
}

/** Trees laid out for what walks them, and what it must know of them. */
interface Walked {
  readonly codes: readonly CodeColumn[];
  readonly facts: object;
  readonly arrays: Readonly<Record<string, ArrayBufferView>>;
}

type Forest = Parameters<typeof layOutNodes>[0];

function nodesOf(forest: Forest, classes: number): Walked {
  const { codes, plan, first, bytes } = layOutNodes(forest, classes);
  return { codes, facts: { memory: { ...plan, first } }, arrays: { memory: bytes } };
}

function layoutOf(forest: Forest, model: Model): Walked {
  const layout = layOutRows(forest);
  if (layout === null) throw unsupported("more columns than 16 bits can number", model);
  const { codes, columns, numbers, links } = layout;
  return { codes, facts: {}, arrays: { columns, numbers, links, groups: groupsOf(layout) } };
}

/** The trees, and how columns are made of inputs, as base64. */
function arraysOf(
  codes: readonly CodeColumn[],
  walked: Walked["arrays"],
  read: ReturnType<typeof modelForest>["model"],
  inputs: readonly Input[],
  language: StandaloneLanguage,
): string[] {
  const { numbers, categories } = readingsOf(read, codes);
  const arrays = {
    ...walked,
    sources: Uint32Array.from(numbers, ({ column }) => column),
    places: Uint32Array.from(numbers, ({ to }) => to),
    turned: Uint8Array.from(numbers, ({ turned }) => Number(turned)),
  };
  const sets = categories.map(({ column, to, bins, width, table }) => {
    // By code instead of by bin.
    const length = 1 + (inputs[column]!.categories?.length ?? 0);
    const byCode = Uint8Array.from({ length: length * width }, (_, at) => {
      return table[width * (bins[Math.floor(at / width)] ?? 0) + (at % width)]!;
    });
    return { source: column, to, width, table: base64(byCode) };
  });
  const texts = Object.entries(arrays).map(([name, array]) => [name, base64(array)]);
  const typeOfSets =
    language === "typescript" ? ": { source: number; to: number; width: number; table: string }[]" : "";
  return [
    `const ARRAYS = ${JSON.stringify(Object.fromEntries(texts))};`,
    `const SETS${typeOfSets} = ${JSON.stringify(sets)};`,
  ];
}

/** Eleven numbers for each group of trees. */
function groupsOf({ groups }: RowLayout): Int32Array {
  return Int32Array.from(groups.flatMap(({ first, levels, size, roots }) => [first, levels, size, ...roots]));
}

function readingOf({ name, categories }: Input, i: number): string {
  const key = JSON.stringify(name);
  const cell = `row[${key}]`;
  return categories === null
    ? `  features[${i}] = numberOf(${cell}, ${key});`
    : `  features[${i}] = codeOf(${cell}, ${key}, codes[${i}]⟨!⟩);`;
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
