import { type Backend, chooseBackend } from "../../backends/index.ts";
import {
  deriveSeed,
  exp,
  type JsonObject,
  KaaykoError,
  log,
  type ModelContent,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { type Encoder, Pass, type ReadyBatch } from "./batches.ts";
import { checkDevice, deviceOf } from "./device.ts";
import { planInputs } from "./encoding.ts";
import { BETA1, BETA2, type Engine, slotNames } from "./engine.ts";
import { modelContent } from "./model.ts";
import { initialWeights, parameterShapes, planNetwork, sizeOf } from "./network.ts";
import { addScore, finalScore, newProgress, type Progress, parseProgress } from "./progress.ts";
import { learningRateShare } from "./schedule.ts";
import { resolveSettings, type Settings } from "./settings.ts";

/** Rows of a validation chunk: one step. */
const VALIDATION_ROWS = 4096;
const BEST = "best/";

/**
 * Trains an mlp batch by batch. A step is one batch: of training, or of the validation pass that ends every epoch. Memory does
 * not depend on the number of rows.
 */
export class MlpTrainer implements Trainer {
  readonly version = 1;
  readonly #context: TrainerContext;
  readonly #settings: Settings;
  readonly #encoder: Encoder;
  readonly #totalUpdates: number;
  #backend: Backend;
  #engine: Engine;
  #pass: Pass | null = null;
  #progress: Progress = newProgress();
  #best: Record<string, Float32Array> | null = null;

  private constructor(context: TrainerContext, settings: Settings, encoder: Encoder, backend: Backend, engine: Engine) {
    this.#context = context;
    this.#settings = settings;
    this.#encoder = encoder;
    this.#backend = backend;
    this.#engine = engine;
    this.#totalUpdates = settings.epochs * Math.max(1, Math.ceil(context.dataset.rows.train / settings.batchSize));
  }

  static async create(context: TrainerContext): Promise<MlpTrainer> {
    const { dataset, seed } = context;
    const settings = resolveSettings(context.parameters, dataset.rows.train);
    const encoder = planEncoder(context, settings);
    const backend = await chooseBackend(context.backend, context);
    const engine = await openEngine(backend, encoder);
    const start = initialWeights(encoder.network, deriveSeed(seed, "mlp"));
    engine.write(withSlots(start));
    return new MlpTrainer(context, settings, encoder, backend, engine);
  }

  async step(): Promise<StepReport> {
    const progress = this.#progress;
    let metrics: Record<string, number> = {};
    while (progress.phase !== "done") {
      const pass = await this.#openPass();
      const batch = await pass.next();
      if (batch !== null) this.#consume(batch);
      // Looked at now, so that the last batch's report carries the epoch's numbers.
      if (await pass.atEnd()) metrics = await this.#endPass();
      if (batch !== null) break;
    }
    return this.#report(metrics);
  }

  #consume(batch: ReadyBatch): void {
    const progress = this.#progress;
    if (progress.phase === "train") {
      const loss = this.#engine.train(batch.rows, this.#rates());
      if (!Number.isFinite(loss)) throw diverged(loss);
      progress.lossSum += loss;
      progress.lossBatches++;
      progress.update++;
    } else addScore(progress, this.#encoder, batch, this.#engine.forward(batch.rows));
    progress.position = batch.position;
    progress.step++;
  }

  getState(): State {
    const names = slotNames(parameterShapes(this.#encoder.network));
    const best = Object.entries(this.#best ?? {}).map(([name, array]) => [BEST + name, array] as const);
    return {
      json: {
        device: deviceOf(this.#backend),
        network: this.#encoder.network as unknown as JsonObject,
        progress: structuredClone(this.#progress) as unknown as JsonObject,
      },
      arrays: { ...this.#engine.read(names), ...Object.fromEntries(best) },
    };
  }

  async setState(state: State): Promise<void> {
    const progress = parseProgress(state.json.progress);
    const shapes = parameterShapes(this.#encoder.network);
    const arrays = takeArrays(state, slotNames(shapes), shapes);
    const best = progress.best === null ? null : takeBest(state, shapes);
    await this.#followBackend(state);
    checkDevice(state.json.device, deviceOf(this.#backend), this.#settings.allowDifferentDevice);
    this.#engine.write(arrays);
    this.#best = best;
    this.#progress = progress;
  }

  async model(): Promise<ModelContent> {
    const names = parameterShapes(this.#encoder.network).map(({ name }) => name);
    const weights = this.#best ?? this.#engine.read(names);
    return modelContent(this.#encoder, weights);
  }

  async dispose(): Promise<void> {
    await this.#closePass();
    this.#engine.dispose();
  }

  /** With `auto`, goes on with the backend that the state was made on, where that can be had. */
  async #followBackend(state: State): Promise<void> {
    const saved = (state.json.device as JsonObject | undefined)?.backend;
    if (this.#context.backend !== "auto" || saved === this.#backend.name) return;
    if (saved !== "tensorflow" && saved !== "wasm" && saved !== "cpu") return;
    const backend = await chooseBackend(saved, this.#context);
    this.#engine.dispose();
    this.#backend = backend;
    this.#engine = await openEngine(backend, this.#encoder);
  }

  async #openPass(): Promise<Pass> {
    if (this.#pass !== null) return this.#pass;
    const { phase, epoch, position } = this.#progress;
    const options =
      phase === "train"
        ? {
            role: "train" as const,
            batchRows: this.#settings.batchSize,
            shuffle: { seed: deriveSeed(this.#context.seed, "mlp", "shuffle"), epoch },
          }
        : { role: "validation" as const, batchRows: VALIDATION_ROWS, shuffle: null };
    this.#pass = await Pass.open(this.#context.dataset, this.#encoder, options, position);
    return this.#pass;
  }

  async #closePass(): Promise<void> {
    const pass = this.#pass;
    this.#pass = null;
    await pass?.close();
  }

  /** Goes on to the next phase. Returns the epoch's metrics where one ended, nothing otherwise. */
  async #endPass(): Promise<Record<string, number>> {
    const progress = this.#progress;
    await this.#closePass();
    progress.position = null;
    if (progress.phase === "train" && this.#context.dataset.rows.validation > 0) {
      progress.phase = "validate";
      return {};
    }
    return this.#endEpoch();
  }

  #endEpoch(): Record<string, number> {
    const progress = this.#progress;
    const score = finalScore(progress, this.#encoder);
    const loss = progress.lossBatches === 0 ? 0 : progress.lossSum / progress.lossBatches;
    progress.epoch++;
    progress.history.push({ epoch: progress.epoch, loss, score });
    if (score !== null && (progress.best === null || score < progress.best.score)) {
      progress.best = { epoch: progress.epoch, score };
      this.#best = this.#engine.read(parameterShapes(this.#encoder.network).map(({ name }) => name));
    }
    const stale = progress.best !== null && progress.epoch - progress.best.epoch >= this.#settings.patience;
    progress.phase = stale || progress.epoch >= this.#settings.epochs ? "done" : "train";
    progress.lossSum = 0;
    progress.lossBatches = 0;
    progress.scoreSum = 0;
    progress.scoreWeight = 0;
    const name = this.#encoder.network.loss === "squared" ? "rmse" : "logLoss";
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
      total: phase === "done" ? step : perEpoch * this.#settings.epochs,
      unit: "batch",
      metrics,
      note: `epoch ${Math.min(epoch + 1, this.#settings.epochs)} of ${this.#settings.epochs}`,
    };
  }
}

function planEncoder({ dataset }: TrainerContext, settings: Settings): Encoder {
  const inputs = planInputs(dataset.features, settings.oneHotLimit);
  const regression = dataset.task.kind === "regression";
  return {
    inputs,
    network: planNetwork(inputs, settings.hidden, dataset.task),
    centre: regression ? dataset.target.mean : 0,
    spread: regression && dataset.target.std > 0 ? dataset.target.std : 1,
  };
}

async function openEngine(backend: Backend, { network }: Encoder): Promise<Engine> {
  if (backend.tensorflow !== null)
    return new (await import("./graph-engine.ts")).GraphEngine(backend.tensorflow, network);
  return new (await import("./ops-engine.ts")).OpsEngine(backend, network);
}

function withSlots(weights: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  const arrays: Record<string, Float32Array> = {};
  for (const [name, values] of Object.entries(weights)) {
    arrays[name] = values;
    arrays[`${name}/m`] = new Float32Array(values.length);
    arrays[`${name}/v`] = new Float32Array(values.length);
  }
  return arrays;
}

function takeArrays(
  state: State,
  names: readonly string[],
  shapes: ReturnType<typeof parameterShapes>,
  prefix = "",
): Record<string, Float32Array> {
  const sizes = new Map(shapes.map(({ name, shape }) => [name, sizeOf(shape)]));
  return Object.fromEntries(
    names.map((name) => {
      const array = state.arrays[prefix + name];
      const size = sizes.get(name.replace(/\/[mv]$/, ""))!;
      if (!(array instanceof Float32Array) || array.length !== size)
        throw new KaaykoError({
          action: "resume the mlp",
          rule: `${prefix}${name} must be ${size} float32 values`,
          got: array === undefined ? "nothing" : `${array.length} others`,
          kind: "damaged",
        });
      return [name, array];
    }),
  );
}

function takeBest(state: State, shapes: ReturnType<typeof parameterShapes>): Record<string, Float32Array> {
  return takeArrays(
    state,
    shapes.map(({ name }) => name),
    shapes,
    BEST,
  );
}

function diverged(loss: number): KaaykoError {
  return new KaaykoError({
    action: "train the mlp",
    rule: "its loss must stay finite",
    got: String(loss),
    remedy: "Set a smaller mlp.learningRate.",
  });
}
