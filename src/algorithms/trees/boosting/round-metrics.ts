import { scoreStatistics } from "../growing/statistics.ts";
import type { RowSet } from "../machine/row-set.ts";
import type { BoostingParts } from "./boosting-parts.ts";
import { labelsOf } from "./labels.ts";

/** What a round came to. */
export interface RoundMetrics {
  /** By name; none that is not finite. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What early stopping looks at, less being better; null where nothing is watched. */
  readonly watched: number | null;
}

type Measured = Pick<BoostingParts, "context" | "loss" | "given" | "prepared">;

/** Measures training rows (squared error alone, whose statistics the leaves leave behind), validation rows and evaluation sets. */
export function measureRound(parts: Measured): RoundMetrics {
  const { metric, name: lossName } = parts.loss;
  const { validation } = parts.prepared.machine;
  const found: [string, number | null][] = [];
  if (lossName === "squared") found.push([`train.${metric.name}`, metric.of(trainLoss(parts))]);
  found.push(...evaluationMetrics(parts));
  const value = validation === null ? null : validationMetric(parts, validation);
  if (value !== null) found.push([`validation.${metric.name}`, value]);
  const finite = found.filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  const watched = value !== null && metric.higherIsBetter === true ? -value : value;
  return { metrics: Object.fromEntries(finite), watched };
}

/** The mean loss over the training rows after a tree, of squared error. */
function trainLoss({ prepared: { machine, residuals } }: Measured): number {
  const { meanLoss } = scoreStatistics(machine, machine.train);
  const scale = residuals?.scale ?? 1;
  return meanLoss / scale / scale;
}

function validationMetric(parts: Measured, validation: RowSet): number | null {
  const { given } = parts;
  return given === null ? kernelMetric(parts, validation) : (given.measure?.(scoresOf(parts, validation)) ?? null);
}

function evaluationMetrics(parts: Measured): [string, number | null][] {
  const { given, loss, context } = parts;
  const { machine } = parts.prepared;
  return machine.evaluations.map((set, i) => {
    const own = (): number | null => given!.measureSet?.(scoresOf(parts, set), labelsOf(machine, set)) ?? null;
    const value = given === null ? kernelMetric(parts, set) : own();
    return [`${context.dataset.evaluations![i]!.name}.${loss.metric.name}`, value];
  });
}

function kernelMetric({ loss, prepared: { machine } }: Measured, set: RowSet): number {
  machine.select(set);
  machine.run("statisticsPass");
  return loss.metric.of(scoreStatistics(machine, set).meanLoss);
}

function scoresOf({ prepared: { machine } }: Measured, set: RowSet): Float64Array {
  return new Float64Array(machine.bytes.buffer, set.scores, set.rows);
}
