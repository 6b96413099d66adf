import { type JsonObject, KaaykoError } from "../core/index.ts";
import { isObject } from "../core/json.ts";
import { damaged, seal, unseal } from "../storage/index.ts";
import { quarantineKey, runKey } from "./keys.ts";
import type { OpeningManifest } from "./manifest.ts";
import type { CheckpointStore } from "./store.ts";

const RUN_FORMAT = "kaayko-run";
const RUN_VERSION = 1;
export const RUN_MAX_BYTES = 16 * 2 ** 20;

/** What a run was asked to do. Never changes once published. */
export interface RunDocument {
  /** As the run was created with. */
  readonly run: JsonObject;
  /** For people; decides nothing. */
  readonly createdAt: string;
  readonly hash: string;
  /** As it is on the disk, to be repeated by openings. */
  readonly document: JsonObject;
}

export function newRunDocument(run: JsonObject): RunDocument {
  const createdAt = new Date().toISOString();
  const document: JsonObject = { format: RUN_FORMAT, version: RUN_VERSION, createdAt, run };
  return { run, createdAt, hash: seal(document).hash, document };
}

/** False where the run exists. */
export async function publishRunDocument(
  store: CheckpointStore,
  runId: string,
  document: RunDocument,
): Promise<boolean> {
  const { text } = seal(document.document);
  if (text.length > RUN_MAX_BYTES)
    throw new KaaykoError({ action: `create the run ${runId}`, rule: "its settings must be smaller", kind: "input" });
  return store.create(runKey(runId), text);
}

/** @throws KaaykoError (damaged) where it is not as it was written; undefined where there is none */
export async function readRunDocument(store: CheckpointStore, runId: string): Promise<RunDocument | undefined> {
  const bytes = await store.read(runKey(runId), RUN_MAX_BYTES);
  return bytes === undefined ? undefined : parse(unseal(bytes, `run.json of ${runId}`).content, runId);
}

function parse(document: JsonObject, runId: string): RunDocument {
  const { format, version, createdAt, run } = document;
  if (format !== RUN_FORMAT || typeof createdAt !== "string" || !isObject(run))
    throw damaged(`run.json of ${runId}`, "it must describe a run");
  if (version !== RUN_VERSION)
    throw new KaaykoError({
      action: `open the run ${runId}`,
      rule: `its format must be version ${RUN_VERSION}`,
      got: JSON.stringify(version ?? null).slice(0, 20),
      remedy: "Open it with the version of kaayko that wrote it.",
    });
  return { run, createdAt, hash: seal(document).hash, document };
}

/** The owner's way to mend a run whose document is damaged or gone: sets it aside and publishes the copy of an opening. */
export async function restoreRunDocument(
  store: CheckpointStore,
  runId: string,
  openings: readonly { readonly manifest: OpeningManifest }[],
): Promise<RunDocument | undefined> {
  const copy = openings[0]?.manifest.document;
  if (copy === undefined) return undefined;
  const document = parse(copy, runId);
  await store.move(runKey(runId), quarantineKey(runId, "run.json"));
  await publishRunDocument(store, runId, document);
  return document;
}

export function noSuchRun(store: CheckpointStore, runId: string): KaaykoError {
  return new KaaykoError({
    action: `open the run ${runId}`,
    rule: `there must be such a run in ${store.name}`,
    remedy: "List the runs with kaayko status.",
    kind: "usage",
  });
}
