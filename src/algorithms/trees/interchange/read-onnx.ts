import { type JsonValue, parseJson } from "../../../core/index.ts";
import { atMostOf, float64Before, lessThanOf } from "./float32.ts";
import { type ImportedModel, importForest, MAX_CLASSES, MAX_FEATURES } from "./foreign-forest.ts";
import { type ForeignFeature, type ForeignNode, type ForeignObjective, refused, unsupported } from "./foreign-types.ts";
import { type Ensemble, type EnsembleNode, ensembleOf } from "./onnx-ensemble.ts";
import { type OnnxGraph, type OnnxNode, readGraph, WHAT } from "./onnx-graph.ts";
import { type Meaning, meaningOf } from "./onnx-meaning.ts";

const FLOAT = 1;
const TREES = ["TreeEnsembleRegressor", "TreeEnsembleClassifier", "TreeEnsemble"];
/** Nodes at most, once for each target. */
const MAX_NODES = 10_000_000;

/**
 * Reads a model of ONNX: one TreeEnsembleRegressor, TreeEnsembleClassifier or TreeEnsemble over one input of all features, and behind it
 * what makes predictions, probabilities and labels of its scores. Where the input is float32, thresholds become the float64 ones that
 * decide every number as after rounding.
 *
 * @throws KaaykoError (input) for other operators, or what ours cannot say; (damaged) for a file that is not whole
 */
export function fromOnnx(bytes: Uint8Array): ImportedModel {
  const graph = readGraph(bytes);
  const found = graph.nodes.filter(({ op }) => TREES.includes(op));
  if (found.length !== 1)
    throw unsupported(WHAT, "it must have one operator of trees (TreeEnsemble…)", `${found.length}`);
  const [operator] = found as [OnnxNode];
  const ensemble = ensembleOf(operator);
  const meaning = meaningOf(graph, operator, ensemble);
  const rounds = roundsInput(graph, operator);
  const features = featuresOf(graph, ensemble);
  const objective: ForeignObjective = meaning.objective;
  const trees = treesOf(ensemble, meaning, rounds);
  const model = importForest({
    ...objective,
    algorithm: "hist-gradient",
    classes: meaning.targets.length,
    base: meaning.base,
    features,
    trees,
    notices: [],
    what: WHAT,
  });
  return meaning.labels === null ? model : { ...model, labels: meaning.labels };
}

/** Whether what goes into the trees is float32. */
function roundsInput({ nodes, input }: OnnxGraph, operator: OnnxNode): boolean {
  let name = operator.inputs[0];
  let isFloat = input.element === FLOAT;
  for (let steps = 0; name !== input.name; steps++) {
    const before = nodes.find(({ outputs }) => outputs.includes(name!));
    if (before === undefined || steps > 8 || !["Cast", "Identity"].includes(before.op))
      throw unsupported(WHAT, "its trees must take its input as it is", before?.op ?? "nothing");
    if (before.op === "Cast") isFloat ||= before.attributes.integer("to") === FLOAT;
    name = before.inputs[0];
  }
  return isFloat;
}

/** Features with the names and categories that a file of ours keeps; in others f0, f1, … */
function featuresOf({ input, metadata }: OnnxGraph, { trees }: Ensemble): ForeignFeature[] {
  const highest = trees.reduce((most, nodes) => nodes.reduce((a, { feature }) => Math.max(a, feature), most), -1);
  const count = input.width ?? highest + 1;
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= MAX_FEATURES))
    throw refused(WHAT, `it must have from 1 to ${MAX_FEATURES} features`, String(count));
  const described = describedFeatures(metadata.get("features"), count);
  return Array.from({ length: count }, (_, index) => {
    const { name, categories } = described[index] ?? { name: `f${index}`, categories: null };
    return { name, categorical: categories !== null, categories };
  });
}

function describedFeatures(
  text: string | undefined,
  count: number,
): { name: string; categories: readonly string[] | null }[] {
  if (text === undefined) return [];
  const stored = parseJson(text, WHAT) as { features?: JsonValue } | null;
  const features = stored?.features;
  if (!Array.isArray(features) || features.length !== count) return [];
  return features.map((entry, index) => {
    const { name, categories } = (entry ?? {}) as { name?: JsonValue; categories?: JsonValue };
    const texts = Array.isArray(categories) && categories.every((item) => typeof item === "string") ? categories : null;
    return { name: typeof name === "string" ? name : `f${index}`, categories: texts as string[] | null };
  });
}

/** Trees of one target each, so that tree t is of target t % targets; a target that has fewer gets trees of nothing. */
function treesOf({ trees, scale }: Ensemble, { targets }: Meaning, rounds: boolean): ForeignNode[][] {
  const ofTarget = targets.map((): ForeignNode[][] => []);
  if (trees.reduce((sum, { length }) => sum + length, 0) * targets.length > MAX_NODES || targets.length > MAX_CLASSES)
    throw unsupported(WHAT, `it may have ${MAX_NODES} nodes, once for each target`, "more");
  for (const nodes of trees) {
    const used = new Set(nodes.flatMap(({ weights }) => weights.map(([target]) => target)));
    targets.forEach((shares, k) => {
      if (!shares.some(([target]) => used.has(target))) return;
      ofTarget[k]!.push(ourTree(nodes, shares, scale, rounds));
    });
  }
  const most = ofTarget.reduce((length, own) => Math.max(length, own.length), 0);
  return Array.from(
    { length: most * targets.length },
    (_, i) => ofTarget[i % targets.length]![Math.floor(i / targets.length)] ?? [leafOf(0)],
  );
}

/** Those in the middle of a chain of questions are asked at its first node, and nobody comes to them: a leaf stands in their place. */
function ourTree(
  nodes: readonly EnsembleNode[],
  shares: Meaning["targets"][number],
  scale: number,
  rounds: boolean,
): ForeignNode[] {
  const own: (ForeignNode | undefined)[] = nodes.map(() => undefined);
  const waiting = [0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (nodes[at] === undefined || own[at] !== undefined) continue;
    own[at] = ourNode(nodes[at]!, nodes, shares, scale, rounds);
    waiting.push(own[at]!.left, own[at]!.right);
  }
  return own.map((node) => node ?? leafOf(0));
}

function leafOf(value: number): ForeignNode {
  const none = { threshold: 0, missingLeft: false, codes: null, setLeft: true, left: -1, right: -1, gain: 0, rows: 0 };
  return { ...none, feature: -1, value };
}

function ourNode(
  node: EnsembleNode,
  nodes: readonly EnsembleNode[],
  shares: Meaning["targets"][number],
  scale: number,
  rounds: boolean,
): ForeignNode {
  if (node.mode === "LEAF") {
    const weightOf = (target: number): number =>
      node.weights.reduce((sum, [own, weight]) => (own === target ? sum + weight : sum), 0);
    return leafOf(shares.reduce((sum, [target, factor]) => sum + factor * weightOf(target), 0) * scale);
  }
  const { mode, feature, value, missingTrue, whereTrue, whereFalse } = node;
  const inner = { feature, value: 0, gain: 0, rows: 0, setLeft: true };
  if (mode === "BRANCH_EQ" || mode === "BRANCH_MEMBER") {
    const { codes, outside } = membersFrom(node, nodes);
    return { ...inner, threshold: 0, codes, missingLeft: missingTrue, left: whereTrue, right: outside };
  }
  if (mode === "BRANCH_NEQ") {
    // No number is equal to a missing one, so that those go where the others do.
    return { ...inner, threshold: 0, codes: codesOf([value]), missingLeft: false, left: whereFalse, right: whereTrue };
  }
  const isUnder = mode === "BRANCH_LEQ" || mode === "BRANCH_LT";
  const includes = mode === "BRANCH_LEQ" || mode === "BRANCH_GT";
  const threshold = thresholdOf(value, includes, rounds);
  if (isUnder)
    return { ...inner, threshold, codes: null, missingLeft: missingTrue, left: whereTrue, right: whereFalse };
  return { ...inner, threshold, codes: null, missingLeft: !missingTrue, left: whereFalse, right: whereTrue };
}

/** The last number that is at or under a value, or under it; of numbers that are rounded to float32 first where `rounds`. */
function thresholdOf(value: number, includes: boolean, rounds: boolean): number {
  const finite = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
  if (Number.isNaN(value)) throw refused(WHAT, "thresholds must be numbers", "NaN");
  if (!rounds) return includes ? finite : float64Before(finite);
  if (Math.abs(value) > 3.4e38) return finite;
  return atMostOf(includes ? lessThanOf(value) : value);
}

/** Codes of a chain of nodes that ask the same feature for one code each and lead to the same child, and where others go. */
function membersFrom(node: EnsembleNode, nodes: readonly EnsembleNode[]): { codes: number[]; outside: number } {
  const values = [...(node.members ?? [node.value])];
  let outside = node.whereFalse;
  for (let steps = 0; steps < nodes.length; steps++) {
    const next = nodes[outside];
    const continues =
      node.mode === "BRANCH_EQ" &&
      next?.mode === "BRANCH_EQ" &&
      next.feature === node.feature &&
      next.whereTrue === node.whereTrue &&
      next.missingTrue === node.missingTrue;
    if (!continues) break;
    values.push(next.value);
    outside = next.whereFalse;
  }
  return { codes: codesOf(values), outside };
}

/** Codes of categories; numbers under 0 are none. */
function codesOf(values: readonly number[]): number[] {
  const codes = values.filter((value) => value >= 0);
  const wrong = codes.find((code) => !Number.isSafeInteger(code));
  if (wrong === undefined) return codes;
  throw unsupported(WHAT, "numbers that splits ask for must be whole: codes of categories", String(wrong));
}
