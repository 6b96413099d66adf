import type { Backend } from "../../backends/index.ts";
import {
  deriveSeed,
  type JsonObject,
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
import { checkDevice, chooseDevice, deviceOf } from "./device.ts";
import { initialValues } from "./layers/index.ts";
import type { Lesson } from "./lesson.ts";
import { sizeOf } from "./network.ts";
import { newProgress, type Progress, parseProgress } from "./progress.ts";
import { learningRateShare } from "./schedule.ts";
import { BEST, damagedState, takeArrays, takeBest } from "./state-arrays.ts";
import { ADAMW, arrayNames, type Optimiser, openStep, type TrainingStep, type UpdateReport } from "./steps/index.ts";

/**
 * Teaches a lesson batch by batch with AdamW, warm-up and a falling learning rate: a step is one batch of training, or of the
 * validation that ends every epoch. Stops early, and keeps the weights of the best epoch.
 */
export class EpochTrainer implements Trainer {
  readonly version = 1;
  readonly #lesson: Lesson;
  readonly #context: TrainerContext;
  readonly #optimiser: Optimiser;
  /** Null until the first step: a resume may ask for another one. */
  #backend: Backend | null = null;
  #step: TrainingStep | null = null;
  #progress: Progress = { ...newProgress(), phase: "train" };
  #best: Record<string, Float32Array> | null = null;
  /** The rows of this epoch in their order; null until they are asked for. */
  #order: Uint32Array | null = null;

  constructor(lesson: Lesson, context: TrainerContext) {
    this.#lesson = lesson;
    this.#context = context;
    this.#optimiser = { ...ADAMW, clipNorm: lesson.settings.clipNorm };
  }

  async step(): Promise<StepReport> {
    const step = await this.#open();
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
    const step = await this.#open();
    const best = Object.entries(this.#best ?? {}).map(([name, array]) => [BEST + name, array] as const);
    const own: State = {
      json: {
        device: deviceOf(this.#backend!),
        progress: structuredClone(this.#progress) as unknown as JsonObject,
      },
      arrays: {
        ...step.read(arrayNames(this.#lesson.definition.parameters, this.#optimiser)),
        ...Object.fromEntries(best),
      },
    };
    return joinStates(own, nestState("score", this.#lesson.score.getState()));
  }

  async setState(state: State): Promise<void> {
    const { definition, settings, score } = this.#lesson;
    const progress = parseProgress(state.json.progress);
    const device = (state.json.device ?? null) as JsonObject | null;
    const arrays = takeArrays(state, arrayNames(definition.parameters, this.#optimiser), definition.parameters);
    const best = progress.best === null ? null : takeBest(state, definition.parameters);
    const scored = unnestState("score", state);
    if (progress.phase === "prepare" || scored === undefined) throw damagedState("a phase of training and its score");
    const backend = await chooseDevice(this.#context, settings.allowDifferentDevice ? null : device);
    if (device !== null) checkDevice(device, deviceOf(backend), settings.allowDifferentDevice);
    score.setState(scored);
    const step = await openStep(backend, definition, this.#optimiser);
    step.write(arrays);
    this.#backend = backend;
    this.#step = step;
    this.#best = best;
    this.#progress = progress;
  }

  async model(): Promise<ModelContent> {
    const step = await this.#open();
    const weights = this.#best ?? step.read(this.#lesson.definition.parameters.map(({ name }) => name));
    return this.#lesson.content(weights, this.#progress.best?.epoch ?? this.#progress.epoch);
  }

  async dispose(): Promise<void> {
    this.#step?.dispose();
  }

  /** The network on its backend, with its first weights unless a state was set. */
  async #open(): Promise<TrainingStep> {
    if (this.#step !== null) return this.#step;
    const { definition, name } = this.#lesson;
    this.#backend = await chooseDevice(this.#context);
    const step = await openStep(this.#backend, definition, this.#optimiser);
    const start = initialValues(definition.parameters, deriveSeed(this.#context.seed, name));
    const arrays = definition.parameters.flatMap((parameter) =>
      arrayNames([parameter], this.#optimiser).map((array) => [
        array,
        start[array] ?? new Float32Array(sizeOf(parameter.shape)),
      ]),
    );
    step.write(Object.fromEntries(arrays) as Record<string, Float32Array>);
    this.#step = step;
    return step;
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
