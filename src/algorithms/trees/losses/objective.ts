import {
  KaaykoError,
  type ParameterSpec,
  type ParameterValues,
  type Task,
  type TaskKind,
} from "../../../core/index.ts";
import { LOSS_NAMES, type Loss, type LossName, namedLoss } from "./index.ts";
import type { Labels } from "./loss.ts";
import { weightedQuantile } from "./quantiles.ts";

/** Losses that can be asked for by name. */
export type NamedLoss = Exclude<LossName, "custom">;

/** Losses that a task may be fitted to; the first is its default. */
const LOSSES_OF: Partial<Record<TaskKind, readonly NamedLoss[]>> = {
  regression: ["squared", "absolute", "huber", "quantile", "poisson", "gamma", "tweedie"],
  binary: ["logistic"],
  multiclass: ["softmax"],
  ranking: ["lambdarank"],
};

/** Share of the targets' distances from their median that Huber's loss takes as ordinary where no delta is given. */
const ORDINARY_SHARE = 0.9;

/** The settings that choose a loss. */
export const OBJECTIVE_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "objective",
    type: "choice",
    choices: LOSS_NAMES.filter((name) => name !== "custom"),
    description:
      "Loss that trees are fitted to (default: squared, logistic or softmax, by the task). Regression may also take absolute or huber (outliers), quantile, poisson (counts), gamma (positive amounts) or tweedie (amounts, often 0)",
  },
  {
    name: "quantile",
    type: "number",
    default: 0.5,
    min: 0.001,
    max: 0.999,
    description: "Share of targets under the prediction, for objective quantile",
  },
  {
    name: "huberDelta",
    type: "number",
    min: 1e-300,
    max: 1e300,
    description:
      "Residuals up to this count squared, for objective huber (default: the 0.9 quantile of the targets' distances from their median)",
  },
  {
    name: "tweediePower",
    type: "number",
    default: 1.5,
    min: 1.001,
    max: 1.999,
    description: "Variance power for objective tweedie: near 1 as counts, near 2 as amounts",
  },
];

/**
 * The name of the loss that the settings ask for.
 *
 * @throws KaaykoError (usage) where it does not fit the task
 */
export function objectiveOf(task: Task, values: ParameterValues): NamedLoss {
  const known = LOSSES_OF[task.kind] ?? [];
  const name = (values.objective as NamedLoss | undefined) ?? known[0];
  if (name === undefined || !known.includes(name))
    throw new KaaykoError({
      action: `fit trees to the loss ${name}`,
      rule: `for ${task.kind} it must be one of ${known.join(", ")}`,
      remedy: "Choose another objective, or another --task.",
      kind: "usage",
    });
  return name;
}

/** Whether a loss takes its leaf values from residuals. */
export function renewsLeaves(name: LossName): boolean {
  return name === "absolute" || name === "huber" || name === "quantile";
}

/**
 * The loss for the labels of the training rows.
 *
 * @throws KaaykoError (input) where a label is out of the loss's range
 */
export function chooseLoss(name: NamedLoss, task: Task, values: ParameterValues, labels: Labels): Loss {
  const loss = namedLoss(name, task, parameterOf(name, values, labels));
  checkTargets(loss, labels);
  return loss;
}

function parameterOf(name: NamedLoss, values: ParameterValues, labels: Labels): number | null {
  if (name === "quantile") return (values.quantile as number | undefined) ?? 0.5;
  if (name === "tweedie") return (values.tweediePower as number | undefined) ?? 1.5;
  if (name === "huber") return (values.huberDelta as number | undefined) ?? ordinaryDistance(labels);
  return null;
}

function ordinaryDistance(labels: Labels): number {
  const median = weightedQuantile(labels, 0.5);
  const distances = labels.target.slice(0, labels.rows).map((y) => Math.abs(y - median));
  const delta = weightedQuantile({ ...labels, target: distances }, ORDINARY_SHARE);
  // Where nearly all targets are equal, the largest distance; where all are, any.
  return delta > 0 ? delta : distances.reduce((a, b) => Math.max(a, b), 0) || 1;
}

/** @throws KaaykoError (input) with the first target that the loss does not take */
export function checkTargets(loss: Loss, { target, rows }: Labels): void {
  for (let i = 0; i < rows; i++) {
    if (loss.range === null ? Number.isFinite(target[i]!) : loss.range.holds(target[i]!)) continue;
    throw new KaaykoError({
      action: `fit trees to the loss ${loss.name}`,
      rule: loss.range?.rule ?? "the target must be a finite number",
      got: String(target[i]),
      remedy: "Leave such rows out, or choose another objective.",
      kind: "input",
    });
  }
}
