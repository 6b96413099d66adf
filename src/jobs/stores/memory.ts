import { EventEmitter } from "node:events";
import type { JobStore, RevisionName } from "../store.ts";

const keyOf = ({ id, revision }: RevisionName): string => `${id}-${revision}`;

/** A queue that lives as long as the process, for tests. */
export function memoryJobStore(): JobStore {
  const revisions = new Map<string, { name: RevisionName; bytes: Uint8Array }>();
  const beats = new Map<number, string>();
  const logs = new Map<number, string>();
  const workers = new Map<string, string>();
  const events = new EventEmitter();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    name: "memory",
    names: async () => [...revisions.values()].map(({ name }) => name),
    read: async (name) => revisions.get(keyOf(name))?.bytes.slice(),
    async publish({ id, revision }, text) {
      const name = { id, revision };
      if (revisions.has(keyOf(name))) return false;
      revisions.set(keyOf(name), { name, bytes: new TextEncoder().encode(text) });
      events.emit("change");
      return true;
    },
    async remove(names) {
      for (const name of names) revisions.delete(keyOf(name));
      events.emit("change");
    },
    beat: async (id, text) => void beats.set(id, text),
    readBeat: async (id) => beats.get(id),
    appendLog: async (id, text) => void logs.set(id, (logs.get(id) ?? "") + text),
    async readLog(id, from) {
      const bytes = Buffer.from(logs.get(id) ?? "");
      return { text: bytes.subarray(from).toString("utf8"), next: Math.max(from, bytes.byteLength) };
    },
    async removeNotes(id) {
      beats.delete(id);
      logs.delete(id);
    },
    announce: async (worker, text) => void workers.set(worker, text),
    announced: async () => [...workers].map(([name, text]) => ({ name, text })),
    withdraw: async (worker) => void workers.delete(worker),
    alone(work) {
      const mine = turn.then(work);
      turn = mine.catch(() => undefined);
      return mine;
    },
    onChange(changed) {
      events.on("change", changed);
      return () => void events.off("change", changed);
    },
  };
}
