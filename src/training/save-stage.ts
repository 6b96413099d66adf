import {
  type Algorithm,
  type JsonObject,
  KaaykoError,
  type ParameterValues,
  type State,
  type StepReport,
} from "../core/index.ts";
import {
  createModelPredictor,
  GOLDEN_FILE,
  goldenPredictions,
  hashModel,
  type Model,
  type PackageFile,
  packModel,
  publishModel,
  reserveVersion,
} from "../models/index.ts";
import { documentToJson, type TrainDocument } from "./document.ts";
import type { ReportTexts } from "./options.ts";
import type { Stage } from "./preparation.ts";
import { modelNameOf } from "./request.ts";
import { backendOf } from "./training-work.ts";

export interface SavedModel {
  readonly path: string;
  readonly modelSha256: string;
}

export interface SaveWork {
  readonly model: Model;
  /** What the model was learnt by. */
  readonly algorithm: Algorithm;
  readonly settings: ParameterValues;
  /** The run's id: who reserves the version. */
  readonly run: string;
  /** The document as it will stand once the model is saved. */
  document(saved: SavedModel): TrainDocument;
  readonly renderReports: ((document: TrainDocument) => Promise<ReportTexts>) | null;
  /** What is kept beside the model, but for what the document says. */
  readonly facts: JsonObject;
}

const STEPS = ["reserve", "model", "metadata", "report", "publish"] as const;

/**
 * Saves the champion: reserves a version (which the driver commits before anything is written), renders each file, and
 * publishes the folder whole. Interrupted anywhere, it goes on with the same version; a version that was published before
 * the interruption is found again by its hash. Texts that name times or machines are kept in the state, so that they are
 * written once only.
 */
export function createSaveStage(work: SaveWork): Stage<SavedModel> {
  return new SaveStage(work);
}

class SaveStage implements Stage<SavedModel> {
  readonly version = 1;
  readonly #work: SaveWork;
  #step = 0;
  #modelVersion: string | null = null;
  /** Where the version was reserved: a resume may name another folder, which numbers its own. */
  #reservedIn: string | null = null;
  #modelSha256: string | null = null;
  #texts: Record<string, string> = {};
  #path: string | null = null;

  constructor(work: SaveWork) {
    this.#work = work;
  }

  async step(): Promise<StepReport> {
    const name = STEPS[this.#step]!;
    await this.#do(name);
    this.#step++;
    return { done: this.#step === STEPS.length, step: this.#step, total: STEPS.length, unit: "file", note: name };
  }

  getState(): State {
    return {
      json: {
        step: this.#step,
        version: this.#modelVersion,
        reservedIn: this.#reservedIn,
        modelSha256: this.#modelSha256,
        texts: { ...this.#texts },
        path: this.#path,
      },
      arrays: {},
    };
  }

  setState({ json }: State): void {
    const { step, version, reservedIn, modelSha256, texts, path } = json;
    if (typeof step !== "number" || !(step >= 0 && step <= STEPS.length) || typeof texts !== "object")
      throw new KaaykoError({ action: "continue saving", rule: "its state must be whole", kind: "damaged" });
    this.#step = step;
    this.#modelVersion = version as string | null;
    this.#reservedIn = reservedIn as string | null;
    this.#modelSha256 = modelSha256 as string | null;
    this.#texts = { ...(texts as Record<string, string>) };
    this.#path = path as string | null;
  }

  async product(): Promise<SavedModel> {
    return { path: this.#path!, modelSha256: this.#modelSha256! };
  }

  async #do(step: (typeof STEPS)[number]): Promise<void> {
    const { settings, model } = this.#work;
    if (step === "reserve") {
      await this.#reserve();
    } else if (step === "model") {
      this.#modelSha256 = hashModel(model);
      await this.#keepGolden();
    } else if (step === "metadata") {
      this.#texts["metadata.json"] = jsonText(this.#metadata());
    } else if (step === "report") {
      const document = this.#work.document(this.#saved());
      this.#texts["report.json"] = jsonText(documentToJson(document));
    } else {
      if (this.#reservedIn !== this.#folder()) await this.#reserve();
      this.#path = await publishModel(
        this.#folder(),
        modelNameOf(settings),
        this.#modelVersion!,
        await this.#files(),
        this.#modelSha256!,
      );
    }
  }

  /** What the model predicts now, so that `models health` can tell whether it still does. */
  async #keepGolden(): Promise<void> {
    const { model, algorithm, settings } = this.#work;
    // Features of a user's own need the user's file.
    if (model.pipeline.user !== null) return;
    const predictor = await createModelPredictor(model, { algorithm, backend: backendOf(settings) });
    try {
      const golden = await goldenPredictions(predictor);
      if (golden !== null) this.#texts[GOLDEN_FILE] = jsonText(golden);
    } finally {
      await predictor.dispose();
    }
  }

  async #reserve(): Promise<void> {
    const { settings, run } = this.#work;
    this.#modelVersion = await reserveVersion(this.#folder(), modelNameOf(settings), run);
    this.#reservedIn = this.#folder();
  }

  #folder(): string {
    return String(this.#work.settings.modelsDir ?? "models");
  }

  #saved(): SavedModel {
    const path = `${this.#folder()}/${modelNameOf(this.#work.settings)}/${this.#modelVersion}`;
    return { path, modelSha256: this.#modelSha256! };
  }

  async #files(): Promise<PackageFile[]> {
    // Drawn from the document that was kept, so that a save that was interrupted publishes what it describes.
    const document = JSON.parse(this.#texts["report.json"]!) as TrainDocument;
    const reports = (await this.#work.renderReports?.(document)) ?? {};
    const encoder = new TextEncoder();
    const texts = Object.entries({ ...this.#texts, ...reports });
    return [...packModel(this.#work.model), ...texts.map(([name, text]): PackageFile => [name, encoder.encode(text)])];
  }

  #metadata(): JsonObject {
    const { champion, algorithms, ...document } = documentToJson(this.#work.document(this.#saved())) as JsonObject;
    const results = algorithms as JsonObject[];
    return {
      schemaVersion: 1,
      name: modelNameOf(this.#work.settings),
      version: this.#modelVersion,
      modelSha256: this.#modelSha256,
      algorithm: champion ?? null,
      ...withoutHistory(results.find(({ name }) => name === champion)),
      run: this.#work.run,
      task: document.task ?? null,
      target: document.target ?? null,
      rows: document.rows ?? null,
      seed: document.seed ?? null,
      confusion: document.confusion ?? null,
      ...this.#work.facts,
    };
  }
}

function withoutHistory({ history: _, ...facts }: JsonObject = {}): JsonObject {
  return facts;
}

function jsonText(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
