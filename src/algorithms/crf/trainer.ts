import {
  type Examples,
  KaaykoError,
  type ModelContent,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  type TypedArray,
  targetWidth,
} from "../../core/index.ts";
import { Descent } from "./descent.ts";
import { attributesOf, type CrfModel, contentOf } from "./model.ts";
import { type CrfSettings, crfSettings } from "./parameters.ts";
import { entityF1 } from "./validate.ts";

/** Raised when the same data, settings and seed would give another model than before. */
const VERSION = 1;
/** Texts that a step learns. */
const STEP_TEXTS = 512;

export async function createCrfTrainer(context: TrainerContext): Promise<Trainer> {
  const { dataset } = context;
  const validation = dataset.rows.validation > 0 ? await dataset.examples("validation") : null;
  return new CrfTrainer(context, await dataset.examples("train"), validation);
}

/**
 * Passes over the texts in an order drawn anew for each. The model is the mean of the weights after each pass of the second half, which
 * depends less on what was hidden last (Polyak and Juditsky, 1992). The weights, how far each has moved, and their sums are the state.
 */
class CrfTrainer implements Trainer {
  readonly version = VERSION;
  readonly #context: TrainerContext;
  readonly #settings: CrfSettings;
  readonly #examples: Examples;
  readonly #validation: Examples | null;
  readonly #rows: Uint32Array;
  readonly #descent: Descent;
  /** Of the weights after each pass that counts. */
  readonly #sums: { readonly attributes: Float32Array; readonly transitions: Float32Array };
  #order: Uint32Array | null = null;
  #step = 0;

  constructor(context: TrainerContext, examples: Examples, validation: Examples | null) {
    const { task } = context.dataset;
    this.#context = context;
    this.#settings = crfSettings(context.parameters);
    this.#examples = examples;
    this.#validation = validation;
    this.#rows = examples.rows ?? Uint32Array.from({ length: examples.table.rows }, (_, row) => row);
    const { width } = attributesOf(examples.table);
    this.#descent = new Descent(task.classes!.length, width, { ...this.#settings, seed: context.seed });
    const { attributes, transitions } = this.#descent.weights;
    this.#sums = {
      attributes: new Float32Array(attributes.length),
      transitions: new Float32Array(transitions.length),
    };
  }

  /** Steps of a pass. */
  get #perEpoch(): number {
    return Math.max(1, Math.ceil(this.#rows.length / STEP_TEXTS));
  }

  get #total(): number {
    return this.#settings.epochs * this.#perEpoch;
  }

  step(): StepReport {
    const [epoch, within] = [Math.floor(this.#step / this.#perEpoch), this.#step % this.#perEpoch];
    this.#learn(epoch, within * STEP_TEXTS);
    this.#step++;
    const epochEnds = within + 1 === this.#perEpoch;
    if (epochEnds) this.#endEpoch(epoch);
    const score = epochEnds && this.#validation !== null ? entityF1(this.#mean(), this.#validation, this.#task) : null;
    return {
      done: this.#step === this.#total,
      step: this.#step,
      total: this.#total,
      unit: "batch",
      note: `epoch ${epoch + 1} of ${this.#settings.epochs}`,
      ...(score === null ? {} : { metrics: { "validation.entityF1": score } }),
    };
  }

  get #task() {
    return this.#context.dataset.task;
  }

  #learn(epoch: number, from: number): void {
    const { table, target, weight } = this.#examples;
    const part = attributesOf(table);
    const width = targetWidth(this.#task);
    this.#order ??= randomStream(this.#context.seed, "crf", "order", epoch).shuffle(this.#rows.slice());
    for (const row of this.#order.subarray(from, from + STEP_TEXTS))
      this.#descent.learn(part, row, target.subarray(row * width, (row + 1) * width), weight?.[row] ?? 1, epoch);
  }

  #endEpoch(epoch: number): void {
    this.#order = null;
    if (epoch < this.#firstKept) return;
    const { attributes, transitions } = this.#descent.weights;
    for (let i = 0; i < attributes.length; i++) this.#sums.attributes[i] = this.#sums.attributes[i]! + attributes[i]!;
    for (let i = 0; i < transitions.length; i++)
      this.#sums.transitions[i] = this.#sums.transitions[i]! + transitions[i]!;
  }

  /** The first pass whose weights count. */
  get #firstKept(): number {
    return Math.floor(this.#settings.epochs / 2);
  }

  /** The mean so far; the weights as they are before there is one. */
  #mean(): CrfModel {
    const { tags, attributes, transitions } = this.#descent.weights;
    const { outsideBias } = this.#settings;
    const kept = Math.floor(this.#step / this.#perEpoch) - this.#firstKept;
    const mean = (sums: Float32Array, now: Float32Array) => (kept > 0 ? sums.map((sum) => sum / kept) : now.slice());
    const weights = {
      tags,
      attributes: mean(this.#sums.attributes, attributes),
      transitions: mean(this.#sums.transitions, transitions),
    };
    return { weights, outsideBias };
  }

  getState(): State {
    const { weights, squares } = this.#descent;
    return {
      json: { step: this.#step },
      arrays: {
        attributes: weights.attributes.slice(),
        transitions: weights.transitions.slice(),
        "attributes.squares": squares.attributes.slice(),
        "transitions.squares": squares.transitions.slice(),
        "attributes.sums": this.#sums.attributes.slice(),
        "transitions.sums": this.#sums.transitions.slice(),
      },
    };
  }

  setState({ json, arrays }: State): void {
    const { step } = json;
    const { weights, squares } = this.#descent;
    const pairs: [Float32Array, TypedArray | undefined][] = [
      [weights.attributes, arrays.attributes],
      [weights.transitions, arrays.transitions],
      [squares.attributes, arrays["attributes.squares"]],
      [squares.transitions, arrays["transitions.squares"]],
      [this.#sums.attributes, arrays["attributes.sums"]],
      [this.#sums.transitions, arrays["transitions.sums"]],
    ];
    const isStep = typeof step === "number" && Number.isSafeInteger(step) && step >= 0 && step <= this.#total;
    if (!isStep || !pairs.every(([own, other]) => other instanceof Float32Array && other.length === own.length))
      throw new KaaykoError({ action: "continue learning tags", rule: "the state must be whole", kind: "damaged" });
    for (const [own, other] of pairs) own.set(other as Float32Array);
    this.#step = step;
    this.#order = null;
  }

  async model(): Promise<ModelContent> {
    return contentOf(this.#mean());
  }

  async dispose(): Promise<void> {}
}
