import {
  type Examples,
  KaaykoError,
  type ModelContent,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  targetWidth,
  type TypedArray,
} from "../../core/index.ts";
import { Descent } from "./descent.ts";
import { attributesOf, contentOf } from "./model.ts";
import { type CrfSettings, crfSettings } from "./parameters.ts";
import { bestBias, entityF1 } from "./validate.ts";

/** Raised when the same data, settings and seed would give another model than before. */
const VERSION = 1;
/** Texts that a step learns. */
const STEP_TEXTS = 512;

export async function createCrfTrainer(context: TrainerContext): Promise<Trainer> {
  const { dataset } = context;
  const validation = dataset.rows.validation > 0 ? await dataset.examples("validation") : null;
  return new CrfTrainer(context, await dataset.examples("train"), validation);
}

/** Passes over the texts in an order drawn anew for each; the weights, and how far each has moved, are the state. */
class CrfTrainer implements Trainer {
  readonly version = VERSION;
  readonly #context: TrainerContext;
  readonly #settings: CrfSettings;
  readonly #examples: Examples;
  readonly #validation: Examples | null;
  readonly #rows: Uint32Array;
  readonly #descent: Descent;
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
    if (epochEnds) this.#order = null;
    const score = epochEnds && this.#validation !== null ? entityF1(this.#model(0), this.#validation, this.#task) : null;
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

  #model(outsideBias: number) {
    return { weights: this.#descent.weights, outsideBias };
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
    ];
    const isStep = typeof step === "number" && Number.isSafeInteger(step) && step >= 0 && step <= this.#total;
    if (!isStep || !pairs.every(([own, other]) => other instanceof Float32Array && other.length === own.length))
      throw new KaaykoError({ action: "continue learning tags", rule: "the state must be whole", kind: "damaged" });
    for (const [own, other] of pairs) own.set(other as Float32Array);
    this.#step = step;
    this.#order = null;
  }

  async model(): Promise<ModelContent> {
    const { weights } = this.#descent;
    const given = this.#settings.outsideBias;
    const bias = given ?? (this.#validation === null ? 0 : bestBias(this.#model(0), this.#validation, this.#task));
    const { tags } = weights;
    const kept = { tags, attributes: weights.attributes.slice(), transitions: weights.transitions.slice() };
    return contentOf({ weights: kept, outsideBias: bias });
  }

  async dispose(): Promise<void> {}
}
