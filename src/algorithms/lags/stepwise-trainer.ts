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
  readonly #columns: readonly (readonly number[])[];
  readonly #create: (output: number) => Promise<Trainer>;
  readonly #models: ModelContent[] = [];
  #trainer: Trainer | null;
  /** Steps of finished models, and of the one in work. */
  #before = 0;
  #own = 0;

  private constructor(
    name: string,
    columns: readonly (readonly number[])[],
    create: (output: number) => Promise<Trainer>,
    first: Trainer,
  ) {
    this.#name = name;
    this.#outputs = columns.length;
    this.#columns = columns;
    this.#create = create;
    this.#trainer = first;
    // Its own beside that of the models. 2: models of steps see their own columns.
    this.version = 100 * first.version + 2;
  }

  /**
   * @param columns numbers of the features that the model of each output sees
   * @param create makes the trainer of an output
   */
  static async create(
    name: string,
    columns: readonly (readonly number[])[],
    create: (output: number) => Promise<Trainer>,
  ): Promise<Trainer> {
    return new StepwiseTrainer(name, columns, create, await create(0));
  }

  async step(): Promise<StepReport> {
    this.#trainer ??= await this.#create(this.#models.length);
    const { metrics: _, total: own, ...report } = await this.#trainer.step();
    this.#own = report.step;
    const total = this.#total(own);
    const note = `${this.#name}, model ${this.#models.length + 1} of ${this.#outputs}, ${report.unit} ${report.step}`;
    const step = this.#before + this.#own;
    if (report.done) await this.#finish();
    const done = this.#models.length === this.#outputs;
    return { ...report, done, step, ...(total === undefined ? {} : { total: done ? step : total }), note };
  }

  /** Steps of all models, if those to come take as many as the finished ones, or else as this one may. */
  #total(own: number | undefined): number | undefined {
    const finished = this.#models.length;
    const each = finished > 0 ? this.#before / finished : own;
    if (each === undefined) return undefined;
    return Math.max(this.#before + this.#own, Math.round(this.#before + each * (this.#outputs - finished)));
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
    return joinModels(this.#name, models, this.#columns);
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
