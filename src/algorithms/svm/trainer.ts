import {
  deriveSeed,
  type ExampleStream,
  type Examples,
  type JsonObject,
  type JsonValue,
  joinStates,
  KaaykoError,
  type ModelContent,
  nestState,
  outputsOf,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../../core/index.ts";
import { FeatureMachine } from "../../kernels/svm/index.ts";
import { targetScale } from "../neural/target-scale.ts";
import { FEWEST_ROWS, GAMMA_FACTORS, judgeGamma, medianGamma } from "./bandwidth.ts";
import { PLAIN_SIGMOID } from "./calibration.ts";
import { Descent } from "./descent.ts";
import { drawDirections } from "./directions.ts";
import { HeldOut, MAX_ROWS } from "./held-out.ts";
import type { Targets } from "./losses.ts";
import { modelContent } from "./model.ts";
import { fillPreconditioner } from "./preconditioner.ts";
import { newProgress, type Progress, parseProgress, reportOf } from "./progress.ts";
import { drawVectors, planRowInputs, RowEncoder } from "./row-encoder.ts";
import { RowSample } from "./row-sample.ts";
import { resolveSettings, type Settings } from "./settings.ts";

/** Rows of a block of held-out rows, and of the sample: one step. */
const BLOCK = 512;

/** The features in work, and how long a step may be. */
interface Prepared {
  readonly machine: FeatureMachine;
  readonly rate: number;
}

/**
 * Trains a support vector machine batch by batch. A step is a chunk of the pass that draws a sample, a bandwidth tried on it, a
 * batch of training, or a block of held-out rows. Memory does not grow with the rows.
 */
export class SvmTrainer implements Trainer {
  // 2: numbers of float32 columns are encoded in float32.
  readonly version = 2;
  readonly #context: TrainerContext;
  readonly #settings: Settings;
  readonly #targets: Targets;
  readonly #outputs: number;
  readonly #encoder: RowEncoder;
  readonly #sample: RowSample;
  readonly #heldOut: HeldOut;
  #progress: Progress = newProgress();
  readonly #descent: Descent;
  #prepared: Prepared | null = null;
  #stream: ExampleStream | null = null;
  readonly #target: Float64Array;
  readonly #weight: Float64Array;

  private constructor(context: TrainerContext, settings: Settings) {
    const { dataset, seed } = context;
    this.#context = context;
    this.#settings = settings;
    this.#targets = { kind: dataset.task.kind as Targets["kind"], ...targetScale(dataset) };
    this.#outputs = outputsOf(dataset.task);
    const inputs = planRowInputs(dataset.features, settings.oneHotLimit);
    this.#encoder = new RowEncoder(inputs, drawVectors(inputs, seed));
    this.#sample = new RowSample(dataset, this.#encoder, seed);
    this.#heldOut = new HeldOut(this.#targets, this.#outputs, dataset.rows[this.#heldOutRole()]);
    this.#descent = new Descent(settings, this.#targets, this.#outputs, dataset.rows.train);
    const capacity = Math.max(BLOCK, settings.batchSize);
    this.#target = new Float64Array(capacity);
    this.#weight = new Float64Array(capacity);
  }

  static async create(context: TrainerContext): Promise<SvmTrainer> {
    const { rows, task } = context.dataset;
    return new SvmTrainer(context, resolveSettings(context.parameters, rows.train, outputsOf(task)));
  }

  async step(): Promise<StepReport> {
    const { phase } = this.#progress;
    let metrics: Record<string, number> = {};
    if (phase === "sample") await this.#drawSample();
    else if (phase === "tune") await this.#tryGamma();
    else metrics = await this.#consumeBatch();
    this.#progress.step++;
    return this.#report(metrics);
  }

  async #drawSample(): Promise<void> {
    if (!(await this.#sample.step())) return;
    const progress = this.#progress;
    const { gamma } = this.#settings;
    progress.phase = gamma === null && this.#sample.rows >= FEWEST_ROWS ? "tune" : "train";
    if (progress.phase === "train") progress.gamma = gamma ?? medianGamma(this.#sample);
  }

  async #tryGamma(): Promise<void> {
    const progress = this.#progress;
    const { cost, pairs } = this.#settings;
    const { seed, threads } = this.#context;
    const median = medianGamma(this.#sample);
    const gamma = median * GAMMA_FACTORS[progress.tried.length]!;
    const options = { cost, pairs, seed, threads };
    progress.tried.push(await judgeGamma(this.#sample, this.#targets, this.#outputs, gamma, options));
    if (progress.tried.length < GAMMA_FACTORS.length) return;
    const best = progress.tried.indexOf(Math.min(...progress.tried));
    progress.gamma = median * GAMMA_FACTORS[Math.max(0, best)]!;
    progress.phase = "train";
  }

  /** Features and preconditioner: functions of the sample and the bandwidth, so no part of the state. */
  #prepare(): Prepared {
    if (this.#prepared !== null) return this.#prepared;
    const { pairs, batchSize } = this.#settings;
    const { threads } = this.#context;
    const capacity = Math.max(BLOCK, batchSize);
    const inputs = this.#encoder.width;
    const machine = new FeatureMachine({ capacity, inputs, pairs, outputs: this.#outputs, trains: true, threads });
    machine.directions.set(this.#directions());
    const dimension = fillPreconditioner(machine, this.#sample, BLOCK, this.#descent.regularisation);
    this.#prepared = { machine, rate: batchSize / (batchSize + dimension) };
    return this.#prepared;
  }

  #directions(): Float32Array {
    const gamma = this.#progress.gamma ?? this.#settings.gamma ?? 1;
    return drawDirections(this.#encoder.width, this.#settings.pairs, gamma, this.#context.seed);
  }

  /** Works on the next batch of this pass; where the pass is over, the step is the end of it. */
  async #consumeBatch(): Promise<Record<string, number>> {
    const progress = this.#progress;
    const prepared = this.#prepare();
    this.#stream ??= await this.#openStream();
    const examples = await this.#stream.next();
    if (examples !== null) {
      if (progress.phase === "train") this.#update(prepared, examples);
      else this.#validate(prepared, examples);
      progress.position = this.#stream.position();
      if (progress.phase === "train" || !this.#heldOut.full) return {};
    }
    return this.#endPass();
  }

  async #openStream(): Promise<ExampleStream> {
    const { phase, epoch, position } = this.#progress;
    const { dataset, seed } = this.#context;
    const stream =
      phase === "train"
        ? await dataset.stream("train", {
            batchRows: this.#settings.batchSize,
            shuffle: { seed: deriveSeed(seed, "svm", "shuffle"), epoch },
          })
        : await dataset.stream(this.#heldOutRole(), { batchRows: BLOCK, shuffle: null });
    if (position !== null) await stream.seek(position);
    return stream;
  }

  /** Without held-out rows classes are calibrated on the rows learnt from, which makes them a little too sure. */
  #heldOutRole(): "validation" | "train" {
    return this.#context.dataset.rows.validation > 0 ? "validation" : "train";
  }

  /** Encodes examples into the machine, with targets and weights beside them. Returns how many rows there are. */
  #load({ machine }: Prepared, { table, rows, target, weight }: Examples): number {
    const count = this.#encoder.encode(table, rows, machine.x);
    for (let i = 0; i < count; i++) {
      const row = rows === null ? i : rows[i]!;
      this.#target[i] = target[row]!;
      this.#weight[i] = weight === null ? 1 : weight[row]!;
    }
    return count;
  }

  #update(prepared: Prepared, examples: Examples): void {
    const progress = this.#progress;
    const rows = this.#load(prepared, examples);
    const share = this.#weight.subarray(0, rows);
    const total = share.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < rows; i++) share[i] = total > 0 ? share[i]! / total : 0;
    const batch = { rows, share, target: this.#target.subarray(0, rows) };
    const loss = this.#descent.update(prepared.machine, batch, prepared.rate, progress.update);
    progress.update++;
    if (!Number.isFinite(loss)) throw diverged(progress);
    progress.lossSum += loss;
    progress.lossBatches++;
  }

  #validate(prepared: Prepared, examples: Examples): void {
    const { machine } = prepared;
    const rows = this.#load(prepared, examples);
    machine.weights.set(this.#descent.average);
    machine.project(rows);
    this.#heldOut.add(machine.scores, this.#target.subarray(0, rows), this.#weight.subarray(0, rows));
  }

  async #endPass(): Promise<Record<string, number>> {
    const progress = this.#progress;
    await this.#closeStream();
    progress.position = null;
    if (progress.phase === "validate") return this.#endEpoch();
    progress.epoch++;
    const last = progress.epoch >= this.#settings.epochs;
    const { kind } = this.#targets;
    const calibrates = last && kind !== "regression" && this.#settings.calibration === null;
    if (this.#context.dataset.rows.validation > 0 || calibrates) progress.phase = "validate";
    else if (last) progress.phase = "done";
    return progress.phase === "validate" ? {} : this.#trainMetrics();
  }

  #endEpoch(): Record<string, number> {
    const progress = this.#progress;
    const { metric, value, calibration } = this.#heldOut.verdict();
    this.#heldOut.clear();
    progress.calibration = calibration === null ? null : [...calibration];
    progress.phase = progress.epoch >= this.#settings.epochs ? "done" : "train";
    const validated = value !== null && this.#context.dataset.rows.validation > 0;
    return { ...this.#trainMetrics(), ...(validated ? { [`validation.${metric}`]: value } : {}) };
  }

  #trainMetrics(): Record<string, number> {
    const progress = this.#progress;
    const loss = progress.lossBatches === 0 ? 0 : progress.lossSum / progress.lossBatches;
    progress.lossSum = 0;
    progress.lossBatches = 0;
    return { "train.loss": loss };
  }

  getState(): State {
    const json = { progress: structuredClone(this.#progress) as unknown as JsonValue as JsonObject };
    return joinStates(
      { json, arrays: this.#descent.arrays() },
      nestState("sample", this.#sample.getState()),
      nestState("heldOut", this.#heldOut.getState()),
    );
  }

  setState(state: State): void {
    const progress = parseProgress(state.json.progress);
    const sample = unnestState("sample", state);
    const heldOut = unnestState("heldOut", state);
    const { weights, average } = state.arrays;
    if (sample === undefined || heldOut === undefined || !this.#descent.setArrays(weights, average))
      throw new KaaykoError({ action: "resume the svm", rule: "its state must be whole", kind: "damaged" });
    this.#sample.setState(sample);
    this.#heldOut.setState(heldOut);
    this.#progress = progress;
  }

  async model(): Promise<ModelContent> {
    const { centre, spread, kind } = this.#targets;
    const { gamma, calibration } = this.#progress;
    const plain = Array.from({ length: this.#outputs }, () => PLAIN_SIGMOID);
    return modelContent({
      encoder: this.#encoder,
      pairs: this.#settings.pairs,
      gamma: gamma ?? this.#settings.gamma ?? 1,
      centre,
      spread,
      calibration: kind === "regression" ? [] : (this.#settings.calibration ?? calibration ?? plain),
      directions: this.#directions(),
      weights: this.#descent.average.slice(),
    });
  }

  async dispose(): Promise<void> {
    await this.#closeStream();
    await this.#sample.close();
    await this.#prepared?.machine.dispose();
  }

  async #closeStream(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
  }

  #report(metrics: Record<string, number>): StepReport {
    const { rows } = this.#context.dataset;
    const heldOut = Math.ceil(Math.min(rows.validation, MAX_ROWS) / BLOCK);
    return reportOf(this.#progress, this.#settings, { ...rows, sampleSteps: this.#sample.steps, heldOut }, metrics);
  }
}

function diverged({ epoch, update }: Progress): KaaykoError {
  return new KaaykoError({
    action: "train the svm",
    rule: "its loss must stay finite",
    got: `another at update ${update} (epoch ${epoch + 1})`,
    remedy: "Leave out features or targets of extreme size, or set a lower svm.cost.",
  });
}
