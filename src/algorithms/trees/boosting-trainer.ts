import {
  type JsonObject,
  KaaykoError,
  type ModelContent,
  type State,
  type StepReport,
  streamKey,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { type BoostingOptions, ROUNDS_WITH_VALIDATION, ROUNDS_WITHOUT_VALIDATION } from "./boosting-parameters.ts";
import type { BoostingParts, BoostingStart } from "./boosting-parts.ts";
import { hasConverged } from "./convergence.ts";
import { afterRound, hasStalled, NO_PROGRESS, type Progress } from "./early-stopping.ts";
import { Ensemble, TREE_ARRAY_NAMES } from "./ensemble.ts";
import type { FeatureBins } from "./feature-bins.ts";
import { TreeGrower } from "./growing.ts";
import { labelsOf } from "./labels.ts";
import { learningRateOf } from "./learning-rate.ts";
import type { GivenLoss } from "./losses/given.ts";
import type { Loss } from "./losses/index.ts";
import type { TreeMachine } from "./machine.ts";
import { modelOf } from "./model.ts";
import { type NodeFeatures, nodeFeaturesOf } from "./node-features.ts";
import { chooseQuantisation, packedQuantisation, type Quantisation } from "./quantisation.ts";
import type { ResidualPlan } from "./residuals.ts";
import { restoreState } from "./restore-state.ts";
import type { RowSet } from "./row-set.ts";
import { drawRows, drawsRows, sampleFeatures } from "./sampling.ts";
import {
  restoreSnapshot,
  type ScoreSnapshot,
  snapshotInterval,
  snapshotState,
  takeSnapshot,
} from "./score-snapshot.ts";
import { checkGradients, type ScoreStatistics, scoreStatistics } from "./statistics.ts";
import { TreeWalker } from "./walking.ts";
import { joinTrees } from "./warm-start.ts";

/** Raised when the same data, settings and seed would give another model than before. */
export const BOOSTING_VERSION = 5;

/**
 * Gradient boosting, a round a step: a tree for each class, fitted to the gradients of the loss at the scores so far, each row's
 * score moved by its leaf. Follows Friedman, "Greedy function approximation", 2001; Newton steps as in Chen and Guestrin,
 * "XGBoost", 2016. All sums are integers, so that the trees are the same bytes for any number of threads.
 */
export class BoostingTrainer implements Trainer {
  readonly version = BOOSTING_VERSION;
  readonly #name: string;
  readonly #context: TrainerContext;
  readonly #options: BoostingOptions;
  readonly #loss: Loss;
  readonly #machine: TreeMachine;
  readonly #bins: readonly FeatureBins[];
  readonly #grower: TreeGrower;
  readonly #walker: TreeWalker;
  readonly #nodeFeatures: NodeFeatures | null;
  /** For losses that the kernels do not compute. */
  readonly #given: GivenLoss | null;
  readonly #residuals: ResidualPlan | null;
  readonly #start: BoostingStart;
  readonly #base: Float64Array;
  readonly #rounds: number;
  readonly #totalWeight: number;
  readonly #largestWeight: number;
  #ensemble = new Ensemble();
  #progress: Progress = NO_PROGRESS;
  #converged = false;
  #seconds = 0;
  readonly #snapshotRounds: number;
  #snapshot: ScoreSnapshot | null = null;

  constructor({ name, context, options, loss, given, prepared, start, snapshotRounds }: BoostingParts) {
    this.#given = given;
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
    this.#totalWeight = labels.weight?.reduce((a, b) => a + b, 0) ?? train.rows;
    this.#largestWeight = labels.weight?.reduce((a, b) => Math.max(a, b), 0) ?? 1;
    this.#base =
      this.#residuals === null
        ? (start.initial?.base ?? loss.baseScores(labels))
        : Float64Array.of(this.#residuals.base);
    if (this.#residuals !== null) this.#machine.setReal("GRADIENT_SCALE", this.#residuals.scale);
    this.#resetScores();
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
    this.#prepareRound();
    for (let k = 0; k < this.#loss.classes; k++) this.#growTree(k);
    const metrics: Record<string, number> = {};
    const { validation } = this.#machine;
    let watched: number | null = null;
    const { metric } = this.#loss;
    if (this.#loss.name === "squared") metrics[`train.${metric.name}`] = metric.of(this.#trainLoss());
    this.#walker.add(this.#scored(), this.#ensemble.arrays(), before, this.#loss.classes);
    this.#evaluate(metrics);
    if (validation !== null) {
      const value = this.#validationMetric(validation);
      if (value !== null) {
        watched = metric.higherIsBetter === true ? -value : value;
        metrics[`validation.${metric.name}`] = value;
      }
    }
    this.#progress = afterRound(this.#progress, watched);
    const features = this.#machine.layout.places.length;
    this.#converged = hasConverged(this.#options, features, this.#ensemble.arrays().ends, before);
    this.#seconds += (performance.now() - started) / 1000;
    for (const [name, value] of Object.entries(metrics)) if (!Number.isFinite(value)) delete metrics[name];
    const { round } = this.#progress;
    if (round % this.#snapshotRounds === 0) this.#snapshot = takeSnapshot(this.#machine, this.#loss.classes, round);
    const note = `${this.#name}, tree ${round} of ${this.#rounds}`;
    return { done: this.#isDone(), step: round, total: this.#rounds, unit: "tree", metrics, note };
  }

  /** What the trees of a round have in common: packed gradients of all classes, or softmax's normalisers. */
  #prepareRound(): void {
    const machine = this.#machine;
    machine.select(machine.train);
    if (machine.packed) {
      const { gradientScale, hessianScale } = packedQuantisation(this.#loss);
      machine.setReal("GRADIENT_SCALE", gradientScale);
      machine.setReal("HESSIAN_SCALE", hessianScale);
      const [key0, key1] = streamKey(this.#context.seed, this.#name, "rounding", this.#progress.round);
      machine.set("ROUNDING_KEY0", key0);
      machine.set("ROUNDING_KEY1", key1);
      machine.run("packedGradientPass");
      this.#addClassRoots();
    } else if (this.#loss.name === "softmax") this.#machine.run("normalisePass");
  }

  /** The roots of all classes in one pass over the rows, where their trees see all of them. */
  #addClassRoots(): void {
    const machine = this.#machine;
    const together = machine.address.classRoots !== 0 && !drawsRows(this.#options, this.#progress.round);
    machine.set("CLASS_ROOTS_KNOWN", together ? 1 : 0);
    if (!together) return;
    machine.kernel.clearClassRoots!();
    machine.run("classRootPass");
    machine.kernel.mergeClassRoots!();
  }

  #growTree(classNumber: number): void {
    const machine = this.#machine;
    const { colsample } = this.#options;
    const { round } = this.#progress;
    machine.select(machine.train);
    machine.set("CLASS", classNumber);
    const statistics = this.#gradientFacts();
    const { inMemory } = this.#context.dataset;
    const keyOf = (): [number, number] => streamKey(this.#context.seed, this.#name, "rows", round);
    const amplification = drawRows(machine, this.#options, round, keyOf, !inMemory);
    if (colsample < 1) sampleFeatures(machine, colsample, this.#context.seed, this.#name, this.#ensemble.trees);
    this.#nodeFeatures?.reset(this.#ensemble.trees);
    const quantisation = this.#quantisation(statistics, amplification);
    this.#ensemble.append(this.#grower.grow(quantisation, learningRateOf(this.#options, round)));
    if (inMemory && drawsRows(this.#options, round))
      this.#walker.addLeftOut(this.#ensemble.arrays(), this.#loss.classes);
  }

  #quantisation(statistics: ScoreStatistics | null, amplification: number): Quantisation {
    if (this.#residuals !== null) return { wide: false, gradientScale: this.#residuals.scale, hessianScale: 1 };
    if (this.#machine.packed) return packedQuantisation(this.#loss);
    return chooseQuantisation({
      loss: this.#loss,
      countBits: this.#machine.countBits,
      totalWeight: this.#totalWeight,
      largestWeight: this.#largestWeight,
      statistics,
      amplification,
    });
  }

  /** What the gradients are like before a tree; the leaves' pass left that behind for squared error. */
  #gradientFacts(): ScoreStatistics | null {
    if (this.#loss.bounds !== null || this.#residuals !== null) return null;
    const { train, address } = this.#machine;
    if (this.#given !== null)
      this.#given.gradients(this.#reals(train.scores, train.rows), this.#reals(address.given, 2 * train.rows));
    if (this.#loss.name !== "squared") this.#machine.run("statisticsPass");
    const statistics = scoreStatistics(this.#machine, train);
    checkGradients(statistics);
    return statistics;
  }

  #reals(address: number, count: number): Float64Array {
    return new Float64Array(this.#machine.bytes.buffer, address, count);
  }

  /** The mean loss over the training rows after a tree, of squared error. */
  #trainLoss(): number {
    const { meanLoss } = scoreStatistics(this.#machine, this.#machine.train);
    const scale = this.#residuals?.scale ?? 1;
    return meanLoss / scale / scale;
  }

  #validationMetric(validation: RowSet): number | null {
    if (this.#given !== null) return this.#given.measure?.(this.#reals(validation.scores, validation.rows)) ?? null;
    return this.#kernelMetric(validation);
  }

  /** Adds the metrics of the evaluation sets. */
  #evaluate(metrics: Record<string, number>): void {
    this.#machine.evaluations.forEach((set, i) => {
      const own = (): number | undefined =>
        this.#given!.measureSet?.(this.#reals(set.scores, set.rows), labelsOf(this.#machine, set));
      const value = this.#given === null ? this.#kernelMetric(set) : own();
      const { name } = this.#context.dataset.evaluations![i]!;
      if (value !== undefined) metrics[`${name}.${this.#loss.metric.name}`] = value;
    });
  }

  #kernelMetric(set: RowSet): number {
    this.#machine.select(set);
    this.#machine.run("statisticsPass");
    return this.#loss.metric.of(scoreStatistics(this.#machine, set).meanLoss);
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
    this.#snapshot = restoreSnapshot(this.#machine, classes, state, restored.progress.round);
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
