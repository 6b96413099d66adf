import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, KaaykoError } from "../core/index.ts";
import { fateOf, isProcessIdentity, ownProcess, type ProcessIdentity, seal, unseal } from "../storage/index.ts";
import { beatKey, leaseKey, manifestsKey, parseLeaseName, parseManifestName } from "./keys.ts";
import type { CheckpointStore } from "./store.ts";

const LEASE_MAX_BYTES = 16_384;

export interface LeaseOptions {
  /** An owner that cannot be proved dead is replaced once its heartbeat has not changed for this long. Default 10,000. */
  readonly timeToLiveMs?: number;
  /** Between two heartbeats, and between two looks at another's. Default 500 and a tenth of that. */
  readonly heartbeatMs?: number;
  /** Milliseconds that only ever grow. Default the process's monotonic clock. */
  readonly clock?: () => number;
  /** Told once when a contender has to wait to see whether an owner is still there. */
  readonly onWait?: (message: string) => void;
}

export const DEFAULT_TIME_TO_LIVE_MS = 10_000;
export const DEFAULT_HEARTBEAT_MS = 500;

/** The newest lease of a run, as far as it can be read. */
export interface HeldLease {
  readonly token: number;
  /** Null where the file is damaged: then only its heartbeat can show that it is alive. */
  readonly owner: ProcessIdentity | null;
  /** The heartbeat's text; undefined where there is none yet. */
  readonly beat: string | undefined;
}

/** How an owner gave its lease back; absent where it did not. */
export type Outcome = "closed" | "failed";

/**
 * Takes the run: creates a lease with a token one higher than any before. Wall clocks decide nothing.
 *
 * @returns the token, and a sentence where another owner was replaced
 * @throws KaaykoError (leased) where another process owns the run
 */
export async function takeLease(
  store: CheckpointStore,
  runId: string,
  options: LeaseOptions = {},
): Promise<{ token: number; warning?: string }> {
  for (;;) {
    // The token is settled before the wait: whoever else finds the run free tries the same one, and one of us gets it.
    const highest = await highestToken(store, runId);
    const held = await newestLease(store, runId);
    const warning = held === undefined ? undefined : await waitUntilFree(store, runId, held, options);
    const token = Math.max(highest, held?.token ?? 0) + 1;
    if (!(await createLease(store, runId, token))) continue;
    // Stopped for long in between, we may have taken a token that others used, gave back and tidied away.
    if ((await newestToken(store, runId)) !== token) continue;
    return warning === undefined ? { token } : { token, warning };
  }
}

/** Creates the lease of a token; false where another process has it. */
export async function createLease(store: CheckpointStore, runId: string, token: number): Promise<boolean> {
  const content = { token, owner: { ...ownProcess() } as JsonObject };
  return store.create(leaseKey(runId, token), seal(content).text);
}

/** The highest token of any lease; 0 where there is none. */
export async function newestToken(store: CheckpointStore, runId: string): Promise<number> {
  const tokens = (await store.children(runId)).map((name) => parseLeaseName(name) ?? 0);
  return Math.max(0, ...tokens);
}

/** The highest token that ever left a trace: a lease may have been lost. */
async function highestToken(store: CheckpointStore, runId: string): Promise<number> {
  const manifests = await store.children(manifestsKey(runId));
  return manifests.reduce(
    (highest, name) => Math.max(highest, parseManifestName(name)?.token ?? 0),
    await newestToken(store, runId),
  );
}

export async function newestLease(store: CheckpointStore, runId: string): Promise<HeldLease | undefined> {
  const token = await newestToken(store, runId);
  if (token === 0) return undefined;
  return { token, owner: await ownerOf(store, runId, token), beat: await readBeat(store, runId, token) };
}

async function ownerOf(store: CheckpointStore, runId: string, token: number): Promise<ProcessIdentity | null> {
  try {
    const bytes = await store.read(leaseKey(runId, token), LEASE_MAX_BYTES);
    if (bytes === undefined) return null;
    const { content } = unseal(bytes, `the lease of ${runId}`);
    return content.token === token && isProcessIdentity(content.owner) ? content.owner : null;
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return null;
    throw error;
  }
}

async function readBeat(store: CheckpointStore, runId: string, token: number): Promise<string | undefined> {
  try {
    const bytes = await store.read(beatKey(runId, token), LEASE_MAX_BYTES);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  } catch (error) {
    if (error instanceof KaaykoError && error.kind === "damaged") return undefined;
    throw error;
  }
}

/** How the lease was given back; undefined where it was not. */
export function outcomeOf(held: HeldLease): Outcome | undefined {
  const match = /^released (closed|failed)\n$/.exec(held.beat ?? "");
  return match?.[1] as Outcome | undefined;
}

/**
 * Waits until an owner is known to be gone: given back, proved dead, or silent for its time to live by our own clock.
 *
 * @returns what to tell the user, if anything
 * @throws KaaykoError (leased) once it shows a sign of life
 */
async function waitUntilFree(
  store: CheckpointStore,
  runId: string,
  held: HeldLease,
  options: LeaseOptions,
): Promise<string | undefined> {
  const { timeToLiveMs = DEFAULT_TIME_TO_LIVE_MS, heartbeatMs = DEFAULT_HEARTBEAT_MS, onWait } = options;
  const clock = options.clock ?? (() => performance.now());
  const start = clock();
  for (let look = 0; ; look++) {
    const beat = look === 0 ? held.beat : await readBeat(store, runId, held.token);
    if (outcomeOf({ ...held, beat }) !== undefined) return undefined;
    if (held.owner !== null && fateOf(held.owner) === "dead")
      return `Took over from process ${held.owner.pid}, which ended without closing the run.`;
    if (beat !== held.beat) throw leasedBy(runId, held);
    if ((await newestToken(store, runId)) !== held.token) return undefined;
    if (clock() - start >= timeToLiveMs)
      return `Took over from ${nameOfOwner(held)}, which gave no sign of life for ${timeToLiveMs / 1000} s.`;
    if (look === 1) onWait?.(`Waiting to see whether ${nameOfOwner(held)} still works on ${runId}.`);
    await sleep(Math.max(1, heartbeatMs / 10));
  }
}

function nameOfOwner(held: HeldLease): string {
  return held.owner === null ? "an unknown process" : `process ${held.owner.pid} on ${held.owner.host}`;
}

export function leasedBy(runId: string, held: HeldLease): KaaykoError {
  return new KaaykoError({
    action: `open the run ${runId}`,
    rule: "one process at a time may work on a run",
    got: `one that ${nameOfOwner(held)} owns`,
    remedy: "Wait until it has ended, or stop it.",
    kind: "leased",
  });
}

/** The owner's side of a lease: shows that it is alive and finds out when it was replaced. */
export class Lease {
  readonly #store: CheckpointStore;
  readonly #runId: string;
  readonly token: number;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(store: CheckpointStore, runId: string, token: number) {
    this.#store = store;
    this.#runId = runId;
    this.token = token;
  }

  /**
   * Beats now and then every so often, without keeping the process alive. A beat that fails is left to the next one.
   *
   * @param saying a line that each beat carries for people who look at the run
   */
  start(heartbeatMs: number = DEFAULT_HEARTBEAT_MS, afterBeat?: () => void, saying: () => string = () => ""): void {
    const beat = (): void => {
      // The time is for people who look at the run; only whether the text changes decides anything.
      const text = `beat ${++this.#count} ${new Date().toISOString()}\n${saying()}`;
      this.#beating = this.#beating
        .then(() => this.#store.touch(beatKey(this.#runId, this.token), text))
        .then(afterBeat, () => undefined);
    };
    beat();
    this.#timer = setInterval(beat, heartbeatMs);
    this.#timer.unref();
  }

  /** @throws KaaykoError (leased) where a later owner has taken the run; (failed) where the lease is gone */
  async check(): Promise<void> {
    const newest = await newestToken(this.#store, this.#runId);
    if (newest === this.token) return;
    if (newest < this.token)
      throw new KaaykoError({
        action: `save a checkpoint of ${this.#runId}`,
        rule: `the run's own files must be there, got a folder in ${this.#store.name} without them`,
        remedy: "Somebody removed or moved the run while it was running: put it back or start again.",
      });
    const held = await newestLease(this.#store, this.#runId);
    throw new KaaykoError({
      action: `save a checkpoint of ${this.#runId}`,
      rule: "this process no longer owns the run",
      ...(held === undefined ? {} : { got: `one that ${nameOfOwner(held)} took over` }),
      remedy: "Another process goes on with this run; nothing that was saved is lost.",
      kind: "leased",
    });
  }

  /** Stops beating and gives the lease back. */
  async release(outcome: Outcome): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    // Nothing is to be given back where the run was taken over or removed.
    if ((await newestToken(this.#store, this.#runId)) !== this.token) return;
    await this.#store.touch(beatKey(this.#runId, this.token), `released ${outcome}\n`);
  }

  /** Stops beating without giving anything back: the lease is lost. */
  abandon(): void {
    clearInterval(this.#timer);
  }
}
