import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { KaaykoError } from "../core/index.ts";
import { HeldModels } from "./held-models.ts";
import type { Model } from "./package.ts";
import { createModelPredictor, type ModelPredictor, type PredictorOptions } from "./predictor.ts";
import { loadModel, locateModel } from "./store.ts";

export interface ModelCacheOptions extends PredictorOptions {
  /** Where names are looked up. Default "models". */
  readonly modelsDir?: string;
  /** Models in memory at most. Default 16. */
  readonly models?: number;
  /** Bytes of the arrays of models in memory at most; what predicts takes about as much again. Default 2 GiB. */
  readonly bytes?: number;
}

/** Models that stay in memory between predictions. */
export interface ModelCache {
  /**
   * The predictor of a model, by name (its newest version), `name/version` or folder. Equal models share one; a folder whose files were
   * replaced, or a name that got a newer version, gives the new model from the next call on, and who holds the old one keeps it. Its
   * `dispose` gives it back. Limits let go of models that nobody holds, those asked for longest ago first.
   *
   * @throws KaaykoError (input) where there is none, (damaged) where it is not whole
   */
  predictor(nameOrPath: string): Promise<ModelPredictor>;
  /** Hashes of the models in memory, the one that was asked for last at the end. */
  hashes(): readonly string[];
  /** Disposes of all, also of what is held. */
  close(): Promise<void>;
}

const MODELS = 16;
const BYTES = 2 * 2 ** 30;

/** Makes a cache of models by their content. A hit costs a look at the folder, and reads no file. */
export function createModelCache(options: ModelCacheOptions = {}): ModelCache {
  return new ContentCache(options);
}

/** What a folder held when it was read. */
interface Known {
  readonly files: string;
  readonly sha256: string;
}

class ContentCache implements ModelCache {
  readonly #options: ModelCacheOptions;
  readonly #held: HeldModels<ModelPredictor>;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<string>>();
  #closed = false;

  constructor(options: ModelCacheOptions) {
    this.#options = options;
    this.#held = new HeldModels({
      capacity: options.models ?? MODELS,
      maxBytes: options.bytes ?? BYTES,
      bytesOf: ({ model }) => bytesOf(model),
      dispose: (predictor) => predictor.dispose(),
      onUnload: (sha256) => {
        for (const [path, known] of this.#known) if (known.sha256 === sha256) this.#known.delete(path);
      },
    });
  }

  async predictor(nameOrPath: string): Promise<ModelPredictor> {
    const path = resolve(await locateModel(nameOrPath, this.#options.modelsDir ?? "models"));
    const files = await signatureOf(path);
    for (;;) {
      const known = this.#known.get(path);
      const sha256 = known?.files === files ? known.sha256 : await this.#load(path, files);
      if (this.#closed) throw closed(nameOrPath);
      // Between loading and taking, others may have filled the cache.
      const taken = this.#held.take(sha256);
      if (taken === undefined) {
        this.#known.delete(path);
        continue;
      }
      return { ...taken.value, dispose: async () => taken.release() };
    }
  }

  hashes(): readonly string[] {
    return this.#held.hashes();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#loading.values());
    await this.#held.close();
  }

  /** Loads a folder once for all who ask meanwhile; gives the hash of its content. */
  #load(path: string, files: string): Promise<string> {
    const key = `${files} ${path}`;
    const running = this.#loading.get(key);
    if (running !== undefined) return running;
    const loading = this.#loadNow(path, files).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #loadNow(path: string, files: string): Promise<string> {
    const { model, modelSha256: sha256 } = await loadModel(path);
    if (this.#held.peek(sha256) === undefined)
      await this.#held.add(sha256, await createModelPredictor(model, this.#options));
    this.#known.set(path, { files, sha256 });
    return sha256;
  }
}

/** What tells that a folder's files were replaced: which files they are, how long, and when they were written. */
async function signatureOf(path: string): Promise<string> {
  const all = await Promise.all(
    ["model.json", "arrays.bin"].map((name) => stat(join(path, name), { bigint: true }).catch(() => null)),
  );
  return all
    .map((file) => (file === null ? "none" : `${file.ino}:${file.size}:${file.mtimeNs}:${file.ctimeNs}`))
    .join();
}

function bytesOf({ content }: Model): number {
  return Object.values(content.arrays).reduce((sum, array) => sum + array.byteLength, 0);
}

function closed(what: string): KaaykoError {
  return new KaaykoError({ action: `load the model ${what}`, rule: "the cache must be open", kind: "usage" });
}
