import {
  type JsonObject,
  KaaykoError,
  type ModelContent,
  type State,
  type StepReport,
  streamKey,
  type Trainer,
  type TrainerContext,
} from "../../../core/index.ts";
import type { FeatureBins } from "../binning/feature-bins.ts";
import { Ensemble, TREE_ARRAY_NAMES } from "../ensemble.ts";
import { TreeGrower } from "../growing/growing.ts";
import { type NodeFeatures, nodeFeaturesOf } from "../growing/node-features.ts";
import { scoreStatistics } from "../growing/statistics.ts";
import type { Loss } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { RowSet } from "../machine/row-set.ts";
import { modelOf } from "../model.ts";
import { TreeWalker } from "../walking.ts";
import { type BoostingOptions, ROUNDS_WITH_VALIDATION, ROUNDS_WITHOUT_VALIDATION } from "./boosting-parameters.ts";
import type { BoostingParts, BoostingStart } from "./boosting-parts.ts";
import { hasConverged } from "./convergence.ts";
import { afterRound, hasStalled, NO_PROGRESS, type Progress } from "./early-stopping.ts";
import { labelsOf } from "./labels.ts";
import { learningRateOf } from "./learning-rate.ts";
import { checkResiduals, type ResidualPlan } from "./residuals.ts";
import { restoreState } from "./restore-state.ts";
import { measureRound } from "./round-metrics.ts";
import { copyColumns, orderRows, ordersRows, type RowOrder } from "./row-order.ts";
import { drawRows, drawsRows, sampleFeatures } from "./sampling.ts";
import {
  restoreSnapshot,
  type ScoreSnapshot,
  snapshotInterval,
  snapshotState,
  takeSnapshot,
} from "./score-snapshot.ts";
import { gradientFacts, prepareRound, quantisationOf, type RowWeights, rowWeights } from "./tree-gradients.ts";
import { joinTrees } from "./warm-start.ts";

/** Raised when the same data, settings and seed would give another model than before. */
export const BOOSTING_VERSION = 6;

/**
 * Gradient boosting, a round a step: a tree for each class, fitted to the gradients of the loss at the scores so far, each row's
 * score moved by its leaf. Follows Friedman, "Greedy function approximation", 2001; Newton steps as in Chen and Guestrin,
 * "XGBoost", 2016. All sums are integers, so that the trees are the same bytes for any number of threads.
 */
export class BoostingTrainer implements Trainer {
  readonly version = BOOSTING_VERSION;
  readonly #parts: BoostingParts;
  readonly #name: string;
  readonly #context: TrainerContext;
  readonly #options: BoostingOptions;
  readonly #loss: Loss;
  readonly #machine: TreeMachine;
  readonly #bins: readonly FeatureBins[];
  readonly #grower: TreeGrower;
  readonly #walker: TreeWalker;
  readonly #nodeFeatures: NodeFeatures | null;
  readonly #residuals: ResidualPlan | null;
  readonly #start: BoostingStart;
  readonly #base: Float64Array;
  readonly #rounds: number;
  readonly #weights: RowWeights;
  #ensemble = new Ensemble();
  #progress: Progress = NO_PROGRESS;
  #converged = false;
  #seconds = 0;
  readonly #snapshotRounds: number;
  #snapshot: ScoreSnapshot | null = null;
  readonly #rowOrder: RowOrder | null;

  constructor(parts: BoostingParts) {
    const { name, context, options, loss, prepared, start, snapshotRounds } = parts;
    this.#parts = parts;
    this.#start = start;
    this.#name = name;
    this.#context = context;
    this.#options = options;
    this.#loss = loss;
    this.#machine = prepared.machine;
    this.#bins = prepared.bins;
    const { validation, train } = this.#machine;
    this.#snapshotRounds = snapshotRounds ?? snapshotInterval(train.rows);
    this.#rounds = options.rounds ?? (validation === null ? ROUNDS_WITHOUT_VALIDATION : ROUNDS_WITH_VALIDATION);
    this.#nodeFeatures = nodeFeaturesOf(prepared, options, { seed: context.seed, name });
    this.#grower = new TreeGrower(this.#machine, options, this.#bins, loss.leaves, this.#nodeFeatures);
    this.#walker = new TreeWalker(this.#machine, this.#bins);
    this.#machine.set("LOSS", loss.code);
    this.#residuals = prepared.residuals;
    this.#machine.setReal("LOSS_PARAMETER", loss.parameter ?? 0);
    const labels = labelsOf(this.#machine, train);
    this.#weights = rowWeights(labels);
    this.#base =
      this.#residuals === null
        ? (start.initial?.base ?? loss.baseScores(labels))
        : Float64Array.of(this.#residuals.base);
    if (this.#residuals !== null) this.#machine.setReal("GRADIENT_SCALE", this.#residuals.scale);
    this.#resetScores();
    this.#rowOrder = ordersRows(this.#parts) ? orderRows(this.#parts) : null;
    copyColumns(this.#machine);
  }

  #resetScores(): void {
    for (const set of this.#start.initial === null ? this.#sets() : []) {
      if (this.#residuals !== null && set === this.#machine.train) continue;
      const scores = new Float64Array(this.#machine.bytes.buffer, set.scores, set.rows * this.#loss.classes);
      this.#base.forEach((base, k) => {
        scores.fill(base, k * set.rows, (k + 1) * set.rows);
      });
    }
    this.#prepareStatistics();
  }

  /** Squared error's first tree needs what its later ones find. */
  #prepareStatistics(): void {
    if (this.#loss.name !== "squared" || this.#residuals !== null) return;
    this.#machine.select(this.#machine.train);
    this.#machine.run("statisticsPass");
  }

  #sets(): RowSet[] {
    return [this.#machine.train, ...this.#scored()];
  }

  /** Sets that are only scored. */
  #scored(): RowSet[] {
    const { validation, evaluations } = this.#machine;
    return validation === null ? [...evaluations] : [validation, ...evaluations];
  }

  step(): StepReport {
    const started = performance.now();
    const before = this.#ensemble.trees;
    prepareRound(this.#parts, this.#progress.round);
    for (let k = 0; k < this.#loss.classes; k++) this.#growTree(k);
    this.#walker.add(this.#scored(), this.#ensemble.arrays(), before, this.#loss.classes);
    const { metrics, watched } = measureRound(this.#parts);
    this.#progress = afterRound(this.#progress, watched);
    const features = this.#machine.sizes.layout.places.length;
    this.#converged = hasConverged(this.#options, features, this.#ensemble.arrays().ends, before);
    this.#seconds += (performance.now() - started) / 1000;
    const { round } = this.#progress;
    if (round % this.#snapshotRounds === 0)
      this.#snapshot = takeSnapshot(this.#machine, this.#loss.classes, round, this.#rowOrder);
    const note = `${this.#name}, tree ${round} of ${this.#rounds}`;
    return { done: this.#isDone(), step: round, total: this.#rounds, unit: "tree", metrics, note };
  }

  #growTree(classNumber: number): void {
    const machine = this.#machine;
    const { colsample } = this.#options;
    const { round } = this.#progress;
    machine.select(machine.train);
    machine.set("CLASS", classNumber);
    const statistics = gradientFacts(this.#parts);
    // Rows on their way from a file are read once less where all of them are in the nodes.
    const leavesOut = this.#context.dataset.inMemory || this.#residuals !== null;
    const keyOf = (): [number, number] => streamKey(this.#context.seed, this.#name, "rows", round);
    const amplification = drawRows(machine, this.#options, round, keyOf, !leavesOut);
    if (colsample < 1) sampleFeatures(machine, colsample, this.#context.seed, this.#name, this.#ensemble.trees);
    this.#nodeFeatures?.reset(this.#ensemble.trees);
    const quantisation = quantisationOf(this.#parts, this.#weights, statistics, amplification);
    const sampled = drawsRows(this.#options, round);
    this.#ensemble.append(this.#grower.grow(quantisation, learningRateOf(this.#options, round), sampled));
    if (sampled && leavesOut) this.#walker.addLeftOut(this.#ensemble.arrays(), this.#loss.classes);
    if (sampled && this.#residuals !== null) this.#checkResiduals(this.#residuals);
  }

  #checkResiduals(plan: ResidualPlan): void {
    const { train } = this.#machine;
    checkResiduals(plan, scoreStatistics(this.#machine, train).meanLoss * train.rows);
  }

  #isDone(): boolean {
    const { timeLimit, earlyStoppingRounds } = this.#options;
    return (
      this.#progress.round >= this.#rounds ||
      this.#converged ||
      hasStalled(this.#progress, earlyStoppingRounds) ||
      (timeLimit !== null && this.#seconds >= timeLimit)
    );
  }

  finished(): boolean {
    return this.#progress.round > 0 && this.#isDone();
  }

  getState(): State {
    const { round, bestRound, bestMetric } = this.#progress;
    const json: JsonObject = { round, bestRound, bestMetric, converged: this.#converged };
    if (this.#options.timeLimit !== null) json.seconds = this.#seconds;
    const snapshot = snapshotState(this.#snapshot);
    return {
      json: { ...json, ...snapshot.json },
      arrays: { ...this.#ensemble.arrays(), ...snapshot.arrays },
      // A snapshot never changes under its name.
      appendOnly: [...TREE_ARRAY_NAMES, ...snapshot.names],
    };
  }

  /** @throws KaaykoError (damaged) for a state that is not of this data and these settings */
  setState(state: State): void {
    if (this.#progress.round > 0) {
      throw new KaaykoError({
        action: "restore a trainer",
        rule: "it must not have begun",
        got: `round ${this.#progress.round}`,
      });
    }
    const restored = restoreState(state, this.#bins, this.#loss.classes, (feature) => this.#walker.knows(feature));
    this.#ensemble = new Ensemble(restored.trees);
    this.#progress = restored.progress;
    this.#converged = restored.converged;
    this.#seconds = restored.seconds;
    const { classes } = this.#loss;
    this.#snapshot = restoreSnapshot(this.#machine, classes, state, restored.progress.round, this.#rowOrder);
    this.#walker.add(this.#sets(), restored.trees, (this.#snapshot?.round ?? 0) * classes, classes);
    this.#prepareStatistics();
  }

  async model(): Promise<ModelContent> {
    const trees = this.#ensemble.arrays(this.#progress.bestRound * this.#loss.classes);
    const { warm, columns } = this.#start;
    return modelOf({
      algorithm: this.#name,
      loss: this.#loss,
      base: warm?.model.base ?? this.#base,
      trees: warm === null ? trees : joinTrees(warm.model.trees, trees),
      initialScore: columns,
      warmRounds: warm?.rounds ?? 0,
      bins: this.#bins,
      progress: this.#progress,
    });
  }

  dispose(): Promise<void> {
    return this.#machine.dispose();
  }
}
