import { type JsonObject, parseJson } from "../core/index.ts";
import { fateOf, isProcessIdentity, ownProcess, type ProcessIdentity } from "../storage/index.ts";
import type { JobStore } from "./store.ts";

/** A worker of another machine counts as alive while its note is younger than this. Starts and pre-emption go by it, never who owns a job. */
const SEEN_WITHIN_MS = 30_000;

/** What a worker says of itself. */
export interface WorkerNote {
  readonly name: string;
  readonly process: ProcessIdentity;
  /** Jobs that it takes at once. */
  readonly concurrency: number;
  /** Jobs that it works on. */
  readonly jobs: number;
}

/** Tells others that a worker is there. To be repeated: it grows old. */
export function announce(store: JobStore, note: WorkerNote): Promise<void> {
  const { name, process, concurrency, jobs } = note;
  const text = JSON.stringify({ at: new Date().toISOString(), process, concurrency, jobs });
  return store.announce(name, text);
}

/** The workers that are alive, as far as can be told. Notes of dead ones are removed. */
export async function livingWorkers(store: JobStore): Promise<WorkerNote[]> {
  const living: WorkerNote[] = [];
  for (const { name, text } of await store.announced()) {
    const found = parseNote(name, text);
    if (found === undefined) continue;
    const fate = fateOf(found.note.process);
    if (fate === "dead") await store.withdraw(name);
    else if (fate === "alive" || Math.abs(Date.now() - found.at) < SEEN_WITHIN_MS) living.push(found.note);
  }
  return living;
}

/** Jobs that the others of this machine could take now. */
export function slotsOfOthers(workers: readonly WorkerNote[], name: string): number {
  return workers
    .filter((other) => other.name !== name && other.process.host === ownProcess().host)
    .reduce((sum, other) => sum + Math.max(0, other.concurrency - other.jobs), 0);
}

/** Undefined for a note that is torn or none. */
function parseNote(name: string, text: string): { note: WorkerNote; at: number } | undefined {
  try {
    const { at, process, concurrency, jobs } = parseJson(text, "a worker's note") as JsonObject;
    if (!isProcessIdentity(process) || !Number.isSafeInteger(concurrency) || !Number.isSafeInteger(jobs))
      return undefined;
    return {
      note: { name, process, concurrency: Number(concurrency), jobs: Number(jobs) },
      at: Date.parse(String(at)),
    };
  } catch {
    return undefined;
  }
}
