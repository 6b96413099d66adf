import { Worker } from "node:worker_threads";
import { KaaykoError } from "../../../core/index.ts";
import { builtUrl } from "../../../parallel/index.ts";
import {
  CONTROL_WORDS,
  ENDED,
  FAILED,
  PLACES,
  READ,
  type ReadAheadData,
  STATE,
  WANTED,
} from "./read-ahead-protocol.ts";

/** A window that is not read for this long is taken for lost: disks answer within seconds. */
const PATIENCE_MS = 120_000;
const SLICE_MS = 500;

/**
 * Reads the windows of a file one after the other, from the first again after the last, in a thread of its own into shared memory.
 * It is ahead by as many windows as there are places, across the end of a pass, too.
 */
export class ReadAhead {
  readonly #words: Int32Array;
  readonly #places: readonly number[];
  #worker: Worker | null;
  #taken = 0;

  constructor(options: Omit<ReadAheadData, "control">) {
    const control = new SharedArrayBuffer(CONTROL_WORDS * 4);
    this.#words = new Int32Array(control);
    this.#places = options.places;
    this.#worker = new Worker(builtUrl(import.meta.url, "./read-ahead-worker.js"), {
      workerData: { ...options, control } satisfies ReadAheadData,
      stdin: false,
      execArgv: [],
    });
    this.#worker.on("error", () => this.#fail());
    this.#worker.unref();
    this.#want();
  }

  /**
   * Waits for the next window.
   *
   * @returns its address; valid until `release`
   * @throws KaaykoError where it cannot be read
   */
  next(): number {
    const words = this.#words;
    for (let waited = 0; waited < PATIENCE_MS; ) {
      const failed = Atomics.load(words, STATE) === FAILED;
      const read = Atomics.load(words, READ);
      if (read > this.#taken) return this.#places[this.#taken % PLACES]!;
      if (failed) throw readError("an error");
      // A failure between the look and the wait is seen after a slice of it.
      if (Atomics.wait(words, READ, read, SLICE_MS) === "timed-out") waited += SLICE_MS;
    }
    throw readError("no answer");
  }

  /** Gives the window back, so that another is read into its place. */
  release(): void {
    this.#taken++;
    this.#want();
  }

  #want(): void {
    Atomics.store(this.#words, WANTED, this.#taken + PLACES);
    Atomics.notify(this.#words, WANTED);
  }

  #fail(): void {
    Atomics.store(this.#words, STATE, FAILED);
  }

  /** Ends the thread, and returns when it no longer touches the file. Safe to call twice. */
  async dispose(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker === null) return;
    Atomics.store(this.#words, STATE, ENDED);
    Atomics.store(this.#words, WANTED, -1);
    Atomics.notify(this.#words, WANTED);
    await worker.terminate();
  }
}

function readError(got: string): KaaykoError {
  return new KaaykoError({
    action: "read binned rows",
    rule: "the file of the training rows' bins must stay readable",
    got,
    remedy: "Resume the run: the file is written again.",
  });
}
