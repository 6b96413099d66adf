import {
  type Algorithm,
  type Batch,
  type Contributions,
  type FeatureImportance,
  KaaykoError,
  type ParameterValues,
  resolveParameters,
  type StepReport,
} from "../core/index.ts";
import { createModelPredictor, type Model, type ModelPredictor, packModel, unpackModel } from "../models/index.ts";
import { datasetOf, type TrainingRows } from "./rows-dataset.ts";
import { type TableInput, toBatch } from "./table-input.ts";
import { fitPipeline, taskOf } from "./training-data.ts";

export interface FitOptions {
  /** Once aborted, training rejects with the signal's reason, and the estimator keeps what it was before. Default: never. */
  readonly signal?: AbortSignal;
  /**
   * A trained estimator of boosted trees, or its model, that training goes on from: its trees stay, as many rounds as are set come after
   * them, and columns and classes are read as it reads them. Default: training begins anew.
   */
  readonly init?: TreeEstimator | Model;
}

/** A round of training: its number from 1, how many there will be at most, and metrics such as `validation.rmse`. */
export interface Round {
  readonly round: number;
  readonly total: number | null;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A fitted estimator as JSON: a model package, in base64. */
export interface EstimatorJson {
  readonly kaayko: "trees";
  readonly model: string;
  readonly arrays: string;
}

/** How an estimator trains. */
export interface TreeSettings {
  readonly load: () => Promise<Algorithm>;
  readonly values: ParameterValues;
  readonly task: "regression" | "classification" | undefined;
  readonly seed: number;
  readonly threads: number;
}

/** Trees that learn from columns in memory and predict; what `GradientBoosting` and `RandomForest` share. */
export class TreeEstimator {
  readonly #settings: TreeSettings;
  #model: Model | null = null;
  #predictor: ModelPredictor | null = null;

  protected constructor(settings: TreeSettings) {
    this.#settings = settings;
  }

  /** Takes a model that was trained before. */
  protected restore(model: Model): void {
    this.#model = model;
  }

  /**
   * Trains to the end.
   *
   * @throws KaaykoError (input) for data that cannot be learnt from, (usage) for options out of their rules; the signal's reason
   */
  async fit(data: TrainingRows, options: FitOptions = {}): Promise<this> {
    for await (const _ of this.rounds(data, options));
    return this;
  }

  /** Trains round by round. A loop that is left early keeps the rounds that were made. */
  async *rounds(data: TrainingRows, { signal, init }: FitOptions = {}): AsyncGenerator<Round, void, undefined> {
    const { load, values, seed, threads } = this.#settings;
    const before = init instanceof TreeEstimator ? init.model : init;
    const task = before?.task ?? taskOf(data.target, this.#settings.task);
    const pipeline = before?.pipeline ?? fitPipeline(toBatch(data.columns));
    const dataset = datasetOf(data, task, pipeline);
    const algorithm = await load();
    if (before !== undefined) checkInit(algorithm, before);
    const start = before === undefined ? {} : { warmStart: before.content };
    const parameters = resolveParameters(algorithm.parameters, values, algorithm.name);
    const notify = (): void => {};
    const trainer = await algorithm.createTrainer({
      dataset,
      parameters,
      seed,
      threads,
      backend: "cpu",
      notify,
      ...start,
    });
    let keeps = true;
    try {
      for (let done = false; !done; ) {
        signal?.throwIfAborted();
        const report: StepReport = await trainer.step();
        done = report.done;
        yield { round: report.step, total: report.total ?? null, metrics: report.metrics ?? {} };
      }
    } catch (error) {
      keeps = false;
      throw error;
    } finally {
      if (keeps) await this.#take({ task, threshold: 0.5, pipeline, content: await trainer.model() });
      await trainer.dispose();
    }
  }

  /** The trained model: for `exportModel`, `hashModel`, `createModelPredictor`. @throws KaaykoError (usage) before training */
  get model(): Model {
    if (this.#model !== null) return this.#model;
    throw new KaaykoError({ action: "use the estimator", rule: "it must be trained first", kind: "usage" });
  }

  /** Labels of the classes, in the order of their numbers; empty for numbers. */
  get classes(): readonly string[] {
    return this.model.task.classes ?? [];
  }

  /**
   * A number for each row: the value, or the number of the class in `classes`.
   *
   * @throws KaaykoError (input) where a column is missing or of another kind
   */
  async predict(columns: TableInput): Promise<Float64Array> {
    const { task, threshold } = this.model;
    const outputs = await this.#outputs(columns);
    if (task.kind === "regression") return outputs;
    if (task.kind === "binary") return outputs.map((probability) => (probability >= threshold ? 1 : 0));
    const width = task.classes!.length;
    return Float64Array.from({ length: outputs.length / width }, (_, row) => {
      let best = 0;
      for (let k = 1; k < width; k++) if (outputs[row * width + k]! > outputs[row * width + best]!) best = k;
      return best;
    });
  }

  /** Probabilities, row-major, one for each of `classes`. @throws KaaykoError (usage) for numbers; as `predict` */
  async predictProba(columns: TableInput): Promise<Float64Array> {
    const { kind } = this.model.task;
    if (kind === "regression")
      throw new KaaykoError({ action: "predict probabilities", rule: "the target must be of classes", kind: "usage" });
    const outputs = await this.#outputs(columns);
    if (kind === "multiclass") return outputs;
    return Float64Array.from({ length: outputs.length * 2 }, (_, i) =>
      i % 2 === 0 ? 1 - outputs[i >> 1]! : outputs[i >> 1]!,
    );
  }

  /** What each feature adds to each row's scores (SHAP values); boosted trees only. @throws KaaykoError (input) for forests */
  async explain(columns: TableInput): Promise<Contributions> {
    const predictor = await this.#ready();
    return predictor.explain(predictor.encode(this.#inputs(columns)));
  }

  /** Shares of the features, in the order of the columns, by measure: gain, cover, splits. */
  async importances(): Promise<readonly FeatureImportance[]> {
    return (await this.#ready()).importances();
  }

  /** The model as JSON, for `fromJSON`. */
  toJSON(): EstimatorJson {
    const [[, json], [, arrays]] = packModel(this.model) as [[string, Uint8Array], [string, Uint8Array]];
    return { kaayko: "trees", model: base64(json), arrays: base64(arrays) };
  }

  /** Gives threads and memory back. The estimator may be used again. */
  async dispose(): Promise<void> {
    await this.#predictor?.dispose();
    this.#predictor = null;
  }

  async #outputs(columns: TableInput): Promise<Float64Array> {
    return (await this.#ready()).predict(this.#inputs(columns));
  }

  /** The model's columns of a table, in their order; categories are told by their texts. */
  #inputs(columns: TableInput): Batch {
    const batch = toBatch(columns);
    const own = this.model.pipeline.columns.map(({ name, kind }) => {
      const column = batch.columns.find((candidate) => candidate.name === name);
      const isText = column !== undefined && "codes" in column;
      if (column !== undefined && isText === (kind === "categorical")) return column;
      if (column !== undefined && kind === "categorical" && !isText && column.values.every(Number.isNaN))
        return { kind, name, codes: new Uint8Array(batch.rows), dictionary: [] } as const;
      throw new KaaykoError({
        action: "predict",
        rule: `the table must have column ${JSON.stringify(name)} of ${kind === "categorical" ? "texts" : "numbers"}`,
        got: column === undefined ? "none" : isText ? "texts" : "numbers",
        kind: "input",
      });
    });
    return { ...batch, columns: own };
  }

  async #ready(): Promise<ModelPredictor> {
    this.#predictor ??= await createModelPredictor(this.model, { threads: this.#settings.threads });
    return this.#predictor;
  }

  async #take(model: Model): Promise<void> {
    await this.dispose();
    this.#model = model;
  }
}

function checkInit({ name, warmStarts }: Algorithm, { content }: Model): void {
  if (warmStarts === true && content.algorithm === name) return;
  throw new KaaykoError({
    action: "go on from a model",
    rule: "it must be of boosted trees, grown the same way",
    got: `${content.algorithm} for ${name}`,
    remedy: "Give the estimator the growth of the first.",
    kind: "usage",
  });
}

/**
 * The model of an estimator's JSON, which anyone may have written.
 *
 * @throws KaaykoError (damaged)
 */
export function modelOfJson(stored: unknown): Model {
  const { kaayko, model, arrays } = (stored ?? {}) as Partial<EstimatorJson>;
  if (kaayko !== "trees" || typeof model !== "string" || typeof arrays !== "string")
    throw new KaaykoError({
      action: "read an estimator",
      rule: "it must be what toJSON made",
      got: "another object",
      kind: "damaged",
    });
  return unpackModel(Buffer.from(model, "base64"), Buffer.from(arrays, "base64"), "the estimator").model;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
