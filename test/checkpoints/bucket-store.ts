import type { CheckpointStore } from "../../src/checkpoints/index.ts";
import { KaaykoError } from "../../src/core/index.ts";
import { type Content, checkName } from "../../src/storage/index.ts";

/** What a bucket with conditional puts offers, such as S3 with `If-None-Match: *`: nothing else. */
export interface Bucket {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** False where the key is taken. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** All keys that begin so. */
  list(prefix: string): Promise<{ readonly key: string; readonly bytes: number }[]>;
  delete(key: string): Promise<void>;
}

/** A bucket in memory whose every answer comes late. */
export function memoryBucket(): Bucket {
  const objects = new Map<string, Uint8Array>();
  const late = () => new Promise((resolve) => setImmediate(resolve));
  return {
    async get(key) {
      await late();
      return objects.get(key)?.slice();
    },
    async put(key, bytes) {
      await late();
      objects.set(key, bytes.slice());
    },
    async putIfAbsent(key, bytes) {
      await late();
      if (objects.has(key)) return false;
      objects.set(key, bytes.slice());
      return true;
    },
    async list(prefix) {
      await late();
      const found = [...objects].filter(([key]) => key.startsWith(prefix));
      return found.map(([key, bytes]) => ({ key, bytes: bytes.byteLength }));
    },
    async delete(key) {
      await late();
      objects.delete(key);
    },
  };
}

/** A store over a bucket: shows that the contract asks for nothing that a bucket with conditional puts lacks. */
export function bucketStore(bucket: Bucket): CheckpointStore {
  const checked = (key: string): string => {
    for (const part of key.split("/")) checkName(part, "part of a path");
    return key;
  };
  const below = async (prefix: string): Promise<{ rest: string; bytes: number }[]> => {
    const start = prefix === "" ? "" : `${checked(prefix)}/`;
    return (await bucket.list(start)).map(({ key, bytes }) => ({ rest: key.slice(start.length), bytes }));
  };
  return {
    name: "bucket",
    children: async (prefix) => [...new Set((await below(prefix)).map(({ rest }) => rest.split("/")[0]!))],
    list: async (prefix) =>
      (await below(prefix))
        .filter(({ rest }) => !rest.includes("/"))
        .map(({ rest, bytes }) => ({ key: `${prefix}/${rest}`, bytes })),
    async read(key, maxBytes) {
      const bytes = await bucket.get(checked(key));
      if (bytes === undefined || bytes.byteLength <= maxBytes) return bytes;
      throw new KaaykoError({ action: `read ${key}`, rule: `it may have ${maxBytes} bytes`, kind: "damaged" });
    },
    async write(objects) {
      for (const { key, content } of objects) await bucket.put(checked(key), await gather(content));
    },
    create: async (key, content) => bucket.putIfAbsent(checked(key), await gather(content)),
    touch: async (key, content) => bucket.put(checked(key), Buffer.from(content)),
    async append(key, lines) {
      const before = (await bucket.get(checked(key))) ?? new Uint8Array();
      await bucket.put(key, Buffer.concat([before, Buffer.from(lines)]));
    },
    async move(key, to) {
      const bytes = await bucket.get(checked(key));
      if (bytes === undefined) return;
      await bucket.put(checked(to), bytes);
      await bucket.delete(key);
    },
    async remove(keys) {
      for (const key of keys) await bucket.delete(checked(key));
    },
    async removeAll(prefix) {
      for (const { rest } of await below(prefix)) await bucket.delete(`${prefix}/${rest}`);
    },
  };
}

async function gather(content: Content): Promise<Uint8Array> {
  if (typeof content === "string") return Buffer.from(content);
  if (typeof content !== "function") return content;
  const pieces: Uint8Array[] = [];
  for await (const piece of content()) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}
