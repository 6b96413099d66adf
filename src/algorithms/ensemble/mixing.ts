import { type Examples, log, pointOutput, sigmoid, type Task } from "../../core/index.ts";
import { softmax } from "../linear/margins.ts";
import { poolWeights } from "./pool-weights.ts";
import { stackedWeights } from "./stacked-weights.ts";

/** How models are put together, and what their weights are found by. */
export interface Mixing {
  /** Appends what the weights are found by, of one batch of held-out rows. */
  collect(predictions: Float64Array, batch: Examples, to: number[]): void;
  /** The weights, from what was collected of each member. */
  weigh(collected: readonly Float64Array[]): Float64Array;
  /** Adds a member's predictions to a mixture that begins with zeros. */
  add(mixture: Float64Array, predictions: Float64Array, weight: number): void;
  /** Makes predictions of the sum, in place. */
  finish(mixture: Float64Array): void;
}

/** Probabilities are kept this far from 0 and 1: a member that is certain and wrong must not silence the others. */
const LEAST = 1e-6;

/** Whether what is predicted are values, whose weights sum to 1. */
export function isMean({ kind }: Pick<Task, "kind">): boolean {
  return kind === "regression" || kind === "forecast";
}

/** Values are mixed by a weighted mean, probabilities by their logarithms. */
export function mixingOf(task: Task): Mixing {
  return isMean(task) ? meanOf(task) : poolOf(task);
}

/** A mean with weights that suit held-out rows. Of quantiles the one nearest the middle is judged. */
function meanOf(task: Task): Mixing {
  const levels = task.quantiles?.length ?? 1;
  const point = pointOutput(task);
  return {
    collect(predictions, { table, target }, to) {
      for (let i = 0; i < table.rows * (task.horizon ?? 1); i++)
        if (!Number.isNaN(target[i]!)) to.push(predictions[i * levels + point]! - target[i]!);
    },
    weigh: stackedWeights,
    add: addScaled,
    finish: () => {},
  };
}

/** The pool under which the truth is most likely. */
function poolOf({ kind, classes }: Task): Mixing {
  const group = kind === "multiclass" ? classes!.length : 1;
  const score = group === 1 ? logOdds : logOf;
  return {
    collect(predictions, { target }, to) {
      for (let i = 0; i < predictions.length; i++) {
        const truth = target[Math.floor(i / group)]!;
        if (group === 1) to.push(truth === 1 ? -score(predictions[i]!) : score(predictions[i]!));
        else to.push(score(predictions[i]!) - score(predictions[i - (i % group) + truth]!));
      }
    },
    weigh: (handicaps) => poolWeights(handicaps, group),
    add: (mixture, predictions, weight) => addScaled(mixture, predictions.map(score), weight),
    finish(mixture) {
      if (group === 1) for (let i = 0; i < mixture.length; i++) mixture[i] = sigmoid(mixture[i]!);
      else for (let at = 0; at < mixture.length; at += group) softmax(mixture.subarray(at, at + group));
    },
  };
}

const logOf = (probability: number): number => log(Math.max(LEAST, probability));

function logOdds(probability: number): number {
  const inside = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return log(inside / (1 - inside));
}

function addScaled(mixture: Float64Array, values: Float64Array, weight: number): void {
  for (let i = 0; i < mixture.length; i++) mixture[i]! += weight * values[i]!;
}
