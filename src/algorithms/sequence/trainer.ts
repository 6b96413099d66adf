import type { Backend } from "../../backends/index.ts";
import {
  deriveSeed,
  type Examples,
  type JsonObject,
  KaaykoError,
  type ModelContent,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { checkDevice, chooseDevice, deviceOf } from "../neural/device.ts";
import { initialValues } from "../neural/layers/index.ts";
import { sizeOf } from "../neural/network.ts";
import { newProgress, type Progress, parseProgress } from "../neural/progress.ts";
import { learningRateShare } from "../neural/schedule.ts";
import { BEST, damagedState, takeArrays, takeBest } from "../neural/state-arrays.ts";
import {
  ADAMW,
  arrayNames,
  type Definition,
  type Optimiser,
  openStep,
  type TrainingStep,
} from "../neural/steps/index.ts";
import { type BatchBuffers, inputBatch, newBuffers, trainingBatch } from "./batches.ts";
import { modelContent } from "./content.ts";
import { defineSequence } from "./definition.ts";
import { diverged } from "./diverged.ts";
import { planEncoding, type SequenceEncoding } from "./encoding.ts";
import type { SequencePlan } from "./plan.ts";
import { addScores, finalScore } from "./score.ts";
import { planSequence, resolveSettings, type SequenceModel, type Settings } from "./settings.ts";

/** Rows of a validation chunk: one step. */
const VALIDATION_ROWS = 1024;

/** What does not change while a network is trained. */
interface Setup {
  readonly settings: Settings;
  readonly encoding: SequenceEncoding;
  readonly plan: SequencePlan;
  readonly definition: Definition;
  readonly optimiser: Optimiser;
  readonly train: Examples;
  readonly validation: Examples;
  readonly trainRows: Uint32Array;
  readonly validationRows: Uint32Array;
  readonly buffers: BatchBuffers;
}

/** Trains a network over windows batch by batch: a step is one batch of training, or of the validation that ends every epoch. */
export class SequenceTrainer implements Trainer {
  readonly version = 2;
  readonly #model: SequenceModel;
  readonly #context: TrainerContext;
  readonly #setup: Setup;
  /** Null until the first step: a resume may ask for another one. */
  #backend: Backend | null = null;
  #step: TrainingStep | null = null;
  #progress: Progress = { ...newProgress(), phase: "train" };
  #best: Record<string, Float32Array> | null = null;
  /** The rows of this epoch in their order; null until they are asked for. */
  #order: Uint32Array | null = null;

  private constructor(model: SequenceModel, context: TrainerContext, setup: Setup) {
    this.#model = model;
    this.#context = context;
    this.#setup = setup;
  }

  static async create(model: SequenceModel, context: TrainerContext): Promise<SequenceTrainer> {
    return new SequenceTrainer(model, context, await prepare(model, context));
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
    const { settings, encoding, plan, train, buffers } = this.#setup;
    const progress = this.#progress;
    this.#order ??= this.#shuffled();
    const rows = this.#order.subarray(at * settings.batchSize, (at + 1) * settings.batchSize);
    const batch = trainingBatch(encoding, train, rows, plan.horizon, buffers);
    const learningRate = settings.learningRate * learningRateShare(progress.update, this.#totalUpdates());
    const report = step.train(batch, {
      learningRate,
      decay: learningRate * settings.weightDecay,
      update: progress.update + 1,
      dropoutSeed: [deriveSeed(this.#context.seed, this.#model.name, "dropout") | 0, progress.update],
    });
    if (!Number.isFinite(report.loss) || !Number.isFinite(report.gradientNorm))
      throw diverged(this.#model.name, report, batch, { ...progress, batch: at, ...settings });
    progress.lossSum += report.loss;
    progress.lossBatches++;
    progress.update++;
  }

  #validate(step: TrainingStep, at: number): void {
    const { encoding, plan, validation, validationRows, buffers } = this.#setup;
    const rows = validationRows.subarray(at * VALIDATION_ROWS, (at + 1) * VALIDATION_ROWS);
    const outputs = step.forward(inputBatch(encoding, validation.table, rows, buffers));
    addScores(this.#progress, plan, encoding, validation, rows, outputs);
  }

  async getState(): Promise<State> {
    const step = await this.#open();
    const { definition, optimiser } = this.#setup;
    const best = Object.entries(this.#best ?? {}).map(([name, array]) => [BEST + name, array] as const);
    return {
      json: {
        device: deviceOf(this.#backend!),
        progress: structuredClone(this.#progress) as unknown as JsonObject,
      },
      arrays: { ...step.read(arrayNames(definition.parameters, optimiser)), ...Object.fromEntries(best) },
    };
  }

  async setState(state: State): Promise<void> {
    const { definition, optimiser, settings } = this.#setup;
    const progress = parseProgress(state.json.progress);
    const device = (state.json.device ?? null) as JsonObject | null;
    const arrays = takeArrays(state, arrayNames(definition.parameters, optimiser), definition.parameters);
    const best = progress.best === null ? null : takeBest(state, definition.parameters);
    if (progress.phase === "prepare") throw damagedState("a phase of training");
    const backend = await chooseDevice(this.#context, settings.allowDifferentDevice ? null : device);
    if (device !== null) checkDevice(device, deviceOf(backend), settings.allowDifferentDevice);
    const step = await openStep(backend, definition, optimiser);
    step.write(arrays);
    this.#backend = backend;
    this.#step = step;
    this.#best = best;
    this.#progress = progress;
  }

  async model(): Promise<ModelContent> {
    const step = await this.#open();
    const { plan, encoding, definition } = this.#setup;
    const weights = this.#best ?? step.read(definition.parameters.map(({ name }) => name));
    const epochs = this.#progress.best?.epoch ?? this.#progress.epoch;
    return modelContent(this.#model.name, { plan, encoding, weights }, epochs);
  }

  async dispose(): Promise<void> {
    this.#step?.dispose();
  }

  /** The network on its backend, with its first weights unless a state was set. */
  async #open(): Promise<TrainingStep> {
    if (this.#step !== null) return this.#step;
    const { definition, optimiser } = this.#setup;
    this.#backend = await chooseDevice(this.#context);
    const step = await openStep(this.#backend, definition, optimiser);
    const start = initialValues(definition.parameters, deriveSeed(this.#context.seed, this.#model.name));
    const arrays = definition.parameters.flatMap((parameter) =>
      arrayNames([parameter], optimiser).map((name) => [
        name,
        start[name] ?? new Float32Array(sizeOf(parameter.shape)),
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
    const { settings, trainRows, validationRows } = this.#setup;
    if (this.#progress.phase === "train") return Math.ceil(trainRows.length / settings.batchSize);
    return Math.ceil(validationRows.length / VALIDATION_ROWS);
  }

  #totalUpdates(): number {
    const { settings, trainRows } = this.#setup;
    return settings.epochs * Math.ceil(trainRows.length / settings.batchSize);
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
    const { definition, encoding, plan, settings } = this.#setup;
    const score = finalScore(progress, plan, encoding);
    const loss = progress.lossSum / Math.max(1, progress.lossBatches);
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score });
    if (score !== null && (progress.best === null || score < progress.best.score)) {
      progress.best = { epoch: progress.epoch, score };
      this.#best = step.read(definition.parameters.map(({ name }) => name));
    }
    const stale = progress.best !== null && progress.epoch - progress.best.epoch >= settings.patience;
    progress.phase = stale || progress.epoch >= settings.epochs ? "done" : "train";
    Object.assign(progress, { lossSum: 0, lossBatches: 0, scoreSum: 0, scoreWeight: 0 });
    const name = plan.quantiles.length === 0 ? "rmse" : "pinball";
    return { "train.loss": loss, ...(score === null ? {} : { [`validation.${name}`]: score }) };
  }

  #report(metrics: Record<string, number>): StepReport {
    const { phase, step, epoch } = this.#progress;
    const { settings, validationRows } = this.#setup;
    const total = this.#totalUpdates() + settings.epochs * Math.ceil(validationRows.length / VALIDATION_ROWS);
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

async function prepare(model: SequenceModel, { dataset, parameters }: TrainerContext): Promise<Setup> {
  const [train, validation] = [await dataset.examples("train"), await dataset.examples("validation")];
  const { horizon = 1 } = dataset.task;
  const trainRows = rowsWithTarget(train, horizon);
  if (trainRows.length === 0)
    throw new KaaykoError({
      action: `train the ${model.name}`,
      rule: "there must be a training row with a window and a target",
      got: "none",
      remedy: "Give a longer series, or shorter windows.",
    });
  const settings = resolveSettings(parameters, trainRows.length);
  const encoding = planEncoding(dataset, train);
  const plan = planSequence(model.name, model, parameters, encoding, dataset.task);
  const validationRows = rowsWithTarget(validation, horizon);
  const capacity = Math.max(
    Math.min(settings.batchSize, trainRows.length),
    Math.min(VALIDATION_ROWS, validationRows.length),
  );
  return {
    settings,
    encoding,
    plan,
    definition: defineSequence(model.network, plan),
    optimiser: { ...ADAMW, clipNorm: settings.clipNorm },
    train,
    validation,
    trainRows,
    validationRows,
    buffers: newBuffers(encoding, plan.horizon, capacity),
  };
}

/** Rows of which at least one target is known. */
function rowsWithTarget({ rows, table, target }: Examples, horizon: number): Uint32Array {
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, i) => i);
  return all.filter((row) => target.subarray(row * horizon, (row + 1) * horizon).some((value) => !Number.isNaN(value)));
}
