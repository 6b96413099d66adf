import type { JsonObject, Task } from "../../../core/index.ts";
import { absolute } from "./absolute.ts";
import { linkedLoss } from "./custom.ts";
import { huber } from "./huber.ts";
import { lambdarank } from "./lambdarank.ts";
import { gamma, poisson, tweedie } from "./log-link.ts";
import { logistic } from "./logistic.ts";
import { identity, LINKS, LOSS_NAMES, type Loss, type LossName } from "./loss.ts";
import { quantile } from "./quantile.ts";
import { softmax } from "./softmax.ts";
import { squared } from "./squared.ts";

export { type Labels, type LeafRule, LOSS_NAMES, type Loss, type LossName, NEWTON } from "./loss.ts";

/** The loss that a task has where none is asked for. */
export function lossOf(task: Task): Loss {
  return namedLoss(defaultLoss(task), task, null);
}

/** Losses that are a task's only one. */
const OWN_TASKS: readonly LossName[] = ["logistic", "softmax", "lambdarank"];

function defaultLoss(task: Task): Exclude<LossName, "custom"> {
  if (task.kind === "ranking") return "lambdarank";
  if (task.kind === "multiclass") return "softmax";
  return task.kind === "binary" ? "logistic" : "squared";
}

/**
 * The loss of a model that anyone may have written.
 *
 * @returns null where it has none that fits the task
 */
export function lossOfModel(json: JsonObject, task: Task): Loss | null {
  const name = LOSS_NAMES.find((known) => known === json.loss);
  if (name === undefined) return null;
  if (name === "custom") {
    const link = LINKS.find((known) => known === json.link);
    return task.kind === "regression" && link !== undefined ? linkedLoss(link) : null;
  }
  const parameter = json.lossParameter ?? null;
  if (parameter !== null && typeof parameter !== "number") return null;
  const ofTask = defaultLoss(task);
  const fits = ofTask === "squared" ? !OWN_TASKS.includes(name) : name === ofTask;
  const needs = name === "huber" || name === "quantile" || name === "tweedie";
  if (!fits || needs !== (parameter !== null)) return null;
  const loss = namedLoss(name, task, parameter);
  if (json.link === undefined) return loss;
  // Models of other programs whose scores are probabilities: averages over the leaves of a forest.
  const isClassifier = name === "logistic" || name === "softmax";
  return isClassifier && json.link === "identity" ? { ...loss, link: "identity", toPredictions: identity } : null;
}

/**
 * A loss by its name.
 *
 * @param parameter Huber's delta, the quantile's share or Tweedie's variance power; null for the others
 */
export function namedLoss(name: Exclude<LossName, "custom">, task: Task, parameter: number | null): Loss {
  switch (name) {
    case "softmax":
      return softmax(Math.max(1, task.classes!.length));
    case "huber":
      return huber(parameter!);
    case "quantile":
      return quantile(parameter!);
    case "tweedie":
      return tweedie(parameter!);
    default:
      return { squared, absolute, poisson, gamma, logistic, lambdarank }[name];
  }
}
