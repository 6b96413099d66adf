import { FOREST_PHASES, type ForestPhase, forestModules } from "../../../kernels/forest/index.ts";
import { constantsOf, type MemoryPlan } from "../../../kernels/trees/index.ts";
import { ThreadTeam } from "../../../parallel/index.ts";

/** The kernel's fields that are a word each, and its other constants, by name. */
export type Constants = Readonly<Record<string, number>>;

/** A memory with threads over it, and the frame that tells the kernels where things are. */
export class KernelMemory {
  readonly kernel: ThreadTeam["kernel"];
  readonly constants: Constants;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly #frame: number;
  readonly #memory: WebAssembly.Memory;
  #team: ThreadTeam;

  /**
   * @param frame address that the plan reserved for the frame
   * @param rows what the plan was made for, for the error that says how many would fit
   */
  constructor(plan: MemoryPlan, frame: number, rows: number, threads: number) {
    this.#memory = plan.create(rows);
    this.#frame = frame;
    this.#team = makeTeam(this.#memory, frame, threads);
    this.kernel = this.#team.kernel;
    this.constants = constantsOf(this.kernel);
    this.bytes = new Uint8Array(this.#memory.buffer);
    this.words = new Uint32Array(this.#memory.buffer);
  }

  get buffer(): SharedArrayBuffer {
    return this.#memory.buffer;
  }

  get threads(): number {
    return this.#team.threads;
  }

  /** Goes on with as many threads. */
  async hire(threads: number): Promise<void> {
    const before = this.#team;
    this.#team = makeTeam(this.#memory, this.#frame, threads);
    await before.dispose();
  }

  constant(name: string): number {
    const value = this.constants[name];
    if (value === undefined) throw new RangeError(`the kernel has no constant ${name}`);
    return value;
  }

  /** Writes a whole number into the frame. */
  set(field: string, value: number): void {
    this.words[(this.#frame + this.constant(`AT_${field}`)) >>> 2] = value;
  }

  /** Writes a float64 into the frame. */
  setReal(field: string, value: number): void {
    new Float64Array(this.buffer, this.#frame + this.constant(`AT_${field}`), 1)[0] = value;
  }

  /** Writes some words of a record. */
  write(address: number, values: readonly number[]): void {
    this.words.set(values, address >>> 2);
  }

  /** Runs a phase in all threads to its end. */
  run(phase: ForestPhase): void {
    this.set("NEXT_TASK", 0);
    this.#team.run(phase);
  }

  dispose(): Promise<void> {
    return this.#team.dispose();
  }
}

function makeTeam(memory: WebAssembly.Memory, frame: number, threads: number): ThreadTeam {
  return new ThreadTeam({
    memory,
    modules: forestModules(),
    routines: FOREST_PHASES,
    attach: ["attach", frame],
    threads,
  });
}

/** Bytes that the kernels' records take; as in their frame. */
export const RECORD_BYTES = { frame: 192, slot: 64, feature: 8, node: 8, set: 32, workspace: 64, stack: 16 } as const;
/** Rows that a kernel brings together at once, and the bytes that it needs for each. */
export const CHUNK = { rows: 1024, bytes: 20 } as const;
/** What a histogram needs beyond its 256 cells. */
export const HISTOGRAM_EXTRA_BYTES = 32 + 512;
