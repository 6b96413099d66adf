import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { hasCode, type JsonObject, KaaykoError, parseJson, suggest } from "../core/index.ts";
import { checkName, isSafeName, publishFolder, readFileCapped, reserveName } from "../storage/index.ts";
import { MAX_ARRAY_BYTES, MAX_JSON_BYTES, type Model, type PackageFile, unpackModel } from "./package.ts";

const MAX_VERSIONS = 1_000_000;

/** A model as it lies on disk. */
export interface StoredModel {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly model: Model;
  readonly modelSha256: string;
  /** Metrics, importance, fingerprints, environment; shown, never decides anything. Empty where it is missing or unreadable. */
  readonly metadata: JsonObject;
}

/** A model in a list, from its metadata only. */
export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly bytes: number;
  readonly metadata: JsonObject;
}

/**
 * Reserves the next version of a model for a run: "1", "2", … Asked again by the same run, it gives the same one.
 *
 * @throws KaaykoError (usage) for a name that cannot be a folder's
 */
export async function reserveVersion(modelsDir: string, name: string, holder: string): Promise<string> {
  checkName(name, "the name of a model");
  const version = await reserveName(join(modelsDir, name), versions(), holder);
  if (version !== undefined) return version;
  throw new KaaykoError({ action: `save model ${name}`, rule: `it may have at most ${MAX_VERSIONS} versions` });
}

function* versions(): Iterable<string> {
  for (let version = 1; version <= MAX_VERSIONS; version++) yield String(version);
}

/**
 * Publishes a package whole or not at all. Where the version is there already and is the same model, nothing happens: a run
 * that was killed behind the publishing finds its own.
 */
export async function publishModel(
  modelsDir: string,
  name: string,
  version: string,
  files: readonly PackageFile[],
  modelSha256: string,
): Promise<string> {
  const path = join(modelsDir, name, version);
  if (await publishFolder(join(modelsDir, name), version, files)) return path;
  const existing = await loadModel(path).catch(() => null);
  if (existing?.modelSha256 === modelSha256) return path;
  throw new KaaykoError({
    action: `save the model as ${path}`,
    rule: "nothing else may be there",
    remedy: "Move what is there away, then resume.",
  });
}

/**
 * Loads a model from its folder. Everything is checked before use.
 *
 * @throws KaaykoError (input) where there is none, (damaged) where it is not whole
 */
export async function loadModel(path: string): Promise<StoredModel> {
  const [json, arrays] = [
    await readFileCapped(join(path, "model.json"), MAX_JSON_BYTES),
    await readFileCapped(join(path, "arrays.bin"), MAX_ARRAY_BYTES),
  ];
  if (json === undefined && arrays === undefined) throw noModel(path);
  if (json === undefined || arrays === undefined)
    throw new KaaykoError({
      action: `load ${path}`,
      rule: "model.json and arrays.bin must be there",
      remedy: "Train it again, or take an intact copy.",
      kind: "damaged",
    });
  const { model, modelSha256 } = unpackModel(json, arrays, path);
  const full = resolve(path);
  return {
    name: basename(dirname(full)),
    version: basename(full),
    path,
    model,
    modelSha256,
    metadata: await readMetadata(path),
  };
}

/** All models in a folder, by name and version, the newest version of each first; damaged ones are listed too. */
export async function listModels(modelsDir: string): Promise<ModelEntry[]> {
  const entries: ModelEntry[] = [];
  for (const name of await foldersIn(modelsDir))
    for (const version of await versionsOf(join(modelsDir, name))) {
      const path = join(modelsDir, name, version);
      entries.push({ name, version, path, bytes: await sizeOf(path), metadata: await readMetadata(path) });
    }
  return entries;
}

/**
 * Finds and loads a model: a folder's path, a name (its newest version), `name@version` or `name/version`.
 *
 * @throws KaaykoError (input) where there is none, with a suggestion
 */
export async function findModel(nameOrPath: string, modelsDir: string): Promise<StoredModel> {
  return loadModel(await locateModel(nameOrPath, modelsDir));
}

/** The folder of a model, as `findModel` finds it. */
export async function locateModel(nameOrPath: string, modelsDir: string): Promise<string> {
  const named = join(modelsDir, nameOrPath.replace(/@([1-9]\d*)$/, "/$1"));
  for (const candidate of [nameOrPath, named]) {
    if (await isModelFolder(candidate)) return candidate;
    const newest = (await versionsOf(candidate))[0];
    if (newest !== undefined) return join(candidate, newest);
  }
  const names = await foldersIn(modelsDir);
  const near = suggest(nameOrPath, names);
  throw noModel(nameOrPath, near === undefined ? names : [near]);
}

function noModel(path: string, names: readonly string[] = []): KaaykoError {
  const known = names.length > 0 ? `There ${names.length > 1 ? "are" : "is"}: ${names.slice(0, 10).join(", ")}.` : "";
  return new KaaykoError({
    action: `load the model ${path}`,
    rule: "there must be one",
    remedy: known || "Train one with: kaayko train",
    kind: "input",
  });
}

async function readMetadata(path: string): Promise<JsonObject> {
  try {
    const bytes = await readFileCapped(join(path, "metadata.json"), MAX_JSON_BYTES);
    const value = bytes === undefined ? {} : parseJson(new TextDecoder().decode(bytes), "metadata.json");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    // Metadata is for people: a model without it predicts the same.
    return {};
  }
}

async function isModelFolder(path: string): Promise<boolean> {
  return stat(join(path, "model.json")).then(
    (status) => status.isFile(),
    () => false,
  );
}

/** Versions in a model's folder that hold a model, the newest first. */
async function versionsOf(path: string): Promise<string[]> {
  const numbers = (await foldersIn(path)).filter((name) => /^[1-9]\d{0,8}$/.test(name));
  const found: string[] = [];
  for (const version of numbers.sort((a, b) => Number(b) - Number(a)))
    if (await isModelFolder(join(path, version))) found.push(version);
  return found;
}

async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isSafeName(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async ({ name }) => (await stat(join(path, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
