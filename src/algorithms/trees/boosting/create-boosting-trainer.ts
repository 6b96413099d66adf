import { KaaykoError, outputsOf, type Trainer, type TrainerContext } from "../../../core/index.ts";
import { checkOneSided } from "../growing/one-sided.ts";
import { type CustomObjective, customLoss } from "../losses/custom.ts";
import { givenCustom, givenRanking } from "../losses/given.ts";
import type { Labels } from "../losses/index.ts";
import { checkTargets, chooseLoss, type NamedLoss, objectiveOf, renewsLeaves } from "../losses/objective.ts";
import { relevanceOnly } from "../losses/ranking-examples.ts";
import { prepareMachine } from "../machine/prepare-machine.ts";
import { allowsPacking } from "../machine/quantisation.ts";
import { roomFor } from "../machine/room-for.ts";
import type { BoostingOptions } from "./boosting-parameters.ts";
import type { BoostingStart } from "./boosting-parts.ts";
import { BoostingTrainer } from "./boosting-trainer.ts";
import { withClassWeights } from "./class-weights.ts";
import { readInitialColumns, scoresOfColumns } from "./initial-scores.ts";
import { labelsOf } from "./labels.ts";
import { checkSameLoss, readWarmStart, scoresOfModel } from "./warm-start.ts";

/**
 * Prepares data and makes a trainer of boosted trees.
 *
 * @param snapshotRounds rounds between two snapshots of the scores in its state. Default as many as are walked in half a second
 */
export async function createBoostingTrainer(
  name: string,
  context: TrainerContext,
  options: BoostingOptions,
  custom: CustomObjective | null = null,
  snapshotRounds?: number,
): Promise<Trainer> {
  const { dataset } = context;
  const { task } = dataset;
  const start = startOf(context);
  const objective = custom === null ? objectiveOf(task, context.parameters) : "custom";
  const prepared = await prepareMachine(
    task.kind === "ranking" ? relevanceOnly(dataset) : await withClassWeights(dataset, context.parameters),
    {
      classes: outputsOf(task),
      renews: renewsLeaves(objective),
      given: objective === "lambdarank" || objective === "custom",
      ...roomFor(options),
      maxLeaves: options.maxLeaves,
      bestFirst: options.policy === "leaf",
      maxBins: options.maxBins,
      threads: context.threads,
      packs: allowsPacked(objective, outputsOf(task), options, dataset.inMemory),
      wholeSteps: objective === "squared" && start.initial === null && allowsWholeSteps(options, dataset.rows.train),
      sampled: options.subsample < 1,
      initial: start.initial,
    },
  );
  const { machine } = prepared;
  try {
    // Residuals in whole steps were checked where they were made, and have no targets beside them.
    const labels = prepared.residuals === null ? labelsOf(machine, machine.train) : NO_LABELS;
    const held = machine.validation === null ? null : labelsOf(machine, machine.validation);
    const loss =
      custom === null ? chooseLoss(objective as NamedLoss, task, context.parameters, labels) : customLoss(custom);
    if (start.warm !== null) checkSameLoss(start.warm, loss);
    checkOneSided(options.oneSided, loss);
    if (held !== null) checkTargets(loss, held);
    for (const set of machine.evaluations) checkTargets(loss, labelsOf(machine, set));
    const given =
      custom !== null
        ? givenCustom(custom, labels, held)
        : objective === "lambdarank"
          ? await givenRanking(dataset, (role) => (role === "train" ? labels : held!))
          : null;
    return new BoostingTrainer({
      name,
      context,
      options,
      loss,
      given,
      prepared,
      start,
      ...(snapshotRounds && { snapshotRounds }),
    });
  } catch (error) {
    await machine.dispose();
    throw error;
  }
}

/** Where scores begin: with a model's that training goes on from, with columns, or (all null) with a constant. */
function startOf({ dataset, parameters, threads, warmStart }: TrainerContext): BoostingStart {
  const columns = readInitialColumns(parameters, dataset, outputsOf(dataset.task));
  if (warmStart === undefined)
    return { columns, warm: null, initial: columns.length === 0 ? null : scoresOfColumns(columns) };
  const warm = readWarmStart(warmStart, dataset);
  const { initialScore } = warm.model;
  if (columns.length > 0 && columns.join() !== initialScore.join())
    throw new KaaykoError({
      action: "begin with initial scores",
      rule: "a model that is gone on from begins with its own",
      got: "other columns",
      kind: "usage",
    });
  return { columns: initialScore, warm, initial: scoresOfModel(warm, threads) };
}

const NO_LABELS: Labels = { rows: 0, target: new Float64Array(0), weight: null };

/** Classes whose children cannot be so light that the rounding of packed hessians shows; a class's hessian is 1/2 at most. */
function allowsPacked(
  objective: string,
  classes: number,
  { minChildWeight, subsample, oneSided }: BoostingOptions,
  inMemory: boolean,
): boolean {
  const bounded = objective === "logistic" || (objective === "softmax" && classes > 1);
  return bounded && (oneSided ?? null) === null && (subsample === 1 || inMemory) && allowsPacking(0.5, minChildWeight);
}

/** From so many rows on a sample speaks well enough for the others, and is worth it. */
const SAMPLED_FROM_ROWS = 50_000;
const LEAST_SUBSAMPLE = 0.2;
const MOST_SAMPLED_RATE = 0.5;

/** All rows count alike and leaves do not overshoot: what residuals in whole steps rest on. */
function allowsWholeSteps(options: BoostingOptions, rows: number): boolean {
  const { bounded, oneSided } = roomFor(options);
  const { subsample, learningRate } = options;
  if (bounded || oneSided) return false;
  if (subsample === 1) return learningRate <= 1;
  return rows >= SAMPLED_FROM_ROWS && subsample >= LEAST_SUBSAMPLE && learningRate <= MOST_SAMPLED_RATE;
}
