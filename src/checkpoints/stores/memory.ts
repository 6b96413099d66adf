import { KaaykoError } from "../../core/index.ts";
import { type Content, checkName } from "../../storage/index.ts";
import type { CheckpointStore } from "../store.ts";

/** A store that lives as long as the process: for tests, and for runs that are not worth a disk. */
export function memoryStore(): CheckpointStore {
  const objects = new Map<string, Uint8Array>();
  const at = (key: string): string => {
    for (const part of key.split("/")) checkName(part, "part of a path");
    return key;
  };
  const below = (prefix: string): string[] => {
    const start = prefix === "" ? "" : `${at(prefix)}/`;
    return [...objects.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
  };
  return {
    name: "memory",
    children: async (prefix) => [...new Set(below(prefix).map((rest) => rest.split("/")[0]!))],
    list: async (prefix) =>
      below(prefix)
        .filter((rest) => !rest.includes("/"))
        .map((rest) => ({ key: `${prefix}/${rest}`, bytes: objects.get(`${prefix}/${rest}`)!.byteLength })),
    async read(key, maxBytes) {
      const bytes = objects.get(at(key));
      if (bytes !== undefined && bytes.byteLength > maxBytes) throw tooLarge(key, maxBytes, bytes.byteLength);
      return bytes?.slice();
    },
    async write(items) {
      for (const { key, content } of items) objects.set(at(key), await gather(content));
    },
    async create(key, content) {
      if (objects.has(at(key))) return false;
      objects.set(key, toBytes(content));
      return true;
    },
    async touch(key, content) {
      objects.set(at(key), toBytes(content));
    },
    async append(key, lines) {
      objects.set(at(key), Buffer.concat([objects.get(key) ?? new Uint8Array(), Buffer.from(lines)]));
    },
    async move(key, to) {
      const bytes = objects.get(at(key));
      if (bytes === undefined) return;
      objects.set(at(to), bytes);
      objects.delete(key);
    },
    async remove(keys) {
      for (const key of keys) objects.delete(at(key));
    },
    async removeAll(prefix) {
      for (const rest of below(prefix)) objects.delete(`${prefix}/${rest}`);
    },
  };
}

function toBytes(content: Uint8Array | string): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
}

async function gather(content: Content): Promise<Uint8Array> {
  if (typeof content !== "function") return toBytes(content);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content()) chunks.push(chunk.slice());
  return new Uint8Array(Buffer.concat(chunks));
}

function tooLarge(key: string, maxBytes: number, bytes: number): KaaykoError {
  return new KaaykoError({
    action: `read ${key}`,
    rule: `it may have at most ${maxBytes} bytes`,
    got: String(bytes),
    kind: "damaged",
  });
}
