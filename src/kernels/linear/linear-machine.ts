import { KaaykoError } from "../../core/index.ts";
import { builtUrl, compileWasm, ThreadTeam } from "../../parallel/index.ts";
import { constantsOf } from "../constants.ts";
import { MemoryPlan } from "../memory-plan.ts";

/** Rows of a sparse matrix, one after another; the first offset need not be 0. */
export interface SparseMatrix {
  readonly rows: number;
  readonly width: number;
  readonly offsets: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Losses and their codes in the kernel. */
export type DescentLoss = "logistic" | "squaredHinge" | "hinge";
const LOSSES: Record<DescentLoss, string> = {
  logistic: "LOSS_LOGISTIC",
  squaredHinge: "LOSS_SQUARED_HINGE",
  hinge: "LOSS_HINGE",
};

/** A problem to be solved: one hyperplane between rows of label 1 and rows of label -1. */
export interface LinearProblem {
  /** 1 or -1 a row. */
  readonly labels: Int8Array;
  /** What a row of label 1, and of label -1, costs at most: C times the weight of its class. Over 0. */
  readonly costs: readonly [positive: number, negative: number];
  /** Largest violation at which it counts as solved. */
  readonly tolerance: number;
  readonly maxPasses: number;
  /** Seeds the order of the passes; two 32-bit numbers, not both 0. */
  readonly key: readonly [number, number];
}

/** Where a problem stands between two passes: everything that the next one needs. */
export interface ProblemState {
  /** One a row. */
  readonly alpha: Float64Array;
  /** One a column, and the constant. */
  readonly hyperplane: Float64Array;
  /** The order of the rows, those that take part first. */
  readonly order: Uint32Array;
  /** Rows that take part, passes made, 1 where solved, borders for leaving rows out, and the generator's two halves. */
  readonly scalars: Float64Array;
}

export interface LinearMachineOptions {
  readonly matrix: SparseMatrix;
  /** One a row; null for 1 everywhere. */
  readonly weights: Float32Array | null;
  readonly loss: DescentLoss;
  /** Problems that are worked on side by side. */
  readonly problems: number;
  readonly threads: number;
}

interface ProblemAddress {
  readonly labels: number;
  readonly alpha: number;
  readonly hyperplane: number;
  readonly order: number;
}

/** The memory that linear problems over one matrix are solved in, and the threads over it. Holds no decision of the algorithm. */
export class LinearMachine {
  /** In the machine's own memory: a matrix takes much room, and is not to be kept twice. */
  readonly #matrix: SparseMatrix;
  readonly #loss: DescentLoss;
  readonly #team: ThreadTeam;
  readonly #constants: Readonly<Record<string, number>>;
  readonly #buffer: ArrayBufferLike;
  readonly #view: DataView;
  readonly #frame: number;
  readonly #records: number;
  readonly #problems: readonly ProblemAddress[];

  /** @throws KaaykoError (input) where matrix and problems take over 4 GiB */
  constructor({ matrix, weights, loss, problems, threads }: LinearMachineOptions) {
    const { rows, width } = matrix;
    const entries = matrix.offsets[rows]! - matrix.offsets[0]!;
    const plan = new MemoryPlan();
    this.#loss = loss;
    this.#frame = plan.reserve(256);
    const offsets = plan.reserve(4 * (rows + 1));
    const indices = plan.reserve(4 * entries);
    const values = plan.reserve(4 * entries);
    const norms = plan.reserve(8 * rows);
    const weightsAt = weights === null ? 0 : plan.reserve(4 * rows);
    this.#records = plan.reserve(96 * problems);
    this.#problems = Array.from({ length: problems }, () => ({
      labels: plan.reserve(rows),
      alpha: plan.reserve(8 * rows),
      hyperplane: plan.reserve(8 * (width + 1)),
      order: plan.reserve(4 * rows),
    }));
    const memory = plan.create(rows);
    this.#buffer = memory.buffer;
    this.#view = new DataView(memory.buffer);
    this.#team = new ThreadTeam({
      memory,
      modules: [{ name: "linear", module: compileWasm(builtUrl(import.meta.url, "./linear.wasm")) }],
      routines: ["descentPass"],
      attach: ["attach", this.#frame],
      threads: Math.min(threads, problems),
    });
    this.#constants = constantsOf(this.#team.kernel);
    this.#matrix = this.#fillMatrix(matrix, { offsets, indices, values, norms });
    if (weights !== null) new Float32Array(this.#buffer, weightsAt, rows).set(weights);
    const fields = { ROWS: rows, WIDTH: width, OFFSETS: offsets, INDICES: indices, VALUES: values, NORMS: norms };
    for (const [field, value] of Object.entries(fields)) this.#set(field, value);
    this.#set("WEIGHTS", weightsAt);
    this.#set("PROBLEMS", this.#records);
    this.#set("LOSS", this.#constants[LOSSES[loss]]!);
  }

  #fillMatrix(
    { rows, width, offsets, indices, values }: SparseMatrix,
    at: { offsets: number; indices: number; values: number; norms: number },
  ): SparseMatrix {
    const first = offsets[0]!;
    const entries = offsets[rows]! - first;
    const own = {
      rows,
      width,
      offsets: new Uint32Array(this.#buffer, at.offsets, rows + 1),
      indices: new Uint32Array(this.#buffer, at.indices, entries),
      values: new Float32Array(this.#buffer, at.values, entries),
    };
    for (let row = 0; row <= rows; row++) own.offsets[row] = offsets[row]! - first;
    own.indices.set(indices.subarray(first, first + entries));
    own.values.set(values.subarray(first, first + entries));
    const norms = new Float64Array(this.#buffer, at.norms, rows);
    for (let row = 0; row < rows; row++) {
      let sum = 1;
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++) sum += values[k]! * values[k]!;
      norms[row] = sum;
    }
    return own;
  }

  #set(field: string, value: number): void {
    this.#view.setInt32(this.#frame + this.#constants[`AT_${field}`]!, value, true);
  }

  #field(problem: number, field: string): number {
    return this.#records + problem * this.#constants.PROBLEM_BYTES! + this.#constants[`PROBLEM_${field}`]!;
  }

  /** Puts problems side by side, each as it begins or as it stood. */
  load(problems: readonly LinearProblem[], states: readonly ProblemState[] | null): void {
    problems.forEach((problem, i) => {
      this.#place(i, problem);
      this.#restore(i, states?.[i] ?? this.#begin(problem));
    });
    this.#set("PROBLEM_COUNT", problems.length);
  }

  #place(i: number, { labels, costs, tolerance, maxPasses }: LinearProblem): void {
    const at = this.#problems[i]!;
    new Int8Array(this.#buffer, at.labels, this.#matrix.rows).set(labels);
    const numbers = { LABELS: at.labels, ALPHA: at.alpha, HYPERPLANE: at.hyperplane, ORDER: at.order };
    for (const [field, value] of Object.entries(numbers)) this.#view.setInt32(this.#field(i, field), value, true);
    this.#view.setInt32(this.#field(i, "MAX_PASSES"), maxPasses, true);
    const reals = { COST_POSITIVE: costs[0], COST_NEGATIVE: costs[1], TOLERANCE: tolerance };
    for (const [field, value] of Object.entries(reals)) this.#view.setFloat64(this.#field(i, field), value, true);
  }

  /** Dual variables start at 0, those of the logistic loss, whose logarithm is taken, close to it. */
  #begin({ labels, costs, key }: LinearProblem): ProblemState {
    const { rows, width, offsets, indices, values } = this.#matrix;
    const alpha = new Float64Array(rows);
    const hyperplane = new Float64Array(width + 1);
    if (this.#loss === "logistic") {
      const weights = this.#weights();
      for (let row = 0; row < rows; row++) {
        const cost = (labels[row]! > 0 ? costs[0] : costs[1]) * (weights?.[row] ?? 1);
        alpha[row] = Math.min(0.001 * cost, 1e-8);
        const step = alpha[row]! * labels[row]!;
        for (let k = offsets[row]!; k < offsets[row + 1]!; k++) hyperplane[indices[k]!]! += step * values[k]!;
        hyperplane[width]! += step;
      }
    }
    const order = Uint32Array.from({ length: rows }, (_, row) => row);
    const infinite = Number.POSITIVE_INFINITY;
    return { alpha, hyperplane, order, scalars: Float64Array.of(rows, 0, 0, infinite, -infinite, key[0], key[1]) };
  }

  #weights(): Float32Array | null {
    const at = this.#view.getInt32(this.#frame + this.#constants.AT_WEIGHTS!, true);
    return at === 0 ? null : new Float32Array(this.#buffer, at, this.#matrix.rows);
  }

  /** One pass over every problem that is not solved yet. Says how many are left. */
  pass(): number {
    this.#set("NEXT_TASK", 0);
    this.#team.run("descentPass");
    const count = this.#view.getInt32(this.#frame + this.#constants.AT_PROBLEM_COUNT!, true);
    let left = 0;
    for (let i = 0; i < count; i++) if (!this.isSolved(i)) left++;
    return left;
  }

  isSolved(i: number): boolean {
    return this.#view.getInt32(this.#field(i, "DONE"), true) === 1;
  }

  /** Passes made over a problem. */
  passes(i: number): number {
    return this.#view.getInt32(this.#field(i, "PASSES"), true);
  }

  /** A view of a problem's hyperplane: one number a column, and the constant. */
  hyperplane(i: number): Float64Array {
    return new Float64Array(this.#buffer, this.#problems[i]!.hyperplane, this.#matrix.width + 1);
  }

  /** A copy of where a problem stands. */
  save(i: number): ProblemState {
    const { rows } = this.#matrix;
    const at = this.#problems[i]!;
    const whole = (field: string) => this.#view.getInt32(this.#field(i, field), true);
    const real = (field: string) => this.#view.getFloat64(this.#field(i, field), true);
    const random = this.#view.getBigUint64(this.#field(i, "RANDOM"), true);
    return {
      alpha: new Float64Array(this.#buffer, at.alpha, rows).slice(),
      hyperplane: this.hyperplane(i).slice(),
      order: new Uint32Array(this.#buffer, at.order, rows).slice(),
      scalars: Float64Array.of(
        whole("ACTIVE"),
        whole("PASSES"),
        whole("DONE"),
        real("HIGHEST"),
        real("LOWEST"),
        Number(random >> 32n),
        Number(random & 0xffffffffn),
      ),
    };
  }

  /** @throws KaaykoError (damaged) where the state is not of a problem over this matrix */
  #restore(i: number, { alpha, hyperplane, order, scalars }: ProblemState): void {
    const { rows, width } = this.#matrix;
    const [active, passes, done, highest, lowest, high, low] = scalars as unknown as number[];
    const fits = alpha.length === rows && hyperplane.length === width + 1 && order.length === rows;
    if (!fits || scalars.length !== 7 || !(active! >= 0 && active! <= rows) || !order.every((row) => row < rows))
      throw new KaaykoError({
        action: "continue a linear fit",
        rule: "its state must be of this data",
        kind: "damaged",
      });
    const at = this.#problems[i]!;
    new Float64Array(this.#buffer, at.alpha, rows).set(alpha);
    this.hyperplane(i).set(hyperplane);
    new Uint32Array(this.#buffer, at.order, rows).set(order);
    const wholes = { ACTIVE: active!, PASSES: passes!, DONE: done! };
    for (const [field, value] of Object.entries(wholes)) this.#view.setInt32(this.#field(i, field), value, true);
    this.#view.setFloat64(this.#field(i, "HIGHEST"), highest!, true);
    this.#view.setFloat64(this.#field(i, "LOWEST"), lowest!, true);
    this.#view.setBigUint64(this.#field(i, "RANDOM"), (BigInt(high!) << 32n) | BigInt(low!), true);
  }

  dispose(): Promise<void> {
    return this.#team.dispose();
  }
}
