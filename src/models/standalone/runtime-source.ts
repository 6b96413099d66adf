/** What of a standalone module differs from model to model, as lines of source. */
export interface RuntimeParts {
  /** Fields of the types of a row and of a prediction. */
  readonly row: string;
  readonly prediction: string;
  /** Statements that read each input of a row. */
  readonly reading: string;
  /** What walks the trees: `values`, `scores` and `walk()`. */
  readonly walking: string;
}

/**
 * The part of a standalone module that predicts.
 *
 * @param typed whether types stand in it
 */
export function runtimeSource(typed: boolean, { row, prediction, reading, walking }: RuntimeParts): string {
  const types = `
/** A row to predict: null says that a value is missing. */
export interface Row {
${row}
}

export interface Prediction {
${prediction}
}

interface Condition { feature: number; is: string; value: number; otherwise: { feature: number; times: number }[] }
interface Facts {
  algorithm: string; task: string; classes: string[]; threshold: number; link: string; scores: number; trees: number; values: number; base: number[];
  outOfScope: { name: string; threshold: number } | null;
  inputs: { name: string; categories: string[] | null }[];
  rules: { low: number; high: number; unknown: { name: string; missingAtMost: number; cap: number; reason: string } | null;
    caps: { cap: number; conditions: Condition[] }[] } | null;
}
`;
  const runtime = RUNTIME.replace("⟦walking⟧", () => walking).replace("⟦reading⟧", () => reading);
  return (typed ? types + runtime : runtime).replace(/⟨([^⟩]*)⟩/g, typed ? "$1" : "");
}

/** Types stand in angle brackets; exp is as kaayko's own, so that predictions are the same bits. */
const RUNTIME = `
function bytesOf(text⟨: string⟩)⟨: ArrayBuffer⟩ {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}

const codes = MODEL.inputs.map(({ categories }) =>
  categories === null ? null : new Map(categories.map((name, i)⟨: [string, number]⟩ => [name, i + 1])),
);
const features = new Float64Array(MODEL.inputs.length);
const sources = new Uint32Array(bytesOf(ARRAYS.sources));
const places = new Uint32Array(bytesOf(ARRAYS.places));
const turned = new Uint8Array(bytesOf(ARRAYS.turned));
const sets = SETS.map((set) => ({ ...set, table: new Uint8Array(bytesOf(set.table)) }));
⟦walking⟧
const bits = new DataView(new ArrayBuffer(8));

function powerOfTwo(exponent⟨: number⟩)⟨: number⟩ {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

function exp(x⟨: number⟩)⟨: number⟩ {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10;
  let p = 1 / 6227020800;
  for (const factorial of [479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6]) p = p * r + 1 / factorial;
  p = p * r + 0.5;
  p = p * r * r + r + 1;
  if (k > 1022) return p * 2 * powerOfTwo(k - 1);
  if (k < -1021) return p * powerOfTwo(k + 200) * powerOfTwo(-200);
  return p * powerOfTwo(k);
}

function sigmoid(x⟨: number⟩)⟨: number⟩ {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

function refuse(name⟨: string⟩)⟨: never⟩ {
  throw new Error("Cannot predict: the row must have " + JSON.stringify(name) + " (null where it is missing)");
}

function numberOf(cell⟨: unknown⟩, name⟨: string⟩)⟨: number⟩ {
  if (typeof cell !== "number") {
    if (cell === undefined) refuse(name);
    cell = cell === null || cell === "" ? Number.NaN : Number(cell);
  }
  return Number.isFinite(cell⟨ as number⟩) ? cell⟨ as number⟩ : Number.NaN;
}

function codeOf(cell⟨: unknown⟩, name⟨: string⟩, known⟨: Map<string, number>⟩)⟨: number⟩ {
  if (cell === undefined) refuse(name);
  return cell === null ? 0 : (known.get(String(cell)) ?? 0);
}

function readRow(row⟨: Record<string, unknown>⟩)⟨: void⟩ {
⟦reading⟧
  for (let i = 0; i < sources.length; i++) {
    const x = features[sources[i]⟨!⟩]⟨!⟩;
    // Missing is above every threshold, or, where it is turned, below every one.
    values[places[i]⟨!⟩] = !Number.isNaN(x) ? x : turned[i] === 1 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  for (const { source, to, width, table } of sets) {
    const first = features[source]⟨!⟩ * width;
    for (let k = 0; k < width; k++) values[to + k] = table[first + k]⟨!⟩;
  }
}

/** Makes predictions of scores, in place. */
function link()⟨: void⟩ {
  if (MODEL.link === "log") scores[0] = exp(scores[0]⟨!⟩);
  else if (MODEL.link === "logistic") scores[0] = sigmoid(scores[0]⟨!⟩);
  else if (scores.length > 1) {
    let highest = scores[0]⟨!⟩;
    for (let k = 1; k < scores.length; k++) highest = Math.max(highest, scores[k]⟨!⟩);
    let sum = 0;
    for (let k = 0; k < scores.length; k++) {
      if (MODEL.link === "softmax") scores[k] = exp(scores[k]⟨!⟩ - highest);
      sum += scores[k]⟨!⟩;
    }
    for (let k = 0; k < scores.length; k++) scores[k]⟨!⟩ /= sum;
  }
}

function isMissing(i⟨: number⟩)⟨: boolean⟩ {
  return codes[i] ? features[i] === 0 : Number.isNaN(features[i]);
}

function allHold(conditions⟨: Condition[]⟩)⟨: boolean⟩ {
  for (let i = 0; i < conditions.length; i++) {
    const { feature, is, value, otherwise } = conditions[i]⟨!⟩;
    let found = features[feature]⟨!⟩;
    for (let k = 0; k < otherwise.length && Number.isNaN(found); k++)
      found = features[otherwise[k]⟨!⟩.feature]⟨!⟩ * otherwise[k]⟨!⟩.times;
    const holds = is === "missing" ? Number.isNaN(found) : is === "above" ? found > value : found < value;
    if (!holds) return false;
  }
  return true;
}

function ruled(prediction⟨: number⟩)⟨: number⟩ {
  const { rules } = MODEL;
  if (rules === null) return prediction;
  let highest = rules.high;
  for (let i = 0; i < rules.caps.length; i++) {
    const { cap, conditions } = rules.caps[i]⟨!⟩;
    if (cap < highest && allHold(conditions)) highest = cap;
  }
  const { unknown } = rules;
  if (unknown !== null && unknown.cap < highest) {
    let missing = 0;
    for (let i = 0; i < features.length; i++) if (isMissing(i)) missing++;
    if (missing > unknown.missingAtMost) highest = unknown.cap;
  }
  return prediction >= rules.low ? Math.min(prediction, highest) : rules.low;
}

/** Predicts a row: its value, or its class with probabilities; the answer that none is meant where no class is likely enough. */
export function predict(row⟨: Row⟩)⟨: Prediction⟩ {
  readRow(row⟨ as unknown as Record<string, unknown>⟩);
  for (let k = 0; k < scores.length; k++) scores[k] = MODEL.base[k]⟨!⟩;
  walk();
  link();
  if (MODEL.task === "regression") return { prediction: ruled(scores[0]⟨!⟩) }⟨ as unknown as Prediction⟩;
  if (MODEL.task === "binary") {
    const probability = scores[0]⟨!⟩;
    return { prediction: MODEL.classes[probability >= MODEL.threshold ? 1 : 0], probability }⟨ as unknown as Prediction⟩;
  }
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]⟨!⟩ > scores[best]⟨!⟩) best = k;
  const probabilities = MODEL.classes.map((name, k) => ["probability_" + name, scores[k]]);
  const { outOfScope } = MODEL;
  const isAnswer = outOfScope === null || scores[best]⟨!⟩ >= outOfScope.threshold;
  const prediction = isAnswer ? MODEL.classes[best] : outOfScope.name;
  return { prediction, ...Object.fromEntries(probabilities) }⟨ as unknown as Prediction⟩;
}
`;
