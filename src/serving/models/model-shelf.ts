import { KaaykoError } from "../../core/index.ts";
import { HeldModels } from "../../models/index.ts";
import { Problem, unknownModel } from "../problem.ts";
import { isModelName, isStored, loadServedModel, type ServedModel } from "./load-served-model.ts";

/** What is known of a served name. */
export interface ShelfEntry {
  readonly name: string;
  readonly state: "loaded" | "unloaded" | "failed";
  readonly version: string | null;
  readonly sha256: string | null;
  /** Null unless it is in memory. */
  readonly model: ServedModel | null;
}

export interface ShelfOptions {
  readonly modelsDir: string;
  /** Names that are served; null for all in the folder. */
  readonly names: readonly string[] | null;
  /** Contents kept in memory. */
  readonly capacity: number;
  /** Told why a model could not be loaded. */
  readonly onFailure: (name: string, error: unknown) => void;
  /** Told when a content has left memory. */
  readonly onUnload: (sha256: string) => void;
}

/**
 * Models by name, in memory by content: names of equal content share one predictor. A reload swaps what a name stands for in
 * one step; requests under way finish with the model that they began with, which is disposed of behind the last of them.
 */
export class ModelShelf {
  readonly #options: ShelfOptions;
  /** What each name stands for now. */
  readonly #current = new Map<string, { version: string; sha256: string }>();
  readonly #held: HeldModels<ServedModel>;
  readonly #failed = new Set<string>();
  readonly #loading = new Map<string, Promise<ServedModel>>();

  constructor(options: ShelfOptions) {
    this.#options = options;
    this.#held = new HeldModels({
      capacity: options.capacity,
      dispose: ({ predictor }) => predictor.dispose(),
      onUnload: options.onUnload,
    });
  }

  /** Whether a name may be asked for; what is on disk is another question. */
  serves(name: string): boolean {
    const { names } = this.#options;
    return isModelName(name) && (names === null || names.includes(name));
  }

  /** Whether there is a model of that name to be asked for. */
  async has(name: string): Promise<boolean> {
    if (!this.serves(name)) return false;
    return this.#current.has(name) || (await isStored(this.#options.modelsDir, name));
  }

  /** Everything that was loaded once or could not be. */
  entries(): ShelfEntry[] {
    const loaded = [...this.#current].map(([name, { version, sha256 }]): ShelfEntry => {
      const model = this.#held.peek(sha256) ?? null;
      return { name, state: model === null ? "unloaded" : "loaded", version, sha256, model };
    });
    const failed = [...this.#failed]
      .filter((name) => !this.#current.has(name))
      .map((name): ShelfEntry => ({ name, state: "failed", version: null, sha256: null, model: null }));
    return [...loaded, ...failed].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Does something with a model; it stays in memory until that is done.
   *
   * @throws Problem 404 where there is none, 503 where it cannot be loaded
   */
  async use<T>(name: string, work: (model: ServedModel) => T | Promise<T>): Promise<T> {
    let taken = this.#inMemory(name);
    // Others may fill the shelf between loading and taking.
    while (taken === undefined) taken = this.#held.take((await this.#load(name)).stored.modelSha256);
    try {
      return await work(taken.value);
    } finally {
      taken.release();
    }
  }

  /**
   * Loads the newest version of a model and, once it is verified, lets the name stand for it.
   *
   * @throws Problem as `use`; the name then stands for what it did before
   */
  async reload(name: string): Promise<{ readonly model: ServedModel; readonly changed: boolean }> {
    const before = this.#current.get(name)?.sha256;
    const model = await this.#load(name);
    return { model, changed: model.stored.modelSha256 !== before };
  }

  /** Disposes of every model. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#loading.values());
    await this.#held.close();
  }

  #inMemory(name: string): ReturnType<HeldModels<ServedModel>["take"]> {
    const sha256 = this.#current.get(name)?.sha256;
    return sha256 === undefined ? undefined : this.#held.take(sha256);
  }

  /** Loads a name once for all who ask meanwhile. */
  #load(name: string): Promise<ServedModel> {
    const running = this.#loading.get(name);
    if (running !== undefined) return running;
    const loading = this.#loadNow(name).finally(() => this.#loading.delete(name));
    this.#loading.set(name, loading);
    return loading;
  }

  async #loadNow(name: string): Promise<ServedModel> {
    const loaded = await this.#fromDisk(name);
    const { modelSha256: sha256, version } = loaded.stored;
    const model = await this.#held.add(sha256, loaded);
    const before = this.#current.get(name)?.sha256;
    this.#current.set(name, { version, sha256 });
    this.#failed.delete(name);
    if (before !== undefined && before !== sha256) this.#retireUnnamed(before);
    return model;
  }

  async #fromDisk(name: string): Promise<ServedModel> {
    if (!this.serves(name)) throw unknownModel(name);
    try {
      return await loadServedModel(this.#options.modelsDir, name);
    } catch (error) {
      if (error instanceof KaaykoError && error.kind === "input") throw unknownModel(name);
      this.#failed.add(name);
      this.#options.onFailure(name, error);
      throw new Problem({ status: 503, detail: `Model ${name} cannot be loaded; the log says why.` });
    }
  }

  #retireUnnamed(sha256: string): void {
    if (![...this.#current.values()].some((entry) => entry.sha256 === sha256)) this.#held.retire(sha256);
  }
}
