import {
  deriveSeed,
  joinStates,
  KaaykoError,
  type ModelContent,
  nestState,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../../core/index.ts";
import type { Lesson } from "./lesson.ts";
import { PlacedNetwork } from "./placed-network.ts";
import { newProgress, type Progress } from "./progress.ts";
import { learningRateShare } from "./schedule.ts";
import { damagedState } from "./state-arrays.ts";
import { ADAMW, type TrainingStep, type UpdateReport } from "./steps/index.ts";

/**
 * Teaches a lesson batch by batch with AdamW, warm-up and a falling learning rate: a step is one batch of training, or of the
 * validation that ends every epoch. Stops early, and keeps the weights of the best epoch.
 */
export class EpochTrainer implements Trainer {
  readonly version = 1;
  readonly #lesson: Lesson;
  readonly #context: TrainerContext;
  readonly #network: PlacedNetwork;
  #progress: Progress = { ...newProgress(), phase: "train" };
  #best: Record<string, Float32Array> | null = null;
  /** The rows of this epoch in their order; null until they are asked for. */
  #order: Uint32Array | null = null;

  constructor(lesson: Lesson, context: TrainerContext) {
    this.#lesson = lesson;
    this.#context = context;
    const { name, definition, settings } = lesson;
    const optimiser = { ...ADAMW, clipNorm: settings.clipNorm };
    const { allowDifferentDevice } = settings;
    this.#network = new PlacedNetwork({ name, definition, optimiser, allowDifferentDevice }, context);
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
    const { name, settings } = this.#lesson;
    const { seed } = this.#context;
    const progress = this.#progress;
    this.#order ??= this.#shuffled();
    const rows = this.#order.subarray(at * settings.batchSize, (at + 1) * settings.batchSize);
    const batch = this.#lesson.trainingBatch(rows, randomStream(seed, name, "batch", progress.update));
    const learningRate = settings.learningRate * learningRateShare(progress.update, this.#totalUpdates());
    const report = step.train(batch, {
      learningRate,
      decay: learningRate * settings.weightDecay,
      update: progress.update + 1,
      dropoutSeed: [deriveSeed(seed, name, "dropout") | 0, progress.update],
    });
    if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm)) throw this.#diverged(report);
    progress.lossSum += report.loss;
    progress.lossBatches++;
    progress.update++;
  }

  #diverged({ loss, gradientNorm }: UpdateReport): KaaykoError {
    const { name, settings } = this.#lesson;
    const { update, epoch } = this.#progress;
    return new KaaykoError({
      action: `train the ${name}`,
      rule: "loss and gradients must stay finite",
      got: `loss ${loss} and gradients of length ${gradientNorm} at update ${update + 1} (epoch ${epoch + 1})`,
      remedy: `Most likely the learning rate is too high: set ${name}.learningRate under ${settings.learningRate}.`,
    });
  }

  #validate(step: TrainingStep, at: number): void {
    const { settings, validationRows, score } = this.#lesson;
    const rows = validationRows.subarray(at * settings.batchSize, (at + 1) * settings.batchSize);
    score.add(rows, step.forward(this.#lesson.validationBatch(rows)));
  }

  async getState(): Promise<State> {
    const own = await this.#network.getState(this.#progress, this.#best);
    return joinStates(own, nestState("score", this.#lesson.score.getState()));
  }

  async setState(state: State): Promise<void> {
    const found = this.#network.read(state);
    const scored = unnestState("score", state);
    if (scored === undefined) throw damagedState("a phase of training and its score");
    this.#lesson.score.setState(scored);
    await this.#network.resume(found);
    this.#best = found.best;
    this.#progress = found.progress;
  }

  async model(): Promise<ModelContent> {
    const step = await this.#network.open();
    const weights = this.#best ?? step.read(this.#lesson.definition.parameters.map(({ name }) => name));
    return this.#lesson.content(weights, this.#progress.best?.epoch ?? this.#progress.epoch);
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
    const { settings, trainRows, validationRows } = this.#lesson;
    const rows = this.#progress.phase === "train" ? trainRows : validationRows;
    return Math.ceil(rows.length / settings.batchSize);
  }

  #totalUpdates(): number {
    const { settings, trainRows } = this.#lesson;
    return settings.epochs * Math.ceil(trainRows.length / settings.batchSize);
  }

  #shuffled(): Uint32Array {
    const { name, trainRows } = this.#lesson;
    return randomStream(this.#context.seed, name, "shuffle", this.#progress.epoch).shuffle(trainRows.slice());
  }

  /** Goes on to the next phase. Returns the epoch's metrics where one ended, nothing otherwise. */
  #endPass(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    progress.position = null;
    this.#order = null;
    if (progress.phase === "train" && this.#lesson.validationRows.length > 0) {
      progress.phase = "validate";
      return {};
    }
    return this.#endEpoch(step);
  }

  #endEpoch(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    const { definition, settings, score } = this.#lesson;
    const reached = score.take();
    const loss = progress.lossSum / Math.max(1, progress.lossBatches);
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score: reached });
    if (reached !== null && this.#isBest(reached)) {
      progress.best = { epoch: progress.epoch, score: reached };
      this.#best = step.read(definition.parameters.map(({ name }) => name));
    }
    const stale = progress.best !== null && progress.epoch - progress.best.epoch >= settings.patience;
    progress.phase = stale || progress.epoch >= settings.epochs ? "done" : "train";
    Object.assign(progress, { lossSum: 0, lossBatches: 0 });
    return { "train.loss": loss, ...(reached === null ? {} : { [`validation.${score.metric}`]: reached }) };
  }

  #isBest(reached: number): boolean {
    const { best } = this.#progress;
    return best === null || (this.#lesson.score.higherIsBetter ? reached > best.score : reached < best.score);
  }

  #report(metrics: Record<string, number>): StepReport {
    const { phase, step, epoch } = this.#progress;
    const { settings, validationRows } = this.#lesson;
    const total = this.#totalUpdates() + settings.epochs * Math.ceil(validationRows.length / settings.batchSize);
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
