import {
  deriveSeed,
  joinStates,
  type ModelContent,
  nestState,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../../core/index.ts";
import { divergedUpdate } from "./diverged-update.ts";
import type { Lesson } from "./lesson.ts";
import { PlacedNetwork } from "./placed-network.ts";
import { newProgress, type Progress } from "./progress.ts";
import { averagingShare, learningRateShare } from "./schedule.ts";
import { damagedState } from "./state-arrays.ts";
import { ADAMW, modelArrays, type Optimiser, type TrainingStep, type Update } from "./steps/index.ts";

/**
 * Teaches a lesson batch by batch with AdamW, warm-up and a falling learning rate: a step is as many batches of training
 * as make a call of the backend, or one of the validation that ends every epoch. Stops early, and keeps the weights of the best epoch.
 */
export class EpochTrainer implements Trainer {
  // 4: recurrent layers sum their gradients step by step.
  readonly version = 4;
  readonly #lesson: Lesson;
  readonly #optimiser: Optimiser;
  readonly #dropoutSeed: number;
  readonly #stepsPerCall: number;
  readonly #network: PlacedNetwork;
  #progress: Progress = newProgress();
  #best: Record<string, Float32Array> | null = null;

  constructor(lesson: Lesson, context: TrainerContext) {
    this.#lesson = lesson;
    const { name, definition, settings } = lesson;
    const { allowDifferentDevice, clipNorm, averaging = 0, gather = 1, stepsPerCall = 1 } = settings;
    this.#stepsPerCall = gather > 1 ? 1 : stepsPerCall;
    this.#optimiser = { ...ADAMW, clipNorm, averages: averaging > 0, gathers: gather > 1 };
    const initialWeights = lesson.initialWeights?.bind(lesson);
    const placement = {
      name,
      definition,
      optimiser: this.#optimiser,
      initialWeights,
      allowDifferentDevice,
      stepsPerCall: this.#stepsPerCall,
    };
    this.#network = new PlacedNetwork(placement, context);
    this.#dropoutSeed = deriveSeed(context.seed, name, "dropout") | 0;
  }

  async step(): Promise<StepReport> {
    const step = await this.#network.open();
    const progress = this.#progress;
    const at = this.#position();
    const batches = this.#batches();
    const done = progress.phase === "train" ? await this.#train(step, at) : await this.#judge(step, at);
    progress.step += done;
    progress.position = { batch: at + done };
    return this.#report(at + done >= batches ? this.#endPass(step) : {});
  }

  async #judge(step: TrainingStep, at: number): Promise<number> {
    this.#lesson.judge(at, step.forward(await this.#lesson.validationBatch(at)));
    return 1;
  }

  /** Trains on as many batches as make a call. Returns how many these were. */
  async #train(step: TrainingStep, at: number): Promise<number> {
    const progress = this.#progress;
    const count = Math.min(this.#stepsPerCall, this.#batches() - at);
    const updates: Update[] = [];
    for (let i = 0; i < count; i++) updates.push(await this.#update(at + i, progress.update + i));
    const reports = step.trainAll(updates);
    reports.forEach((report, i) => {
      const { batch, rates } = updates[i]!;
      if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm))
        throw divergedUpdate(this.#lesson, report, batch, at + i, progress);
      progress.lossSum += report.loss;
      progress.lossBatches++;
      if (rates.apply) progress.update++;
    });
    return count;
  }

  /** @param at the batch of this pass @param update updates before it */
  async #update(at: number, update: number): Promise<Update> {
    const { learningRate: highest, weightDecay, gather = 1, averaging = 0 } = this.#lesson.settings;
    const waiting = at % gather;
    const draw = update * gather + waiting;
    const batch = await this.#lesson.trainingBatch({ epoch: this.#progress.epoch, batch: at, draw });
    const learningRate = highest * learningRateShare(update, this.#totalUpdates());
    const rates = {
      learningRate,
      decay: learningRate * weightDecay,
      update: update + 1,
      dropoutSeed: [this.#dropoutSeed, draw] as const,
      apply: waiting + 1 === gather || at + 1 === this.#batches(),
      batches: waiting + 1,
      averaging: averagingShare(averaging, update),
    };
    return { batch, rates };
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
    return this.#lesson.content(this.#best ?? this.#weights(step), this.#progress.best?.epoch ?? this.#progress.epoch);
  }

  /** What the model would be made of now, by the names of the parameters. */
  #weights(step: TrainingStep): Record<string, Float32Array> {
    const { parameters } = this.#lesson.definition;
    const names = modelArrays(parameters, this.#optimiser);
    const arrays = step.read(names);
    return Object.fromEntries(parameters.map(({ name }, i) => [name, arrays[names[i]!]!]));
  }

  async dispose(): Promise<void> {
    this.#network.dispose();
    await this.#lesson.dispose?.();
  }

  /** Batches of this pass that are done. */
  #position(): number {
    const batch = this.#progress.position?.batch ?? 0;
    if (typeof batch === "number" && Number.isInteger(batch) && batch >= 0 && batch < this.#batches()) return batch;
    throw damagedState(`a position below ${this.#batches()} batches`, String(batch));
  }

  #batches(): number {
    const { train, validation } = this.#lesson.batches;
    return this.#progress.phase === "train" ? train : validation;
  }

  #totalUpdates(): number {
    const { settings, batches } = this.#lesson;
    return settings.epochs * Math.ceil(batches.train / (settings.gather ?? 1));
  }

  /** Goes on to the next phase. Returns the epoch's metrics where one ended, nothing otherwise. */
  #endPass(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    progress.position = null;
    if (progress.phase === "train" && this.#lesson.batches.validation > 0) {
      progress.phase = "validate";
      return {};
    }
    return this.#endEpoch(step);
  }

  #endEpoch(step: TrainingStep): Record<string, number> {
    const progress = this.#progress;
    const { settings, score } = this.#lesson;
    const reached = score.take();
    const loss = progress.lossSum / Math.max(1, progress.lossBatches);
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score: reached });
    if (reached !== null && this.#isBest(reached)) {
      progress.best = { epoch: progress.epoch, score: reached };
      this.#best = this.#weights(step);
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
    const { settings, batches } = this.#lesson;
    const total = settings.epochs * (batches.train + batches.validation);
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
