import { type Dataset, KaaykoError, type Role } from "../../../core/index.ts";
import { readRoleLabels } from "../streaming/role-labels.ts";
import type { CustomObjective } from "./custom.ts";
import { rankingGradients, rankingMetric } from "./lambdarank.ts";
import type { GivenGradients, Labels } from "./loss.ts";
import { queriesOf } from "./ranking-examples.ts";

/** What the kernels do not compute of a loss. */
export interface GivenLoss {
  readonly gradients: GivenGradients;
  /** What early stopping watches, for the scores of the validation rows; null where nothing is watched. */
  readonly measure: ((scores: Float64Array) => number) | null;
  /** The same for any rows; null where they cannot be measured by themselves. */
  readonly measureSet: ((scores: Float64Array, labels: Labels) => number) | null;
}

/** LambdaRank over a dataset's queries; `labelsOf` has the relevances of a role's rows. */
export async function givenRanking(dataset: Dataset, labelsOf: (role: Role) => Labels): Promise<GivenLoss> {
  const train = queriesOf(await readRoleLabels(dataset, "train"));
  const gradients = rankingGradients(train, labelsOf("train").target);
  if (dataset.rows.validation === 0) return { gradients, measure: null, measureSet: null };
  const validation = queriesOf(await readRoleLabels(dataset, "validation"));
  const { target } = labelsOf("validation");
  return { gradients, measure: (scores) => rankingMetric(validation, target, scores), measureSet: null };
}

/** A user's loss. */
export function givenCustom(objective: CustomObjective, train: Labels, validation: Labels | null): GivenLoss {
  const gradient = new Float64Array(train.rows);
  const hessian = new Float64Array(train.rows);
  const { metric } = objective;
  return {
    gradients: (scores, out) => {
      // Copies: what a user's function changes by mistake must not change the training.
      objective.derivatives(scores.slice(), train.target.slice(), gradient, hessian);
      for (let i = 0; i < train.rows; i++) {
        checkDerivatives(gradient[i]!, hessian[i]!, i);
        out[2 * i] = gradient[i]!;
        out[2 * i + 1] = hessian[i]!;
      }
    },
    measureSet: metric === undefined ? null : (scores, labels) => metric(scores.slice(), labels),
    measure: metric === undefined || validation === null ? null : (scores) => metric(scores.slice(), validation),
  };
}

function checkDerivatives(gradient: number, hessian: number, row: number): void {
  if (Number.isFinite(gradient) && Number.isFinite(hessian) && hessian >= 0) return;
  throw new KaaykoError({
    action: "fit trees to the objective",
    rule: "gradients must be finite, and hessians finite and at or over 0",
    got: `${gradient} and ${hessian} for row ${row + 1}`,
  });
}
