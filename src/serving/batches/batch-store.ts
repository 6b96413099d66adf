import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode, type JsonObject, type JsonValue, KaaykoError, parseJson } from "../../core/index.ts";
import { ensureFolder, readFileCapped, removeFolder, writeFileAtomic } from "../../storage/index.ts";
import { type BatchRequest, type BatchResult, type BatchStatus, requestFromJson, statusFromJson } from "./batch.ts";

const MAX_BYTES = 256 * 2 ** 20;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Batches in a folder, one folder each: `request.json`, `status.json`, `results.json`. Each is written whole or not at all. */
export interface BatchStore {
  /** Statuses of all batches; damaged ones are left out. */
  list(): Promise<BatchStatus[]>;
  create(status: BatchStatus, request: BatchRequest): Promise<void>;
  /** @throws KaaykoError (damaged) where it cannot be read */
  readRequest(id: string): Promise<BatchRequest>;
  writeStatus(status: BatchStatus): Promise<void>;
  writeResults(id: string, results: readonly BatchResult[]): Promise<void>;
  /** @throws KaaykoError (damaged) where they cannot be read */
  readResults(id: string): Promise<BatchResult[]>;
  remove(id: string): Promise<void>;
}

export function folderBatchStore(folder: string): BatchStore {
  const pathOf = (id: string, name: string): string => join(folder, id, name);
  const write = (id: string, name: string, value: unknown): Promise<void> =>
    writeFileAtomic(pathOf(id, name), `${JSON.stringify(value)}\n`);
  const writeStatus = ({ id, ...status }: BatchStatus): Promise<void> => write(id, "status.json", status);
  return {
    async list() {
      const found: BatchStatus[] = [];
      for (const id of await idsIn(folder)) {
        const status = await read(pathOf(id, "status.json")).then(
          (json) => statusFromJson(id, objectOf(json)),
          () => undefined,
        );
        if (status !== undefined) found.push(status);
      }
      return found;
    },
    async create(status, request) {
      await ensureFolder(join(folder, status.id));
      await write(status.id, "request.json", request);
      await writeStatus(status);
    },
    async readRequest(id) {
      const request = requestFromJson(objectOf(await read(pathOf(id, "request.json"))));
      if (request === undefined) throw damaged();
      return request;
    },
    writeStatus,
    writeResults: (id, results) => write(id, "results.json", results),
    async readResults(id) {
      const results = await read(pathOf(id, "results.json"));
      if (!Array.isArray(results) || !results.every(isResult)) throw damaged();
      return results as unknown as BatchResult[];
    },
    remove: (id) => removeFolder(join(folder, id)),
  };
}

async function idsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => ID.test(name)).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

async function read(path: string): Promise<JsonValue> {
  const bytes = await readFileCapped(path, MAX_BYTES);
  if (bytes === undefined) throw damaged();
  return parseJson(new TextDecoder().decode(bytes), "a batch");
}

function isResult(value: JsonValue): boolean {
  const { index, predictions } = objectOf(value);
  return typeof index === "number" && typeof predictions === "object" && predictions !== null;
}

function objectOf(value: JsonValue): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw damaged();
}

function damaged(): KaaykoError {
  return new KaaykoError({ action: "read a batch", rule: "it must be as it was written", kind: "damaged" });
}
