import { KaaykoError } from "../../core/index.ts";
import { builtUrl, compileWasm, ThreadTeam } from "../../parallel/index.ts";

const PAGE = 65_536;
const MAX_PAGES = 65_536;
const ROUTINES = ["projectPass", "gatherPass", "multiplyPass"] as const;

/** What a machine has room for. */
export interface MachineShape {
  /** Rows of a block at most. */
  readonly capacity: number;
  /** Numbers that a row comes with. */
  readonly inputs: number;
  /** Pairs of a sine and a cosine; a multiple of 8. */
  readonly pairs: number;
  /** Scores of a row. */
  readonly outputs: number;
  /** True where weights are trained, not only used. */
  readonly trains: boolean;
  readonly threads: number;
}

/**
 * Random Fourier features (Rahimi and Recht, "Random features for large-scale kernel machines", 2007) and linear scores over them,
 * for blocks of rows, in the memory of a kernel of its own. The same bytes for any number of threads, for one row as among many.
 */
export class FeatureMachine {
  /** Features of a row: sines, cosines, the constant 1, zeros up to a multiple of 8. */
  readonly width: number;
  /** capacity × inputs: filled before `project`. */
  readonly x: Float32Array;
  /** inputs × pairs, in turns a unit of input. */
  readonly directions: Float32Array;
  /** outputs × width. */
  readonly weights: Float32Array;
  /** capacity × outputs, after `project`. */
  readonly scores: Float32Array;
  /** capacity × width, after `project`. */
  readonly features: Float32Array;
  /** capacity × outputs: what `gather` multiplies the features with; empty where nothing is trained. */
  readonly slopes: Float32Array;
  /** outputs × width, after `gather`. */
  readonly gradient: Float32Array;
  /** width × width: what `precondition` multiplies the gradient with, and where `addMoments` adds. */
  readonly matrix: Float32Array;
  /** outputs × width, after `precondition`. */
  readonly step: Float32Array;
  readonly #team: ThreadTeam;
  readonly #words: Int32Array;
  readonly #fields: Readonly<Record<string, number>>;

  /** @throws KaaykoError where it would take 4 GB or more, or the build did not run */
  constructor(shape: MachineShape) {
    const { capacity, inputs, pairs, outputs, trains } = shape;
    this.width = 2 * pairs + 8;
    const { width } = this;
    const trained = (values: number): number => (trains ? values : 0);
    const sizes = [
      capacity * inputs,
      inputs * pairs,
      outputs * width,
      capacity * outputs,
      capacity * width,
      trained(capacity * outputs),
      trained(outputs * width),
      trained(width * width),
      trained(outputs * width),
    ];
    const starts: number[] = [];
    let top = PAGE + 256;
    for (const size of sizes) {
      starts.push(top);
      // Kernels read four values at once, so up to three beyond the last.
      top = Math.ceil((top + size * 4 + 16) / 64) * 64;
    }
    const memory = newMemory(top);
    const areas = sizes.map((size, i) => new Float32Array(memory.buffer, starts[i], size));
    [this.x, this.directions, this.weights, this.scores, this.features] = areas as Five;
    [this.slopes, this.gradient, this.matrix, this.step] = areas.slice(5) as unknown as Five;
    this.#team = new ThreadTeam({
      memory,
      modules: [{ name: "svm", module: compileWasm(builtUrl(import.meta.url, "./svm.wasm")) }],
      routines: ROUTINES,
      attach: ["attach", PAGE],
      threads: shape.threads,
    });
    this.#words = new Int32Array(memory.buffer, PAGE, 64);
    this.#fields = fieldsOf(this.#team.kernel);
    this.#set({ INPUTS: inputs, PAIRS: pairs, WIDTH: width });
    const [x, directions, weights, scores, features, , , matrix, step] = starts;
    this.#set({ X: x!, DIRECTIONS: directions!, WEIGHTS: weights!, SCORES: scores!, FEATURES: features! });
    this.#set({ MATRIX: matrix!, STEP: step! });
    new Float32Array(memory.buffer, PAGE + this.#fields.SCALE!, 1)[0] = 1 / Math.sqrt(pairs);
  }

  /** Forms features and scores of the first rows of `x`. */
  project(rows: number): void {
    this.#run("projectPass", { ROWS: rows, OUTPUTS: this.weights.length / this.width });
  }

  /** gradient += slopesᵀ · features, over the rows that were projected last. */
  gather(rows: number): void {
    this.#run("gatherPass", {
      ROWS: rows,
      LEFT: this.slopes.byteOffset,
      LEFT_WIDTH: this.weights.length / this.width,
      PRODUCT: this.gradient.byteOffset,
      SYMMETRIC: 0,
    });
  }

  /** matrix += featuresᵀ · features, over the rows that were projected last; only on and over the diagonal. */
  addMoments(rows: number): void {
    this.#run("gatherPass", {
      ROWS: rows,
      LEFT: this.features.byteOffset,
      LEFT_WIDTH: this.width,
      PRODUCT: this.matrix.byteOffset,
      SYMMETRIC: 1,
    });
  }

  /** step = gradient · matrixᵀ. */
  precondition(): void {
    this.#run("multiplyPass", { OUTPUTS: this.weights.length / this.width, PRODUCT: this.gradient.byteOffset });
  }

  /** Ends its threads. Safe to call twice. */
  dispose(): Promise<void> {
    return this.#team.dispose();
  }

  #run(routine: (typeof ROUTINES)[number], fields: Readonly<Record<string, number>>): void {
    this.#set({ ...fields, NEXT_TASK: 0 });
    this.#team.run(routine);
  }

  #set(fields: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(fields)) this.#words[this.#fields[name]! >>> 2] = value;
  }
}

type Five = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];

/** Offsets of the frame's fields, as the kernel exports them. */
function fieldsOf(kernel: Record<string, unknown>): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [name, value] of Object.entries(kernel))
    if (name.startsWith("AT_")) fields[name.slice(3)] = Number((value as { value: number }).value);
  return fields;
}

function newMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE) + 1;
  if (pages <= MAX_PAGES) return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  throw new KaaykoError({
    action: "make room for the support vector machine",
    rule: "its features must take less than 4 GB",
    got: `${bytes} bytes`,
    remedy: "Set fewer svm.components, or leave out columns with very many categories.",
  });
}
