import type { ModelForest } from "./model-forest.ts";
import { ELEMENT, floats, integers, type NodeParts, reals, valueInfo } from "./onnx-messages.ts";
import type { Message } from "./protobuf.ts";

/** What makes predictions of scores, behind the trees. */
export interface Behind {
  /** What the trees' output is called. */
  readonly input: string;
  /** Whether base scores are added here and not by the trees. */
  readonly addsBase: boolean;
  readonly nodes: readonly NodeParts[];
  readonly initializers: readonly Message[];
  readonly outputs: readonly Message[];
}

/** Operators that turn the trees' scores into a prediction, or into the classes' probabilities and the label. */
export function behindTrees(forest: ModelForest, labels: readonly string[] | null, threshold: number): Behind {
  if (labels !== null)
    return forest.classes > 1 ? severalClasses(forest, labels) : twoClasses(forest, labels, threshold);
  const outputs = [valueInfo("prediction", ELEMENT.float, [1])];
  if (forest.link === "identity") return { input: "prediction", addsBase: false, nodes: [], initializers: [], outputs };
  if (forest.link === "log") return exponential(forest, outputs);
  const sigmoid: NodeParts = { op: "Sigmoid", inputs: ["scores"], outputs: ["prediction"] };
  return { input: "scores", addsBase: false, nodes: [sigmoid], initializers: [], outputs };
}

/** In float64: an error of a score is one of the prediction's exponent. */
function exponential({ base }: ModelForest, outputs: readonly Message[]): Behind {
  const nodes: NodeParts[] = [
    { op: "Cast", inputs: ["scores"], outputs: ["wide"], attributes: { to: ELEMENT.double } },
    { op: "Add", inputs: ["wide", "base"], outputs: ["sums"] },
    { op: "Exp", inputs: ["sums"], outputs: ["means"] },
    { op: "Cast", inputs: ["means"], outputs: ["prediction"], attributes: { to: ELEMENT.float } },
  ];
  return { input: "scores", addsBase: true, nodes, initializers: [reals("base", base)], outputs };
}

function classOutputs(labels: readonly string[]): Message[] {
  return [valueInfo("label", ELEMENT.string, []), valueInfo("probabilities", ELEMENT.float, [labels.length])];
}

function labelOf(labels: readonly string[]): NodeParts {
  return {
    op: "LabelEncoder",
    domain: "ai.onnx.ml",
    inputs: ["code"],
    outputs: ["label"],
    attributes: { keys_int64s: labels.map((_, code) => code), values_strings: labels, default_string: "" },
  };
}

/** The label is the most probable class. */
function severalClasses({ link }: ModelForest, labels: readonly string[]): Behind {
  const isShare = link === "identity";
  const softmax: NodeParts = { op: "Softmax", inputs: ["scores"], outputs: ["probabilities"], attributes: { axis: 1 } };
  const best: NodeParts = {
    op: "ArgMax",
    inputs: [isShare ? "probabilities" : "scores"],
    outputs: ["code"],
    attributes: { axis: 1, keepdims: 0 },
  };
  const nodes = isShare ? [best, labelOf(labels)] : [softmax, best, labelOf(labels)];
  const input = isShare ? "probabilities" : "scores";
  return { input, addsBase: false, nodes, initializers: [], outputs: classOutputs(labels) };
}

/** The label is the second class from the model's threshold on. */
function twoClasses({ link }: ModelForest, labels: readonly string[], threshold: number): Behind {
  const isShare = link === "identity";
  const nodes: NodeParts[] = [
    { op: "Sub", inputs: ["one", "second"], outputs: ["first"] },
    { op: "Concat", inputs: ["first", "second"], outputs: ["probabilities"], attributes: { axis: 1 } },
    { op: "GreaterOrEqual", inputs: ["second", "threshold"], outputs: ["isSecond"] },
    { op: "Cast", inputs: ["isSecond"], outputs: ["codes"], attributes: { to: ELEMENT.int64 } },
    { op: "Squeeze", inputs: ["codes", "columns"], outputs: ["code"] },
    labelOf(labels),
  ];
  if (!isShare) nodes.unshift({ op: "Sigmoid", inputs: ["scores"], outputs: ["second"] });
  const initializers = [floats("one", [1]), floats("threshold", [threshold]), integers("columns", [1])];
  return { input: isShare ? "second" : "scores", addsBase: false, nodes, initializers, outputs: classOutputs(labels) };
}
