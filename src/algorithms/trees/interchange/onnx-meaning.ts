import { type ForeignObjective, refused, unsupported } from "./foreign-types.ts";
import type { Ensemble } from "./onnx-ensemble.ts";
import { type OnnxGraph, type OnnxNode, WHAT } from "./onnx-graph.ts";

/** What the sums over trees mean. */
export interface Meaning {
  readonly objective: ForeignObjective;
  /** For each of our scores the targets that make it, with their factors. */
  readonly targets: readonly (readonly (readonly [target: number, factor: number])[])[];
  readonly base: readonly number[];
  /** Labels of the classes; null for numbers, or where the file has none. */
  readonly labels: readonly string[] | null;
}

const PASSING = ["Cast", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"];
/** What follows probabilities. */
const LABELLING = [
  "ArgMax",
  "Concat",
  "Sub",
  "GreaterOrEqual",
  "Greater",
  "LabelEncoder",
  "ZipMap",
  "ArrayFeatureExtractor",
  "Normalizer",
];
const LINKS: Readonly<Record<string, Link>> = { Exp: "log", Sigmoid: "logistic", Softmax: "softmax" };
type Link = "identity" | "log" | "logistic" | "softmax";

/**
 * What a model says with its scores: from the operator's own transformation, and the operators behind it.
 *
 * @throws KaaykoError (input) for what ours cannot say
 */
export function meaningOf(graph: OnnxGraph, operator: OnnxNode, ensemble: Ensemble): Meaning {
  return operator.op === "TreeEnsembleClassifier"
    ? ofClassifier(operator, ensemble)
    : ofRegressor(graph, operator, ensemble);
}

function ofClassifier({ attributes }: OnnxNode, ensemble: Ensemble): Meaning {
  const { trees, base, transform } = ensemble;
  const labels = attributes.texts("classlabels_strings") ?? attributes.numbers("classlabels_int64s")?.map(String) ?? [];
  if (labels.length < 2) throw refused(WHAT, "it must have two classes or more", String(labels.length));
  const weights = trees.flatMap((nodes) => nodes.flatMap((node) => node.weights));
  const used = [...new Set(weights.map(([target]) => target))];
  if (labels.length === 2 && used.length <= 1) {
    const own = [[[used[0] ?? 0, 1]]] as const;
    // The operator takes sums of weights that are all positive for probabilities, whatever its transformation.
    const isProbability = transform !== "LOGISTIC" || weights.every(([, weight]) => weight >= 0);
    if (transform !== "LOGISTIC" && transform !== "NONE")
      throw unsupported(WHAT, "scores of two classes must be probabilities or log odds", transform);
    if (transform === "NONE" && !weights.every(([, weight]) => weight >= 0))
      throw unsupported(WHAT, "scores of two classes must be probabilities or log odds", "scores that are neither");
    return { objective: twoClasses(isProbability), targets: own, base: [base.at(-1) ?? 0], labels };
  }
  const bases = labels.map((_, k) => base[k] ?? 0);
  if (transform !== "NONE" && transform !== "SOFTMAX")
    throw unsupported(WHAT, "probabilities must be scores as they are, or their softmax", transform);
  const isShare = transform === "NONE";
  if (labels.length === 2) {
    const second: Meaning["targets"][number] = isShare
      ? [[1, 1]]
      : [
          [1, 1],
          [0, -1],
        ];
    const own = isShare ? bases[1]! : bases[1]! - bases[0]!;
    return { objective: twoClasses(isShare), targets: [second], base: [own], labels };
  }
  return { objective: severalClasses(isShare), targets: labels.map((_, k) => [[k, 1]]), base: bases, labels };
}

function twoClasses(isProbability: boolean): ForeignObjective {
  return { kind: "binary", loss: "logistic", ...(isProbability ? { link: "identity" } : {}) };
}

function severalClasses(isProbability: boolean): ForeignObjective {
  return { kind: "multiclass", loss: "softmax", ...(isProbability ? { link: "identity" } : {}) };
}

function ofRegressor(graph: OnnxGraph, operator: OnnxNode, ensemble: Ensemble): Meaning {
  const count = operator.attributes.integer("n_targets") ?? 1;
  if (!(count >= 1 && count <= 10_000)) throw refused(WHAT, "it must have a target", String(count));
  const start = { SOFTMAX: "softmax", LOGISTIC: "logistic", NONE: "identity" }[ensemble.transform];
  if (start === undefined)
    throw unsupported(WHAT, "scores must be transformed by NONE, LOGISTIC or SOFTMAX", ensemble.transform);
  const behind = followScores(graph, operator.outputs[0]!, start as Link, count);
  const base = Array.from({ length: count }, (_, k) => (ensemble.base[k] ?? 0) * behind.scale + behind.offset[k]!);
  const targets = base.map((_, k): Meaning["targets"][number] => [[k, behind.scale]]);
  const { link, isClassifier, labels } = behind;
  if (isClassifier || link === "softmax") {
    if (count === 1 && link !== "log") return { objective: twoClasses(link === "identity"), targets, base, labels };
    if (count > 1 && (link === "softmax" || link === "identity"))
      return { objective: severalClasses(link === "identity"), targets, base, labels };
  }
  if (count > 1) throw unsupported(WHAT, "it must have one target", String(count));
  const objective: ForeignObjective =
    link === "identity"
      ? { kind: "regression", loss: "squared" }
      : { kind: "regression", loss: "custom", link: link as "log" | "logistic" };
  return { objective, targets, base, labels: null };
}

interface Behind {
  readonly link: Link;
  readonly scale: number;
  readonly offset: readonly number[];
  readonly isClassifier: boolean;
  readonly labels: readonly string[] | null;
}

/** Follows scores through constants and a link up to predictions or labels. */
function followScores(graph: OnnxGraph, from: string, start: Link, count: number): Behind {
  let [name, link, scale, isClassifier] = [from, start, 1, false];
  const offset = new Array<number>(count).fill(0);
  for (let steps = 0; steps < 20; steps++) {
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(name));
    const linking = users.find(({ op }) => Object.hasOwn(LINKS, op));
    const [only] = users;
    if (only === undefined) break;
    if (linking !== undefined && link === "identity") {
      checkFollowers(users.filter((user) => user !== linking));
      isClassifier ||= users.length > 1;
      link = LINKS[linking.op]!;
      name = linking.outputs[0]!;
      continue;
    }
    if (users.length === 1 && PASSING.includes(only.op)) {
      name = only.outputs[0]!;
      continue;
    }
    const constant = users.length === 1 ? constantOf(graph, only, name, count) : null;
    if (constant !== null && link === "identity") {
      for (let k = 0; k < count; k++) {
        if (only.op === "Add") offset[k]! += constant[k]!;
        else offset[k]! *= only.op === "Mul" ? constant[0]! : 1 / constant[0]!;
      }
      if (only.op !== "Add") scale *= only.op === "Mul" ? constant[0]! : 1 / constant[0]!;
      name = only.outputs[0]!;
      continue;
    }
    checkFollowers(users);
    isClassifier = true;
    break;
  }
  return { link, scale, offset, isClassifier, labels: isClassifier ? labelsOf(graph) : null };
}

/** The constant that scores are added to, multiplied with or divided by; null for another operator. */
function constantOf({ constants }: OnnxGraph, { op, inputs }: OnnxNode, name: string, count: number): number[] | null {
  if (!["Add", "Mul", "Div"].includes(op) || (op === "Div" && inputs[0] !== name)) return null;
  const values = constants.get(inputs.find((input) => input !== name) ?? "");
  if (values === undefined || (values.length !== 1 && (op !== "Add" || values.length !== count))) return null;
  return values.length === 1 ? new Array<number>(count).fill(values[0]!) : [...values];
}

function checkFollowers(nodes: readonly OnnxNode[]): void {
  const other = nodes.find(({ op }) => !LABELLING.includes(op) && !PASSING.includes(op));
  if (other !== undefined)
    throw unsupported(WHAT, "operators behind its trees must make predictions of scores", other.op);
}

/** Labels of the classes by their codes, where the file has them. */
function labelsOf({ nodes }: OnnxGraph): readonly string[] | null {
  const encoder = nodes.find(({ op }) => op === "LabelEncoder")?.attributes;
  const keys = encoder?.numbers("keys_int64s");
  const labels = encoder?.texts("values_strings") ?? encoder?.numbers("values_int64s")?.map(String);
  return keys !== undefined && labels?.length === keys.length && keys.every((key, i) => key === i) ? labels : null;
}
