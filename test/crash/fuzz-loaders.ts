import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listCheckpoints, memoryStore, openRun, verifyRun } from "../../src/checkpoints/index.ts";
import { parseManifestName } from "../../src/checkpoints/keys.ts";
import { loadState } from "../../src/checkpoints/load-state.ts";
import { readManifest, type StateManifest } from "../../src/checkpoints/manifest.ts";
import {
  type DType,
  dtypeBytes,
  fromBytes,
  hashState,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type RandomStream,
  randomStream,
  sha256,
} from "../../src/core/index.ts";
import { createModelPredictor, rowsToBatch, unpackModel } from "../../src/models/index.ts";
import { seal, unseal } from "../../src/storage/index.ts";
import { RunRecord } from "../../src/training/run-record.ts";
import { impatient } from "../checkpoints/scenario.ts";
import { mutateBytes, mutateJson } from "./mutate.ts";

const CORPUS = fileURLToPath(new URL("../fixtures/corpus/0.1.0/", import.meta.url));
/** A file that keeps a reader busy for so much time of processors is taken for one that hangs it; a loaded machine only waits. */
const HANGS_AFTER_MS = 30_000;
const busyMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

export interface FuzzReport {
  /** By what was fuzzed: how many were refused with a clear error, and how many were read nevertheless. */
  readonly outcomes: ReadonlyMap<string, { refused: number; read: number }>;
  readonly largestRssBytes: number;
}

type Target = (random: RandomStream) => Promise<void>;

/**
 * Reads mutated manifests, runs, blobs and model packages, one for each seed. Half of them carry the right hashes for what
 * they say, so that the checks behind the hashes are reached.
 *
 * @throws where one was neither read nor refused with a KaaykoError, hung, reached a prototype, or left its folder
 */
export async function fuzzLoaders(
  first: number,
  last: number,
  onProgress?: (seed: number) => void,
): Promise<FuzzReport> {
  const targets = await makeTargets();
  const names = Object.keys(targets);
  const outcomes = new Map(names.map((name) => [name, { refused: 0, read: 0 }]));
  let largestRssBytes = 0;
  const untouched = Object.getOwnPropertyNames(Object.prototype).length;
  for (let seed = first; seed <= last; seed++) {
    const name = names[seed % names.length]!;
    const start = busyMs();
    const refused = await isRefused(() => targets[name]!(randomStream(seed, "fuzz", name)), `${name}, seed ${seed}`);
    if (busyMs() - start > HANGS_AFTER_MS) throw new Error(`${name}, seed ${seed}: it hung`);
    if (Object.getOwnPropertyNames(Object.prototype).length !== untouched)
      throw new Error(`${name}, seed ${seed}: it reached Object.prototype`);
    outcomes.get(name)![refused ? "refused" : "read"]++;
    if (seed % 1000 === 0) {
      largestRssBytes = Math.max(largestRssBytes, process.memoryUsage.rss());
      onProgress?.(seed);
    }
  }
  return { outcomes, largestRssBytes: Math.max(largestRssBytes, process.memoryUsage.rss()) };
}

async function isRefused(work: () => Promise<void>, context: string): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof KaaykoError && /^Cannot .+: .+/s.test(error.message)) return true;
    throw new Error(`${context}: ${String(error)}`, { cause: error });
  }
}

async function makeTargets(): Promise<Record<string, Target>> {
  const run = readRun(join(CORPUS, "interrupted"));
  const models = ["xgboost", "hist-gradient", "baseline"].map((name) => readModel(name));
  const neural = readModel("mlp");
  return {
    manifest: async (random) => {
      const [at, bytes] = pick(run.manifests, random);
      readManifest(mutateSealed(bytes, random), at);
    },
    "model package": (random) => readMutatedModel(pick(models, random), random),
    blob: (random) => readMutatedBlob(run, random),
    "model package, once more": (random) => readMutatedModel(pick(models, random), random),
    "manifest, again": async (random) => {
      const [at, bytes] = pick(run.manifests, random);
      readManifest(mutateSealed(bytes, random), at);
    },
    // Slower ones get every 6th seed together.
    "whole run": (random) => (random.integer(8) === 0 ? readMutatedModel(neural, random) : openMutatedRun(run, random)),
  };
}

interface FuzzedRun {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly manifests: readonly (readonly [{ token: number; sequence: number }, Uint8Array])[];
}

function readRun(folder: string): FuzzedRun {
  const [runId] = readdirSync(folder);
  const files = new Map<string, Uint8Array>();
  for (const name of readdirSync(join(folder, runId!), { recursive: true }) as string[])
    if (/run\.json$|manifests\/.|blobs\/\d+\/./.test(name)) files.set(name, readFileSync(join(folder, runId!, name)));
  const manifests = [...files].flatMap(([name, bytes]) => {
    const at = name.startsWith("manifests/") ? parseManifestName(name.slice("manifests/".length)) : undefined;
    return at === undefined ? [] : [[at, bytes] as const];
  });
  return { files, manifests };
}

/** Changed as it lies there, or in what it says, with the hash that belongs to that. */
function mutateSealed(bytes: Uint8Array, random: RandomStream): Uint8Array {
  if (random.integer(3) === 0) return mutateBytes(bytes, random);
  return Buffer.from(seal(mutateJson(unseal(bytes, "it").content, random)).text);
}

/** A checkpoint with a blob that is changed and named by its new hash. */
async function readMutatedBlob(run: FuzzedRun, random: RandomStream): Promise<void> {
  const states = run.manifests.filter(([at]) => at.sequence > 0);
  const [at, bytes] = pick(states, random);
  const manifest = readManifest(bytes, at).manifest as StateManifest;
  const store = memoryStore();
  const changed = random.integer(manifest.blobs.length);
  const blobs = manifest.blobs.map(({ name }, i) => {
    const content = run.files.get(`blobs/${at.token}/${name}`)!;
    if (i !== changed) return { name, content };
    const mutated = mutateBytes(content, random);
    return { name: sha256(mutated), content: mutated };
  });
  await store.write(blobs.map(({ name, content }) => ({ key: `run-1/blobs/${at.token}/${name}`, content })));
  const named = { ...manifest, blobs: blobs.map(({ name, content }) => ({ name, bytes: content.byteLength })) };
  const checked = readManifest(Buffer.from(seal(named as unknown as JsonValue).text), at).manifest as StateManifest;
  RunRecord.fromState(await loadState(store, "run-1", checked)).toState();
}

/** A run of which any file is changed: listed, verified and opened, in a store that nothing can leave. */
async function openMutatedRun(run: FuzzedRun, random: RandomStream): Promise<void> {
  const store = memoryStore();
  const names = [...run.files.keys()];
  const changed = names[random.integer(names.length)]!;
  for (const [name, bytes] of run.files) {
    const sealed = name.endsWith(".json");
    const mutated = name !== changed ? bytes : sealed ? mutateSealed(bytes, random) : mutateBytes(bytes, random);
    await store.write([{ key: `run-1/${name}`, content: mutated }]);
  }
  await listCheckpoints(store, "run-1");
  await verifyRun(store, "run-1");
  const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
  await session.close();
  if ((await store.children("")).join() !== "run-1") throw new Error("something was written outside the run");
}

interface FuzzedModel {
  readonly root: { content: JsonObject; arrays: JsonObject; modelSha256: string };
  readonly json: Uint8Array;
  readonly arrays: Uint8Array;
}

function readModel(name: string): FuzzedModel {
  const json = readFileSync(join(CORPUS, "models", name, "1", "model.json"));
  const arrays = readFileSync(join(CORPUS, "models", name, "1", "arrays.bin"));
  return { root: JSON.parse(json.toString("utf8")), json, arrays };
}

async function readMutatedModel(original: FuzzedModel, random: RandomStream): Promise<void> {
  const [json, arrays] = mutateModel(original, random);
  const { model } = unpackModel(json, arrays, "the model");
  const predictor = await createModelPredictor(model, { backend: "cpu" });
  const row = Object.fromEntries(predictor.inputs.map(({ name, kind }) => [name, kind === "numeric" ? 0.5 : "red"]));
  const rows = [row, { ...row, ...Object.fromEntries(predictor.inputs.map(({ name }) => [name, null])) }];
  await predictor.predict(rowsToBatch(predictor.inputs, rows));
  await predictor.dispose();
}

function mutateModel({ root, json, arrays }: FuzzedModel, random: RandomStream): [Uint8Array, Uint8Array] {
  const kind = random.integer(4);
  if (kind === 0) return [mutateBytes(json, random), arrays];
  if (kind === 1) return [Buffer.from(JSON.stringify(mutateJson(root as unknown as JsonValue, random))), arrays];
  const bytes = kind === 2 ? mutateBytes(arrays, random) : arrays;
  const content = (kind === 3 ? mutateJson(root.content, random) : root.content) as JsonObject;
  const index = { ...root.arrays, bytes: bytes.length, sha256: sha256(bytes) };
  const modelSha256 = hashOf(content, index, bytes);
  return [Buffer.from(JSON.stringify({ modelSha256, content, arrays: index })), bytes];
}

/** The hash that the package must carry to be believed; what cannot be hashed carries none. */
function hashOf(content: JsonObject, index: JsonObject, bytes: Uint8Array): string {
  const { entries } = index as unknown as { entries: { name: string; dtype: DType; length: number; offset: number }[] };
  try {
    const arrays = entries.map(({ name, dtype, length, offset }) => {
      const piece = bytes.slice(offset, offset + length * dtypeBytes(dtype));
      return [name, fromBytes(dtype, piece)] as const;
    });
    return hashState({ json: content, arrays: Object.fromEntries(arrays) });
  } catch {
    return "";
  }
}

function pick<T>(items: readonly T[], random: RandomStream): T {
  return items[random.integer(items.length)]!;
}
