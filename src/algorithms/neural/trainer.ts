import {
  type JsonValue,
  joinStates,
  type ModelContent,
  nestState,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../../core/index.ts";
import { BorderFinder } from "./border-finder.ts";
import { classWeightsOf } from "./class-weights.ts";
import type { Encoder } from "./encoder.ts";
import { type InputEncoding, planInputs } from "./encoding.ts";
import { EpochTrainer } from "./epoch-trainer.ts";
import { mlpLesson } from "./mlp-lesson.ts";
import { parseInputs } from "./model.ts";
import { planNetwork } from "./network.ts";
import { RowPacker } from "./rows/row-packer.ts";
import { resolveSettings, type Settings } from "./settings.ts";
import { damagedState } from "./state-arrays.ts";
import { targetScale } from "./target-scale.ts";

/** A network that is being trained, and how rows are encoded for it. */
interface Planned {
  readonly inputs: readonly InputEncoding[];
  readonly training: EpochTrainer;
}

/**
 * Trains an mlp: first the pass that looks for the borders of the encoding and packs the rows, a part of them a step, then batch by
 * batch. Memory does not depend on the number of rows; many of them wait in a file.
 */
export class MlpTrainer implements Trainer {
  // 5: numbers of float32 columns are encoded in float32.
  readonly version = 5;
  readonly #context: TrainerContext;
  readonly #settings: Settings;
  readonly #finder: BorderFinder;
  readonly #packer: RowPacker;
  /** Steps of the first pass that are done. */
  #prepared = 0;
  /** Null until the inputs are known. */
  #planned: Planned | null = null;

  private constructor(context: TrainerContext, settings: Settings) {
    this.#context = context;
    this.#settings = settings;
    this.#finder = new BorderFinder(context.dataset, context.seed);
    this.#packer = new RowPacker(context.dataset);
  }

  static async create(context: TrainerContext): Promise<MlpTrainer> {
    const settings = resolveSettings(context.parameters, context.dataset.rows.train);
    return new MlpTrainer(context, settings);
  }

  async step(): Promise<StepReport> {
    const before = this.#packer.steps;
    if (this.#planned === null) {
      await this.#prepare();
      return { done: false, step: this.#prepared, unit: "batch", metrics: {}, note: "looking at the numbers" };
    }
    const report = await this.#planned.training.step();
    return { ...report, step: report.step + before, total: report.total! + before };
  }

  /** Looks at the next rows; after the last, decides the inputs. */
  async #prepare(): Promise<void> {
    await this.#packer.catchUp(this.#prepared);
    const read = await this.#packer.step();
    if (read?.role === "train") this.#finder.add(read.examples);
    this.#prepared++;
    if (this.#packer.done) this.#planned = this.#plan(this.#plannedInputs());
  }

  /** The inputs by what was seen of the numbers. */
  #plannedInputs(): InputEncoding[] {
    const { pieces, oneHotLimit } = this.#settings;
    return planInputs(this.#context.dataset.features, this.#finder.borders(pieces), oneHotLimit);
  }

  #plan(inputs: readonly InputEncoding[]): Planned {
    const encoder = encoderOf(this.#context, this.#settings, inputs);
    const lesson = mlpLesson(encoder, this.#packer, this.#settings, this.#context);
    return { inputs, training: new EpochTrainer(lesson, this.#context) };
  }

  async getState(): Promise<State> {
    if (this.#planned === null)
      return joinStates(
        { json: { prepared: this.#prepared }, arrays: {} },
        nestState("borders", this.#finder.getState()),
      );
    const { inputs, training } = this.#planned;
    return joinStates({ json: { inputs: inputs as unknown as JsonValue }, arrays: {} }, await training.getState());
  }

  async setState(state: State): Promise<void> {
    const { prepared, inputs } = state.json;
    if (inputs !== undefined) {
      const planned = this.#plan(parseInputs(inputs, this.#context.dataset.features.length));
      await planned.training.setState(state);
      this.#planned = planned;
      return;
    }
    const borders = unnestState("borders", state);
    const known = typeof prepared === "number" && Number.isInteger(prepared) && prepared >= 0;
    if (borders === undefined || !known) throw damagedState("its sample of rows");
    this.#finder.setState(borders);
    this.#prepared = prepared;
  }

  async model(): Promise<ModelContent> {
    this.#planned ??= this.#plan(this.#plannedInputs());
    return this.#planned.training.model();
  }

  async dispose(): Promise<void> {
    await this.#planned?.training.dispose();
    await this.#packer.dispose();
  }
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
