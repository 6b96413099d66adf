import {
  type JsonObject,
  joinStates,
  KaaykoError,
  type ModelContent,
  nestState,
  type State,
  type StepReport,
  type Trainer,
  unnestState,
} from "../../core/index.ts";
import { joinModels } from "./joined-models.ts";

/** Trains one model after the other, each for one number of a forecast, as one Resumable. Holds one trainer at a time. */
export class StepwiseTrainer implements Trainer {
  readonly version: number;
  readonly #name: string;
  readonly #outputs: number;
  readonly #create: (output: number) => Promise<Trainer>;
  readonly #models: ModelContent[] = [];
  #trainer: Trainer | null;
  /** Steps of finished models, and of the one in work. */
  #before = 0;
  #own = 0;

  private constructor(name: string, outputs: number, create: (output: number) => Promise<Trainer>, first: Trainer) {
    this.#name = name;
    this.#outputs = outputs;
    this.#create = create;
    this.#trainer = first;
    this.version = first.version;
  }

  /** @param create makes the trainer of an output */
  static async create(name: string, outputs: number, create: (output: number) => Promise<Trainer>): Promise<Trainer> {
    return new StepwiseTrainer(name, outputs, create, await create(0));
  }

  async step(): Promise<StepReport> {
    this.#trainer ??= await this.#create(this.#models.length);
    const { metrics: _, total: __, ...report } = await this.#trainer.step();
    this.#own = report.step;
    const note = `${this.#name}, model ${this.#models.length + 1} of ${this.#outputs}, ${report.unit} ${report.step}`;
    const step = this.#before + this.#own;
    if (report.done) await this.#finish();
    return { ...report, done: this.#models.length === this.#outputs, step, note };
  }

  async #finish(): Promise<void> {
    this.#models.push(await this.#trainer!.model());
    await this.#trainer!.dispose();
    this.#trainer = null;
    this.#before += this.#own;
    this.#own = 0;
  }

  async getState(): Promise<State> {
    const json: JsonObject = {
      before: this.#before,
      own: this.#own,
      models: this.#models.map(({ algorithm, formatVersion, json: own }) => ({ algorithm, formatVersion, json: own })),
      working: this.#trainer !== null,
    };
    const done = this.#models.map(({ arrays }, k) => nestState(`model-${k}`, { json: {}, arrays }));
    const own = this.#trainer === null ? [] : [nestState("trainer", await this.#trainer.getState())];
    return joinStates({ json, arrays: {} }, ...done, ...own);
  }

  async setState(state: State): Promise<void> {
    const { before, own, models, working } = state.json;
    const inner = unnestState("trainer", state);
    const whole = typeof before === "number" && typeof own === "number" && Array.isArray(models);
    if (!whole || models.length > this.#outputs || (working === true && inner === undefined))
      throw new KaaykoError({ action: `restore ${this.#name}`, rule: "its models must be whole", kind: "damaged" });
    for (const [k, model] of models.entries()) {
      const { arrays } = unnestState(`model-${k}`, state) ?? { arrays: {} };
      this.#models.push({ ...(model as unknown as ModelContent), arrays });
    }
    this.#before = before;
    this.#own = own;
    if (models.length > 0 || working !== true) await this.dispose();
    if (working !== true) return;
    this.#trainer ??= await this.#create(models.length);
    await this.#trainer.setState(inner!);
  }

  async model(): Promise<ModelContent> {
    const models = [...this.#models];
    while (models.length < this.#outputs) models.push(await this.#unfinished(models));
    return joinModels(this.#name, models);
  }

  /** Where time was up: the model as it stands; the last one stands for those that were not begun. */
  async #unfinished(models: readonly ModelContent[]): Promise<ModelContent> {
    return this.#trainer !== null && models.length === this.#models.length ? this.#trainer.model() : models.at(-1)!;
  }

  async dispose(): Promise<void> {
    await this.#trainer?.dispose();
    this.#trainer = null;
  }
}
