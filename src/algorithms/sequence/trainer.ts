import {
  deriveSeed,
  type ModelContent,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { PlacedNetwork } from "../neural/placed-network.ts";
import { newProgress, type Progress } from "../neural/progress.ts";
import { averagingShare, learningRateShare } from "../neural/schedule.ts";
import { damagedState } from "../neural/state-arrays.ts";
import { modelArrays, type TrainingStep } from "../neural/steps/index.ts";
import { inputBatch, trainingBatch } from "./batches.ts";
import { modelContent } from "./content.ts";
import { diverged } from "./diverged.ts";
import { addScores, finalScore } from "./score.ts";
import type { SequenceModel } from "./settings.ts";
import { prepareSetup, type Setup, VALIDATION_ROWS } from "./setup.ts";

/** Trains a network over windows batch by batch: a step is one batch of training, or of the validation that ends every epoch. */
export class SequenceTrainer implements Trainer {
  readonly version = 2;
  readonly #model: SequenceModel;
  readonly #context: TrainerContext;
  readonly #setup: Setup;
  readonly #dropoutSeed: number;
  readonly #network: PlacedNetwork;
  #progress: Progress = { ...newProgress(), phase: "train" };
  #best: Record<string, Float32Array> | null = null;
  /** The rows of this epoch in their order; null until they are asked for. */
  #order: Uint32Array | null = null;

  private constructor(model: SequenceModel, context: TrainerContext, setup: Setup) {
    this.#model = model;
    this.#context = context;
    this.#setup = setup;
    const { definition, optimiser, settings } = setup;
    const { allowDifferentDevice } = settings;
    this.#network = new PlacedNetwork({ name: model.name, definition, optimiser, allowDifferentDevice }, context);
    this.#dropoutSeed = deriveSeed(context.seed, model.name, "dropout") | 0;
  }

  static async create(model: SequenceModel, context: TrainerContext): Promise<SequenceTrainer> {
    return new SequenceTrainer(model, context, await prepareSetup(model, context));
  }

  async step(): Promise<StepReport> {
    const step = await this.#network.open();
    const progress = this.#progress;
    const at = this.#position();
    const batches = this.#batches();
    if (progress.phase === "train") this.#train(step, at);
    else this.#validate(step, at);
    progress.step++;
    progress.position = { batch: at + 1 };
    return this.#report(at + 1 >= batches ? this.#endPass(step) : {});
  }

  #train(step: TrainingStep, at: number): void {
    const { settings, encoding, plan, train, buffers } = this.#setup;
    const progress = this.#progress;
    this.#order ??= this.#shuffled();
    const rows = this.#order.subarray(at * settings.batchSize, (at + 1) * settings.batchSize);
    const batch = trainingBatch(encoding, train, rows, plan.horizon, buffers);
    const learningRate = settings.learningRate * learningRateShare(progress.update, this.#totalUpdates());
    const waiting = at % settings.gather;
    const apply = waiting + 1 === settings.gather || at + 1 === this.#batches();
    const report = step.train(batch, {
      learningRate,
      decay: learningRate * settings.weightDecay,
      update: progress.update + 1,
      dropoutSeed: [this.#dropoutSeed, progress.update * settings.gather + waiting],
      apply,
      batches: waiting + 1,
      averaging: averagingShare(settings.averaging, progress.update),
    });
    if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm))
      throw diverged(this.#model.name, report, batch, { ...progress, batch: at, ...settings });
    progress.lossSum += report.loss;
    progress.lossBatches++;
    if (apply) progress.update++;
  }

  #validate(step: TrainingStep, at: number): void {
    const { encoding, plan, validation, validationRows, buffers } = this.#setup;
    const rows = validationRows.subarray(at * VALIDATION_ROWS, (at + 1) * VALIDATION_ROWS);
    const outputs = step.forward(inputBatch(encoding, validation.table, rows, buffers));
    addScores(this.#progress, plan, encoding, validation, rows, outputs);
  }

  getState(): Promise<State> {
    return this.#network.getState(this.#progress, this.#best);
  }

  async setState(state: State): Promise<void> {
    const found = this.#network.read(state);
    await this.#network.resume(found);
    this.#best = found.best;
    this.#progress = found.progress;
  }

  async model(): Promise<ModelContent> {
    const step = await this.#network.open();
    const { plan, encoding } = this.#setup;
    const weights = this.#best ?? this.#weights(step);
    const epochs = this.#progress.best?.epoch ?? this.#progress.epoch;
    return modelContent(this.#model.name, { plan, encoding, weights }, epochs);
  }

  /** What the model would be made of now, by the names of the parameters. */
  #weights(step: TrainingStep): Record<string, Float32Array> {
    const { definition, optimiser } = this.#setup;
    const names = modelArrays(definition.parameters, optimiser);
    const arrays = step.read(names);
    return Object.fromEntries(definition.parameters.map(({ name }, i) => [name, arrays[names[i]!]!]));
  }

  async dispose(): Promise<void> {
    this.#network.dispose();
  }

  /** Batches of this pass that are done. */
  #position(): number {
    const batch = this.#progress.position?.batch ?? 0;
    if (typeof batch === "number" && Number.isInteger(batch) && batch >= 0 && batch < this.#batches()) return batch;
    throw damagedState(`a position below ${this.#batches()} batches`, String(batch));
  }

  #batches(): number {
    const { settings, trainRows, validationRows } = this.#setup;
    if (this.#progress.phase === "train") return Math.ceil(trainRows.length / settings.batchSize);
    return Math.ceil(validationRows.length / VALIDATION_ROWS);
  }

  #totalUpdates(): number {
    const { settings, trainRows } = this.#setup;
    return settings.epochs * Math.ceil(Math.ceil(trainRows.length / settings.batchSize) / settings.gather);
  }

  #shuffled(): Uint32Array {
    return randomStream(this.#context.seed, this.#model.name, "shuffle", this.#progress.epoch).shuffle(
      this.#setup.trainRows.slice(),
    );
  }

  /** Goes on to the next phase. Returns the epoch's metrics where one ended, nothing otherwise. */
  #endPass(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    progress.position = null;
    this.#order = null;
    if (progress.phase === "train" && this.#setup.validationRows.length > 0) {
      progress.phase = "validate";
      return {};
    }
    return this.#endEpoch(step);
  }

  #endEpoch(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    const { encoding, plan, settings } = this.#setup;
    const score = finalScore(progress, plan, encoding);
    const loss = progress.lossSum / Math.max(1, progress.lossBatches);
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score });
    if (score !== null && (progress.best === null || score < progress.best.score)) {
      progress.best = { epoch: progress.epoch, score };
      this.#best = this.#weights(step);
    }
    const stale = progress.best !== null && progress.epoch - progress.best.epoch >= settings.patience;
    progress.phase = stale || progress.epoch >= settings.epochs ? "done" : "train";
    Object.assign(progress, { lossSum: 0, lossBatches: 0, scoreSum: 0, scoreWeight: 0 });
    const name = plan.quantiles.length === 0 ? "rmse" : "pinball";
    return { "train.loss": loss, ...(score === null ? {} : { [`validation.${name}`]: score }) };
  }

  #report(metrics: Record<string, number>): StepReport {
    const { phase, step, epoch } = this.#progress;
    const { settings, trainRows, validationRows } = this.#setup;
    const passes =
      Math.ceil(trainRows.length / settings.batchSize) + Math.ceil(validationRows.length / VALIDATION_ROWS);
    const total = settings.epochs * passes;
    return {
      done: phase === "done",
      step,
      total: phase === "done" ? step : total,
      unit: "batch",
      metrics,
      note: `epoch ${Math.min(epoch + 1, settings.epochs)} of ${settings.epochs}`,
    };
  }
}
