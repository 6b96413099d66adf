/**
 * The part of a standalone module that walks trees: the same for every model.
 *
 * @param typed whether types stand in it
 */
export function runtimeSource(typed: boolean, { row, prediction }: { row: string; prediction: string }): string {
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
  algorithm: string; task: string; classes: string[]; threshold: number; link: string; scores: number; base: number[];
  inputs: { name: string; categories: string[] | null }[]; columns: number[];
  rules: { low: number; high: number; unknown: { missingAtMost: number; cap: number } | null;
    caps: { cap: number; conditions: Condition[] }[] } | null;
}
`;
  return (typed ? types + RUNTIME : RUNTIME).replace(/⟨([^⟩]*)⟩/g, typed ? "$1" : "");
}

/** Types stand in angle brackets; exp is as kaayko's own, so that predictions are the same bits. */
const RUNTIME = `
function bytesOf(text⟨: string⟩)⟨: ArrayBuffer⟩ {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}

const feature = new Int32Array(bytesOf(ARRAYS.feature));
const left = new Int32Array(bytesOf(ARRAYS.left));
const right = new Int32Array(bytesOf(ARRAYS.right));
const flags = new Uint8Array(bytesOf(ARRAYS.flags));
const bin = new Int32Array(bytesOf(ARRAYS.bin));
const thresholds = new Float64Array(bytesOf(ARRAYS.thresholds));
const value = new Float64Array(bytesOf(ARRAYS.value));
const categories = new Uint32Array(bytesOf(ARRAYS.categories));
const ends = new Uint32Array(bytesOf(ARRAYS.ends));
const tables = TABLES.map((text) => (text === null ? null : new Uint8Array(bytesOf(text))));
const codes = MODEL.inputs.map(({ categories }) =>
  categories === null ? null : new Map(categories.map((name, i)⟨: [string, number]⟩ => [name, i + 1])),
);
const features = new Float64Array(MODEL.inputs.length);
const values = new Float64Array(MODEL.columns.length);
const scores = new Float64Array(MODEL.scores);
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

function readRow(row⟨: Record<string, unknown>⟩)⟨: void⟩ {
  MODEL.inputs.forEach(({ name }, i) => {
    const cell = row[name];
    if (cell === undefined) throw new Error("Cannot predict: the row must have " + JSON.stringify(name) + " (null where it is missing)");
    const known = codes[i];
    if (known) features[i] = cell === null ? 0 : (known.get(String(cell)) ?? 0);
    else {
      const number = cell === null || cell === "" ? Number.NaN : Number(cell);
      features[i] = Number.isFinite(number) ? number : Number.NaN;
    }
  });
  for (let entry = 0; entry < values.length; entry++) {
    const table = tables[entry];
    const own = features[MODEL.columns[entry]⟨!⟩]⟨!⟩;
    values[entry] = table ? (table[own] ?? 0) : own;
  }
}

/** Adds up the leaves that the values reach. */
function walk()⟨: void⟩ {
  for (let k = 0; k < scores.length; k++) scores[k] = MODEL.base[k]⟨!⟩;
  let start = 0;
  for (let tree = 0; tree < ends.length; tree++) {
    let node = start;
    for (let own = feature[node]⟨!⟩; own >= 0; own = feature[node]⟨!⟩) {
      const x = values[own]⟨!⟩;
      const flag = flags[node]⟨!⟩;
      const goesLeft =
        flag >= 2
          ? ((categories[bin[node]⟨!⟩ * 8 + (x >> 5)]⟨!⟩ >>> (x & 31)) & 1) === 1
          : x <= thresholds[node]⟨!⟩ || (flag === 1 && x !== x);
      node = start + (goesLeft ? left[node]⟨!⟩ : right[node]⟨!⟩);
    }
    scores[tree % scores.length]⟨!⟩ += value[node]⟨!⟩;
    start = ends[tree]⟨!⟩;
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

function ruled(prediction⟨: number⟩)⟨: number⟩ {
  const { rules } = MODEL;
  if (rules === null) return prediction;
  let highest = rules.high;
  for (const { cap, conditions } of rules.caps) {
    const all = conditions.every(({ feature, is, value, otherwise }) => {
      let found = features[feature]⟨!⟩;
      for (const other of otherwise) if (Number.isNaN(found)) found = features[other.feature]⟨!⟩ * other.times;
      return is === "missing" ? Number.isNaN(found) : is === "above" ? found > value : found < value;
    });
    if (cap < highest && all) highest = cap;
  }
  const { unknown } = rules;
  if (unknown !== null && unknown.cap < highest) {
    let missing = 0;
    for (let i = 0; i < features.length; i++) if (isMissing(i)) missing++;
    if (missing > unknown.missingAtMost) highest = unknown.cap;
  }
  return prediction >= rules.low ? Math.min(prediction, highest) : rules.low;
}

/** Predicts a row: its value, or its class with probabilities. */
export function predict(row⟨: Row⟩)⟨: Prediction⟩ {
  readRow(row⟨ as unknown as Record<string, unknown>⟩);
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
  return { prediction: MODEL.classes[best], ...Object.fromEntries(probabilities) }⟨ as unknown as Prediction⟩;
}
`;
