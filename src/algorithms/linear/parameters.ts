import type { ParameterSpec, ParameterValues, TaskKind } from "../../core/index.ts";
import type { DescentLoss } from "../../kernels/linear/index.ts";

export const LINEAR_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "loss",
    type: "choice",
    choices: ["auto", "logistic", "squaredHinge", "hinge"],
    default: "auto",
    description: "What a row on the wrong side costs (auto: logistic for several labels, else squaredHinge)",
  },
  {
    name: "cost",
    type: "number",
    search: { low: 0.1, high: 30, log: true },
    min: 1e-6,
    max: 1e6,
    description: "How much the rows weigh against a small model: C (default: 1, for logistic 4)",
  },
  {
    name: "classWeight",
    type: "choice",
    choices: ["none", "balanced"],
    default: "none",
    description: "balanced: the rows of a label weigh as much as all others",
  },
  {
    name: "termWeights",
    type: "choice",
    choices: ["labels", "plain"],
    default: "labels",
    description: "labels: terms that tell labels from one another weigh more; plain: as the vocabulary weighs them",
  },
  {
    name: "tolerance",
    type: "number",
    min: 1e-12,
    max: 1,
    default: 0.01,
    description: "Largest violation of the optimum that is left",
  },
  {
    name: "maxPasses",
    type: "integer",
    min: 1,
    max: 100_000,
    default: 200,
    description: "Passes over the rows at most",
  },
  {
    name: "calibrationSlope",
    type: "number",
    min: 1e-6,
    max: 1e6,
    description: "Turns margins into probabilities (default: fitted on the validation rows)",
  },
  {
    name: "calibrationIntercept",
    type: "number",
    min: -1e6,
    max: 1e6,
    description: "Added to scaled margins (default: fitted on the validation rows)",
  },
];

export interface LinearSettings {
  readonly loss: DescentLoss;
  readonly cost: number;
  readonly balanced: boolean;
  /** Whether terms weigh by how well they tell labels. */
  readonly weighTerms: boolean;
  readonly tolerance: number;
  readonly maxPasses: number;
  /** Null where the validation rows say. */
  readonly calibration: Calibration | null;
}

/** Probability: the logistic function of slope × margin + intercept; of several classes, the softmax of slope × margin. */
export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/** What a unit of cost does best on texts whose rows have length 1 or so. */
const DEFAULT_COST: Record<DescentLoss, number> = { logistic: 4, squaredHinge: 1, hinge: 1 };

export function linearSettings(values: ParameterValues, task: TaskKind): LinearSettings {
  const asked = values.loss as DescentLoss | "auto";
  // A label among many is rare: its probability is worth more than a wide margin.
  const loss = asked !== "auto" ? asked : task === "multilabel" ? "logistic" : "squaredHinge";
  const { calibrationSlope: slope, calibrationIntercept: intercept } = values;
  return {
    loss,
    cost: (values.cost as number | undefined) ?? DEFAULT_COST[loss],
    balanced: values.classWeight === "balanced",
    weighTerms: values.termWeights === "labels",
    tolerance: values.tolerance as number,
    maxPasses: values.maxPasses as number,
    calibration: typeof slope === "number" ? { slope, intercept: typeof intercept === "number" ? intercept : 0 } : null,
  };
}
