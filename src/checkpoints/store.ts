import type { Content } from "../storage/index.ts";

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Where runs are kept: a flat space of named objects, `<run>/manifests/1-7.json`, small enough for a folder, for memory and
 * for a bucket with conditional puts. Everything about leases, manifests and damage is decided above it.
 *
 * Keys are safe names (see storage) joined by "/". A missing object is `undefined` or nothing, never an error. Errors of the
 * medium are thrown and say nothing about what was stored; `damaged` errors say that an object cannot be what was put.
 */
export interface CheckpointStore {
  /** For a person: "checkpoints/" or "memory". */
  readonly name: string;
  /** The names one level below a prefix ("" for the runs), in no order. Names of objects under way are never among them. */
  children(prefix: string): Promise<string[]>;
  /** Every object directly below a prefix. */
  list(prefix: string): Promise<StoredObject[]>;
  /** The object's bytes; `damaged` where it is larger than `maxBytes`, which is checked before anything is allocated. */
  read(key: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Stores objects whole; all are durable when this resolves. The same key is only ever written with the same content. */
  write(objects: readonly { readonly key: string; readonly content: Content }[]): Promise<void>;
  /** Creates an object that must not exist, whole and durable; false where it does. Exactly one of several callers wins. */
  create(key: string, content: Uint8Array | string): Promise<boolean>;
  /** Overwrites a small object, not durably; a reader may see the old content, the new, or a part of it. */
  touch(key: string, content: string): Promise<void>;
  /** Adds whole lines to a log, not durably. */
  append(key: string, lines: string): Promise<void>;
  /** Moves an object; one that is gone is fine. */
  move(key: string, to: string): Promise<void>;
  /** Removes objects, in order, durably when this resolves. What is gone is fine. */
  remove(keys: readonly string[]): Promise<void>;
  /** Removes everything below a prefix, leftovers of interrupted writes too. */
  removeAll(prefix: string): Promise<void>;
  /** Plain data from which a worker thread opens the same store; absent where only this thread can use it. */
  readonly address?: StoreAddress;
}

export interface StoreAddress {
  readonly kind: "local";
  readonly folder: string;
}
