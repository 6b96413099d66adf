import {
  canonicalJson,
  checkIntervals,
  DTYPES,
  type DType,
  dtypeBytes,
  dtypeOf,
  fromBytes,
  hashState,
  INTERVAL_RANGE,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type ModelContent,
  nestState,
  OUTSIDE,
  parseJson,
  type Rules,
  type State,
  sha256,
  type Task,
  type TypedArray,
  toBytes,
  unnestState,
} from "../core/index.ts";
import {
  compileRules,
  type FeaturePipeline,
  pipelineFromJson,
  pipelineToJson,
  rulesFromJson,
  rulesToJson,
} from "../features/index.ts";

export const MODEL_FORMAT_VERSION = 1;

/** Largest text and largest arrays that are read; beyond them a package is refused before anything is allocated. */
export const MAX_JSON_BYTES = 256 * 2 ** 20;
export const MAX_ARRAY_BYTES = 8 * 2 ** 30;
const MAX_ARRAYS = 100_000;
/** Arrays start at multiples of this, so that they can be used where they lie. */
const ALIGNMENT = 8;

/** Everything that a prediction needs, as data. */
export interface Model {
  readonly task: Task;
  /** Binary: probability from which the second class is predicted. Unused otherwise. */
  readonly threshold: number;
  /**
   * Rows of several labels: probability from which each is given. Classes of which none may be meant: that from which one is. Forecasts:
   * how far the interval of each step reaches beyond the forecast. Numbers with intervals: what `measureIntervals` found on held-out
   * rows. Absent otherwise.
   */
  readonly thresholds?: readonly number[];
  /** Raw schema and encoders, fitted on the training rows; names the features that the algorithm sees. */
  readonly pipeline: FeaturePipeline;
  readonly content: ModelContent;
  /** What protects its predictions. Default nothing. */
  readonly rules?: Rules;
}

/** A file of a package and its bytes. */
export type PackageFile = readonly [name: string, bytes: Uint8Array];

/** The canonical content of a model, which `modelSha256` covers: no paths, times, versions of programs or metrics. */
export function stateOfModel(model: Model): State {
  const { algorithm, formatVersion, json } = model.content;
  const content = nestState("model", { json: { algorithm, formatVersion, json }, arrays: model.content.arrays });
  return {
    json: JSON.parse(
      canonicalJson({
        formatVersion: MODEL_FORMAT_VERSION,
        task: model.task,
        threshold: model.threshold,
        ...(model.thresholds === undefined ? {} : { thresholds: [...model.thresholds] }),
        pipeline: pipelineToJson(model.pipeline),
        ...(model.rules === undefined ? {} : { rules: rulesToJson(model.rules) }),
        ...content.json,
      }),
    ) as JsonObject,
    arrays: content.arrays,
  };
}

/** The hash of a model's canonical content. */
export function hashModel(model: Model): string {
  return hashState(stateOfModel(model));
}

/** The two files that a model is made of: `model.json` and `arrays.bin` (little-endian, each array at a multiple of 8 bytes). */
export function packModel(model: Model): PackageFile[] {
  const state = stateOfModel(model);
  let offset = 0;
  const entries = Object.keys(state.arrays)
    .sort()
    .map((name) => {
      const array = state.arrays[name]!;
      const entry = { name, dtype: dtypeOf(array), length: array.length, offset };
      offset += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
      return entry;
    });
  const bytes = new Uint8Array(offset);
  for (const { name, offset: at } of entries) bytes.set(toBytes(state.arrays[name]!), at);
  const arrays = { bytes: bytes.length, sha256: sha256(bytes), entries };
  const text = JSON.stringify({ modelSha256: hashState(state), content: state.json, arrays }, null, 1);
  return [
    ["model.json", new TextEncoder().encode(`${text}\n`)],
    ["arrays.bin", bytes],
  ];
}

/**
 * Reads a model from its two files. Nothing in them is trusted: shapes, ranges and both hashes are checked before use, and
 * nothing is executed.
 *
 * @throws KaaykoError (damaged) where anything does not fit
 */
export function unpackModel(json: Uint8Array, arrays: Uint8Array, what: string): { model: Model; modelSha256: string } {
  const root = parseObject(json, what);
  const content = asObject(root.content, "content", what);
  if (content.formatVersion !== MODEL_FORMAT_VERSION)
    throw damaged(what, `its format must be ${MODEL_FORMAT_VERSION}`, JSON.stringify(content.formatVersion));
  const state: State = { json: content, arrays: readArrays(asObject(root.arrays, "arrays", what), arrays, what) };
  if (hashState(state) !== root.modelSha256) throw damaged(what, "its content must match its hash");
  return { model: modelOfState(state, what), modelSha256: root.modelSha256 };
}

function readArrays(index: JsonObject, bytes: Uint8Array, what: string): Record<string, TypedArray> {
  if (index.bytes !== bytes.length || index.sha256 !== sha256(bytes))
    throw damaged(what, "arrays.bin must match its hash");
  const { entries } = index;
  if (!Array.isArray(entries) || entries.length > MAX_ARRAYS) throw damaged(what, "it must list its arrays");
  const arrays: Record<string, TypedArray> = {};
  let expected = 0;
  for (const entry of entries) {
    const { name, dtype, length, offset } = asObject(entry, "an array", what);
    const known = typeof name === "string" && !Object.hasOwn(arrays, name) && DTYPES.includes(dtype as DType);
    if (!known || !isCount(length) || offset !== expected) throw damaged(what, "its arrays must lie side by side");
    const size = length * dtypeBytes(dtype as DType);
    if (!(expected + size <= bytes.length)) throw damaged(what, `array ${name} must lie inside arrays.bin`);
    arrays[name] = fromBytes(dtype as DType, bytes.subarray(expected, expected + size));
    expected += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
  }
  return arrays;
}

function modelOfState(state: State, what: string): Model {
  const inner = unnestState("model", state);
  const { threshold } = state.json;
  if (inner === undefined) throw damaged(what, "it must hold a model");
  const { algorithm, formatVersion, json } = inner.json;
  if (typeof algorithm !== "string" || !isCount(formatVersion)) throw damaged(what, "it must name its algorithm");
  if (typeof threshold !== "number" || !(threshold >= 0 && threshold <= 1))
    throw damaged(what, "its threshold must be from 0 to 1", JSON.stringify(threshold));
  const task = readTask(asObject(state.json.task, "task", what), what);
  const pipeline = pipelineFromJson(state.json.pipeline);
  const content = { algorithm, formatVersion, json: asObject(json, "model", what), arrays: inner.arrays };
  if ((task.kind === "forecast") !== (pipeline.series !== undefined))
    throw damaged(what, "forecasts, and only they, must be made from series");
  const thresholds = readThresholds(task, state.json.thresholds, what);
  if (state.json.rules === undefined) return { task, threshold, ...thresholds, pipeline, content };
  const rules = rulesFromJson(state.json.rules);
  if (task.kind !== "regression") throw damaged(what, "only a regression may have rules", task.kind);
  compileRules(rules, pipeline.features);
  return { task, threshold, ...thresholds, pipeline, content, rules };
}

function readThresholds(task: Task, thresholds: JsonValue | undefined, what: string): Pick<Model, "thresholds"> {
  if (task.kind === "forecast") return readReach(task, thresholds, what);
  if (task.interval !== undefined) return readIntervals(thresholds);
  if (task.outOfScope !== undefined) return readScope(thresholds, what);
  if (task.kind !== "multilabel") return {};
  const isShare = (value: JsonValue) => typeof value === "number" && value >= 0 && value <= 1;
  if (!Array.isArray(thresholds) || thresholds.length !== task.classes!.length || !thresholds.every(isShare))
    throw damaged(what, "every label must have a threshold from 0 to 1");
  return { thresholds: thresholds as number[] };
}

function readIntervals(measured: JsonValue | undefined): Pick<Model, "thresholds"> {
  const numbers = Array.isArray(measured) ? measured : [];
  checkIntervals(numbers);
  return { thresholds: numbers };
}

function readScope(thresholds: JsonValue | undefined, what: string): Pick<Model, "thresholds"> {
  const [threshold] = Array.isArray(thresholds) ? thresholds : [];
  if (typeof threshold === "number" && threshold >= 0 && threshold <= 1) return { thresholds: [threshold] };
  throw damaged(what, "the threshold of an answer must be from 0 to 1");
}

function readReach({ horizon }: Task, reach: JsonValue | undefined, what: string): Pick<Model, "thresholds"> {
  const whole = Array.isArray(reach) && reach.length === horizon && reach.every((number) => typeof number === "number");
  if (!whole) throw damaged(what, "every step must have an interval");
  return { thresholds: reach as number[] };
}

function readTask(task: JsonObject, what: string): Task {
  const { kind, target, classes, outOfScope } = task;
  if (kind === "forecast" && isForecast(task)) return task as unknown as Task;
  if (kind === "tagging" && isTagging(task)) return task as unknown as Task;
  const grouped = kind === "ranking" && typeof task.group === "string";
  const numeric = grouped || (kind === "regression" && isIntervalLevel(task.interval));
  const classless = numeric && classes === undefined;
  const labels = Array.isArray(classes) && classes.length >= 2 && classes.every((label) => typeof label === "string");
  const classed =
    ((kind === "binary" || kind === "anomaly") && labels && classes.length === 2) ||
    ((kind === "multiclass" || kind === "multilabel") && labels);
  const scoped = outOfScope === undefined || (kind === "multiclass" && typeof outOfScope === "string");
  if (typeof target !== "string" || !scoped || !(classless || classed))
    throw damaged(what, "its task must be known", JSON.stringify(kind));
  return task as unknown as Task;
}

function isIntervalLevel(level: JsonValue | undefined): boolean {
  return (
    level === undefined || (typeof level === "number" && level >= INTERVAL_RANGE.low && level <= INTERVAL_RANGE.high)
  );
}

/** Tokens of a text at most: room is made for all of them. */
const MOST_TOKENS = 1_000_000;

/** "O", then "B-" and "I-" of each type. */
function isTagging({ target, text, length, classes }: JsonObject): boolean {
  if (typeof target !== "string" || typeof text !== "string" || !Array.isArray(classes)) return false;
  const isTag = (tag: JsonValue, code: number) =>
    typeof tag === "string" && (code === 0 ? tag === OUTSIDE : tag.startsWith(code % 2 === 1 ? "B-" : "I-"));
  const fits = typeof length === "number" && Number.isInteger(length) && length >= 1 && length <= MOST_TOKENS;
  return fits && classes.length >= 3 && classes.length % 2 === 1 && classes.every(isTag);
}

/** A forecast of so many steps that nobody could use them is a damaged one. */
const MOST_STEPS_AHEAD = 100_000;

function isForecast({ target, horizon, quantiles = null }: JsonObject): boolean {
  const steps = typeof horizon === "number" && Number.isInteger(horizon) && horizon >= 1 && horizon <= MOST_STEPS_AHEAD;
  const isLevel = (level: JsonValue) => typeof level === "number" && level > 0 && level < 1;
  const levels = quantiles === null || (Array.isArray(quantiles) && quantiles.length > 0 && quantiles.every(isLevel));
  return typeof target === "string" && steps && levels;
}

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  try {
    return asObject(parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), what), "the file", what);
  } catch (error) {
    throw error instanceof KaaykoError && error.kind === "damaged"
      ? error
      : damaged(what, "model.json must be readable", undefined, error);
  }
}

function asObject(value: JsonValue | undefined, name: string, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw damaged(what, `${name} must be an object`);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function damaged(what: string, rule: string, got?: string, cause?: unknown): KaaykoError {
  return new KaaykoError({
    action: `load ${what}`,
    rule,
    ...(got === undefined ? {} : { got }),
    remedy: "Train it again, or take an intact copy.",
    kind: "damaged",
    cause,
  });
}
