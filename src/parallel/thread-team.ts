import { Worker } from "node:worker_threads";
import { KaaykoError } from "../core/errors.ts";
import { builtUrl } from "./built-url.ts";
import { instantiateChain, type NamedModule } from "./instantiate.ts";
import { CONTROL_WORDS, FAILURES, GATE, gateOf, INSIDE, OPEN, PHASE, ROUTINE } from "./thread-team-protocol.ts";

const PATIENCE_MS = 60_000;

export interface ThreadTeamOptions {
  /** Shared, and large enough for all that the routines touch. */
  readonly memory: WebAssembly.Memory;
  /** Instantiated in this order in every thread; routines are exports of the last. */
  readonly modules: readonly NamedModule[];
  /** Exports that `run` may call; each takes the thread's number, from 0, and shares its work through a counter in the memory. */
  readonly routines: readonly string[];
  /** An export and its argument, called once in each thread before anything else. */
  readonly attach: readonly [string, number];
  /** Threads in all, this one included. 1 starts no worker. */
  readonly threads: number;
  /** Milliseconds after which a worker that does not come out of a routine is taken for dead. Default a minute: tasks last milliseconds. */
  readonly patience?: number;
}

/**
 * Threads that run the same WebAssembly routine over one memory, with the calling thread as the first of them. `run` returns when the
 * work is done; it does not wait for workers that are still starting or asleep, so a team costs nothing until it helps.
 */
export class ThreadTeam {
  /** Exports of the last module in this thread. */
  readonly kernel: Record<string, (...parameters: number[]) => number>;
  readonly threads: number;
  readonly #routines: readonly string[];
  readonly #patience: number;
  readonly #words: Int32Array;
  readonly #workers: Worker[] = [];
  #phase = 0;
  #broken: string | null = null;

  constructor(options: ThreadTeamOptions) {
    this.threads = options.threads;
    this.#routines = options.routines;
    this.#patience = options.patience ?? PATIENCE_MS;
    this.kernel = instantiateChain(options.memory, options.modules);
    this.kernel[options.attach[0]]!(options.attach[1]);
    const control = new SharedArrayBuffer(CONTROL_WORDS * 4);
    this.#words = new Int32Array(control);
    const { memory, modules, routines, attach } = options;
    for (let thread = 1; thread < options.threads; thread++)
      this.#start({ memory, modules, routines, attach, control, thread });
  }

  #start(workerData: object): void {
    const worker = new Worker(builtUrl(import.meta.url, "./thread-team-worker.js"), {
      workerData,
      stdin: false,
      // Flags of the process may be such that no file can start with them (--input-type, of `node -e`).
      execArgv: [],
    });
    // A worker that cannot start only means fewer hands; one that fails inside a phase is counted there.
    worker.on("error", () => {});
    worker.unref();
    this.#workers.push(worker);
  }

  /**
   * Runs a routine in every thread that is ready, in this one at least.
   *
   * @param meanwhile what this thread does first, while the others have begun: nothing that the routine reads or writes. Default nothing
   * @throws KaaykoError where a worker failed or stopped answering; what the routine wrote is then of no use
   */
  run(routine: string, meanwhile: () => void = () => {}): void {
    if (this.#broken !== null) throw this.#error(this.#broken);
    if (this.#workers.length === 0) {
      meanwhile();
      this.kernel[routine]!(0);
      return;
    }
    const words = this.#words;
    this.#phase = (this.#phase + 1) & 0x3fffffff;
    Atomics.store(words, ROUTINE, this.#routines.indexOf(routine));
    Atomics.store(words, GATE, gateOf(this.#phase) | OPEN);
    Atomics.store(words, PHASE, this.#phase);
    Atomics.notify(words, PHASE);
    try {
      meanwhile();
      this.kernel[routine]!(0);
    } finally {
      Atomics.and(words, GATE, ~OPEN);
      this.#awaitOthers();
    }
    if (Atomics.exchange(words, FAILURES, 0) > 0) throw this.#error("a worker failed");
  }

  #awaitOthers(): void {
    const words = this.#words;
    for (let spin = 0; spin < 20_000; spin++) if ((Atomics.load(words, GATE) & INSIDE) === 0) return;
    for (;;) {
      const gate = Atomics.load(words, GATE);
      if ((gate & INSIDE) === 0) return;
      if (Atomics.wait(words, GATE, gate, this.#patience) !== "timed-out") continue;
      this.#broken = "a worker stopped answering";
      throw this.#error(this.#broken);
    }
  }

  #error(rule: string): KaaykoError {
    return new KaaykoError({
      action: "compute in parallel",
      rule,
      remedy: "Resume the run, with --threads 1 if it happens again.",
    });
  }

  /** Ends the workers. Safe to call twice. */
  async dispose(): Promise<void> {
    Atomics.store(this.#words, PHASE, -1);
    Atomics.notify(this.#words, PHASE);
    await Promise.all(this.#workers.splice(0).map((worker) => worker.terminate()));
  }
}
