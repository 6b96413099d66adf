/** The losses of the kernels again, as textbooks have them: what the tests compare `assembly/losses.ts` with. */

export type TwinLoss =
  | "squared"
  | "absolute"
  | "huber"
  | "quantile"
  | "poisson"
  | "gamma"
  | "tweedie"
  | "logistic"
  | "softmax";

/** A row: the scores of its classes (one for all but softmax), its target and the loss's parameter. */
export interface TwinRow {
  readonly scores: readonly number[];
  readonly target: number;
  readonly parameter: number;
}

/** The loss of a row, halved for squared error and deviances. */
export function lossTwin(loss: TwinLoss, { scores, target, parameter }: TwinRow): number {
  const score = scores[0]!;
  const residual = target - score;
  switch (loss) {
    case "squared":
      return 0.5 * residual ** 2;
    case "absolute":
      return Math.abs(residual);
    case "huber":
      return Math.abs(residual) <= parameter ? 0.5 * residual ** 2 : parameter * (Math.abs(residual) - 0.5 * parameter);
    case "quantile":
      return Math.max(parameter * residual, (parameter - 1) * residual);
    case "logistic":
      return Math.log1p(Math.exp(target === 1 ? -score : score));
    case "softmax":
      return logSumExp(scores) - scores[target]!;
    default:
      return 0.5 * devianceTwin(loss, target, Math.exp(score), parameter);
  }
}

/** Unit deviances (Jorgensen, "The theory of dispersion models", 1997). */
function devianceTwin(loss: "poisson" | "gamma" | "tweedie", y: number, mean: number, power: number): number {
  if (loss === "poisson") return 2 * ((y === 0 ? 0 : y * Math.log(y / mean)) - y + mean);
  if (loss === "gamma") return 2 * (Math.log(mean / y) + y / mean - 1);
  const perfect = y ** (2 - power) / ((1 - power) * (2 - power));
  return 2 * (perfect - (y * mean ** (1 - power)) / (1 - power) + mean ** (2 - power) / (2 - power));
}

/** First and second derivative of the loss by the score of a class; 1 for the second where the loss has none. */
export function derivativesTwin(loss: TwinLoss, row: TwinRow, classNumber = 0): { gradient: number; hessian: number } {
  const { scores, target, parameter } = row;
  const score = scores[classNumber]!;
  const mean = Math.exp(score);
  switch (loss) {
    case "squared":
      return { gradient: score - target, hessian: 1 };
    case "absolute":
      return { gradient: Math.sign(score - target), hessian: 1 };
    case "huber":
      return { gradient: Math.max(-parameter, Math.min(parameter, score - target)), hessian: 1 };
    case "quantile":
      return { gradient: score === target ? 0 : (score > target ? 1 : 0) - parameter, hessian: 1 };
    case "poisson":
      return { gradient: mean - target, hessian: mean };
    case "gamma":
      return { gradient: 1 - target / mean, hessian: target / mean };
    case "tweedie": {
      const pull = target * mean ** (1 - parameter);
      const push = mean ** (2 - parameter);
      return { gradient: push - pull, hessian: (parameter - 1) * pull + (2 - parameter) * push };
    }
    case "logistic": {
      const p = 1 / (1 + Math.exp(-score));
      return { gradient: p - target, hessian: p * (1 - p) };
    }
    case "softmax": {
      const p = Math.exp(score - logSumExp(scores));
      const spread = scores.length / (scores.length - 1);
      return { gradient: p - (target === classNumber ? 1 : 0), hessian: spread * p * (1 - p) };
    }
  }
}

function logSumExp(scores: readonly number[]): number {
  const highest = Math.max(...scores);
  return highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
}
