import type { Backend } from "../../backends/index.ts";
import {
  deriveSeed,
  exp,
  type JsonObject,
  type JsonValue,
  joinStates,
  log,
  type ModelContent,
  nestState,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../../core/index.ts";
import { Batches, type PassOptions, type ReadyBatch } from "./batches.ts";
import { BorderFinder } from "./border-finder.ts";
import { classWeightsOf } from "./class-weights.ts";
import { checkDevice, chooseDevice, deviceOf } from "./device.ts";
import { diverged } from "./diverged.ts";
import type { Encoder } from "./encoder.ts";
import { type InputEncoding, planInputs } from "./encoding.ts";
import { BETA1, BETA2, type Engine, slotNames } from "./engine.ts";
import { modelContent, parseInputs } from "./model.ts";
import { initialWeights, parameterShapes, planNetwork } from "./network.ts";
import { addScore, finalScore, newProgress, type Progress, parseProgress } from "./progress.ts";
import { planFeed } from "./rows/feed-plan.ts";
import { RowPacker } from "./rows/row-packer.ts";
import { learningRateShare } from "./schedule.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { BEST, damagedState, takeArrays, takeBest, withSlots } from "./state-arrays.ts";
import { targetScale } from "./target-scale.ts";

/** Rows of a validation chunk: one step. */
const VALIDATION_ROWS = 4096;

/** A network that is being trained. */
interface Planned {
  readonly encoder: Encoder;
  readonly engine: Engine;
}

/**
 * Trains an mlp batch by batch. A step is one batch: of the pass that looks for the borders of the encoding and packs the rows, of
 * training, or of the validation pass that ends every epoch. Memory does not depend on the number of rows; many of them wait in a
 * file.
 */
export class MlpTrainer implements Trainer {
  readonly version = 3;
  readonly #context: TrainerContext;
  readonly #settings: Settings;
  readonly #finder: BorderFinder;
  readonly #totalUpdates: number;
  /** Null until the first step: a resume may ask for another one. */
  #backend: Backend | null = null;
  /** Null until the inputs are known. */
  #planned: Planned | null = null;
  readonly #packer: RowPacker;
  /** Null until the first batch is asked for. */
  #batches: Batches | null = null;
  #progress: Progress = newProgress();
  #best: Record<string, Float32Array> | null = null;

  private constructor(context: TrainerContext, settings: Settings) {
    this.#context = context;
    this.#settings = settings;
    this.#finder = new BorderFinder(context.dataset, context.seed);
    this.#packer = new RowPacker(context.dataset);
    this.#totalUpdates = settings.epochs * Math.max(1, Math.ceil(context.dataset.rows.train / settings.batchSize));
  }

  static async create(context: TrainerContext): Promise<MlpTrainer> {
    const settings = resolveSettings(context.parameters, context.dataset.rows.train);
    return new MlpTrainer(context, settings);
  }

  async step(): Promise<StepReport> {
    const progress = this.#progress;
    this.#backend ??= await chooseDevice(this.#context);
    if (progress.phase === "prepare") {
      await this.#prepare();
      return this.#report({});
    }
    const batches = await this.#openBatches();
    let metrics: Record<string, number> = {};
    let worked = false;
    while (progress.phase !== "done" && !worked) {
      const { role, shuffle } = this.#pass();
      const at = this.#position(batches.count(role));
      worked = at < batches.count(role);
      if (worked) this.#consume(this.#planned!, await batches.get({ role, shuffle }, at));
      if (at + 1 >= batches.count(role)) metrics = this.#endPass();
      else progress.position = { batch: at + 1 };
    }
    return this.#report(metrics);
  }

  /** Looks at the next rows; after the last, decides the inputs. */
  async #prepare(): Promise<void> {
    await this.#packer.catchUp(this.#progress.step);
    const read = await this.#packer.step();
    if (read?.role === "train") this.#finder.add(read.examples);
    this.#progress.step++;
    if (this.#packer.done) await this.#plan();
  }

  /** Decides the inputs from what was seen of the numbers, and starts the network. */
  async #plan(): Promise<Planned> {
    const encoder = planEncoder(this.#context, this.#settings, this.#finder.borders(this.#settings.pieces));
    this.#backend ??= await chooseDevice(this.#context);
    const engine = await openEngine(this.#backend, encoder);
    engine.write(withSlots(initialWeights(encoder.network, deriveSeed(this.#context.seed, "mlp"))));
    this.#planned = { encoder, engine };
    this.#progress.phase = "train";
    return this.#planned;
  }

  #consume({ encoder, engine }: Planned, batch: ReadyBatch): void {
    const progress = this.#progress;
    if (progress.phase === "train") {
      const loss = engine.train(batch.rows, this.#rates());
      if (!Number.isFinite(loss)) throw diverged(loss, batch.rows, progress, this.#settings);
      progress.lossSum += loss;
      progress.lossBatches++;
      progress.update++;
    } else addScore(progress, encoder, batch, engine.forward(batch.rows));
    progress.step++;
  }

  getState(): State {
    const json = {
      device: this.#backend === null ? null : deviceOf(this.#backend),
      progress: structuredClone(this.#progress) as unknown as JsonObject,
    };
    if (this.#planned === null) return joinStates({ json, arrays: {} }, nestState("borders", this.#finder.getState()));
    const { encoder, engine } = this.#planned;
    const best = Object.entries(this.#best ?? {}).map(([name, array]) => [BEST + name, array] as const);
    return {
      json: { ...json, inputs: encoder.inputs as unknown as JsonValue },
      arrays: { ...engine.read(slotNames(parameterShapes(encoder.network))), ...Object.fromEntries(best) },
    };
  }

  async setState(state: State): Promise<void> {
    const progress = parseProgress(state.json.progress);
    const { allowDifferentDevice } = this.#settings;
    const device = (state.json.device ?? null) as JsonObject | null;
    const backend = await chooseDevice(this.#context, allowDifferentDevice ? null : device);
    if (device !== null) checkDevice(device, deviceOf(backend), allowDifferentDevice);
    this.#backend = backend;
    if (progress.phase === "prepare") {
      const borders = unnestState("borders", state);
      if (borders === undefined) throw damagedState("its sample of rows");
      this.#finder.setState(borders);
    } else {
      const { dataset } = this.#context;
      const encoder = encoderOf(this.#context, this.#settings, parseInputs(state.json.inputs, dataset.features.length));
      const shapes = parameterShapes(encoder.network);
      const arrays = takeArrays(state, slotNames(shapes), shapes);
      const best = progress.best === null ? null : takeBest(state, shapes);
      const engine = await openEngine(backend, encoder);
      engine.write(arrays);
      this.#planned = { encoder, engine };
      this.#best = best;
    }
    this.#progress = progress;
  }

  async model(): Promise<ModelContent> {
    const { encoder, engine } = this.#planned ?? (await this.#plan());
    const names = parameterShapes(encoder.network).map(({ name }) => name);
    return modelContent(encoder, this.#best ?? engine.read(names), this.#progress.best?.epoch ?? this.#progress.epoch);
  }

  async dispose(): Promise<void> {
    await this.#batches?.close();
    await this.#packer.dispose();
    this.#planned?.engine.dispose();
  }

  /** The batches of the packed rows, which are read again after a resume. */
  async #openBatches(): Promise<Batches> {
    if (this.#batches !== null) return this.#batches;
    await this.#packer.catchUp(this.#packer.steps);
    await this.#packer.close();
    const rows = { train: this.#settings.batchSize, validation: VALIDATION_ROWS };
    this.#batches = new Batches(planFeed(this.#packer.packed!, this.#planned!.encoder, rows));
    return this.#batches;
  }

  #pass(): PassOptions {
    const { phase, epoch } = this.#progress;
    if (phase === "validate") return { role: "validation", shuffle: null };
    return { role: "train", shuffle: { seed: deriveSeed(this.#context.seed, "mlp", "shuffle"), epoch } };
  }

  /** Batches of this pass that are done. */
  #position(count: number): number {
    const batch = this.#progress.position?.batch ?? 0;
    if (typeof batch === "number" && Number.isInteger(batch) && batch >= 0 && batch < Math.max(1, count)) return batch;
    throw damagedState(`a position below ${count} batches`, String(batch));
  }

  /** Goes on to the next phase. Returns the epoch's metrics where one ended, nothing otherwise. */
  #endPass(): Record<string, number> {
    const progress = this.#progress;
    progress.position = null;
    if (progress.phase === "train" && this.#context.dataset.rows.validation > 0) {
      progress.phase = "validate";
      return {};
    }
    return this.#endEpoch();
  }

  #endEpoch(): Record<string, number> {
    const progress = this.#progress;
    const { encoder, engine } = this.#planned!;
    const score = finalScore(progress, encoder);
    const loss = progress.lossBatches === 0 ? 0 : progress.lossSum / progress.lossBatches;
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score });
    if (score !== null && (progress.best === null || score < progress.best.score)) {
      progress.best = { epoch: progress.epoch, score };
      this.#best = engine.read(parameterShapes(encoder.network).map(({ name }) => name));
    }
    const stale = progress.best !== null && progress.epoch - progress.best.epoch >= this.#settings.patience;
    progress.phase = stale || progress.epoch >= this.#settings.epochs ? "done" : "train";
    progress.lossSum = 0;
    progress.lossBatches = 0;
    progress.scoreSum = 0;
    progress.scoreWeight = 0;
    const name = encoder.network.loss === "squared" ? "rmse" : "logLoss";
    return { "train.loss": loss, ...(score === null ? {} : { [`validation.${name}`]: score }) };
  }

  #rates(): { learningRate: number; beta1Power: number; beta2Power: number; decay: number } {
    const { update } = this.#progress;
    const learningRate = this.#settings.learningRate * learningRateShare(update, this.#totalUpdates);
    return {
      learningRate,
      beta1Power: exp((update + 1) * log(BETA1)),
      beta2Power: exp((update + 1) * log(BETA2)),
      decay: learningRate * this.#settings.weightDecay,
    };
  }

  #report(metrics: Record<string, number>): StepReport {
    const { phase, step, epoch } = this.#progress;
    const { rows } = this.#context.dataset;
    const perEpoch = Math.ceil(rows.train / this.#settings.batchSize) + Math.ceil(rows.validation / VALIDATION_ROWS);
    return {
      done: phase === "done",
      step,
      total: phase === "done" ? step : this.#packer.steps + perEpoch * this.#settings.epochs,
      unit: "batch",
      metrics,
      note:
        phase === "prepare"
          ? "looking at the numbers"
          : `epoch ${Math.min(epoch + 1, this.#settings.epochs)} of ${this.#settings.epochs}`,
    };
  }
}

function planEncoder(context: TrainerContext, settings: Settings, borders: readonly number[][]): Encoder {
  return encoderOf(context, settings, planInputs(context.dataset.features, borders, settings.oneHotLimit));
}

function encoderOf(
  { dataset, parameters }: TrainerContext,
  settings: Settings,
  inputs: readonly InputEncoding[],
): Encoder {
  const classWeights = classWeightsOf(dataset, parameters);
  return {
    inputs,
    network: planNetwork(inputs, settings.hidden, dataset.task),
    ...targetScale(dataset),
    ...(classWeights === null ? {} : { classWeights }),
  };
}

async function openEngine(backend: Backend, { network }: Encoder): Promise<Engine> {
  if (backend.tensorflow !== null)
    return new (await import("./graph-engine.ts")).GraphEngine(backend.tensorflow, network);
  return new (await import("./ops-engine.ts")).OpsEngine(backend, network);
}
