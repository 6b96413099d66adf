import {
  type Examples,
  KaaykoError,
  type ModelContent,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  targetWidth,
} from "../../core/index.ts";
import { LinearMachine, type LinearProblem, type ProblemState, type SparseMatrix } from "../../kernels/linear/index.ts";
import { calibrate, LOG_ODDS, UNCALIBRATED } from "./calibrate.ts";
import { type Design, designMatrix, planDesign } from "./design.ts";
import { type Hyperplanes, marginsOf } from "./margins.ts";
import { contentOf } from "./model.ts";
import { type Calibration, type LinearSettings, linearSettings } from "./parameters.ts";
import { labelsOf, makeProblem, problemCount } from "./problems.ts";
import { scaleColumns, termScales } from "./term-scales.ts";

/** Raised when the same data, settings and seed would give another model than before. */
const VERSION = 3;
/** Labels that are solved side by side: whatever the threads, so that steps are the same. */
const GROUP = 8;

export async function createLinearTrainer(name: string, context: TrainerContext): Promise<Trainer> {
  const { dataset } = context;
  const settings = linearSettings(context.parameters, dataset.task.kind);
  const examples = await dataset.examples("train");
  const design = planDesign(dataset.features, dataset.parts ?? []);
  const matrix = designMatrix(design, examples.table, examples.rows);
  return new LinearTrainer({ name, context, settings, examples, design }, matrix);
}

interface Prepared {
  readonly name: string;
  readonly context: TrainerContext;
  readonly settings: LinearSettings;
  readonly examples: Examples;
  readonly design: Design;
}

/**
 * One-vs-rest hyperplanes with L2 regularisation, a few labels at a time: a step is one pass of dual coordinate descent over the
 * labels of a group. The minimum is that of liblinear's solvers 1, 3 and 7, the constant being regularised as there.
 */
class LinearTrainer implements Trainer {
  readonly version = VERSION;
  readonly #prepared: Prepared;
  readonly #machine: LinearMachine;
  /** What the columns of the matrix were scaled by; null where they were not. */
  readonly #scales: Float64Array | null;
  readonly #count: number;
  /** Hyperplanes of finished groups: label by label, the constant last. */
  readonly #solved: Float64Array;
  #group = 0;
  #step = 0;

  /** @param matrix of all training rows; scaled in place, and not kept */
  constructor(prepared: Prepared, matrix: SparseMatrix) {
    const { context, examples, settings } = prepared;
    this.#prepared = prepared;
    this.#count = problemCount(context.dataset.task);
    this.#solved = new Float64Array(this.#count * (matrix.width + 1));
    const weights = weightsOf(examples);
    this.#scales = settings.weighTerms ? this.#weighTerms(matrix, weights) : null;
    this.#machine = new LinearMachine({
      matrix,
      weights,
      loss: settings.loss,
      problems: Math.min(GROUP, this.#count),
      threads: context.threads,
    });
    this.#load(null);
  }

  #weighTerms(matrix: SparseMatrix, weights: Float32Array | null): Float64Array {
    const { context, examples, design } = this.#prepared;
    const terms = design.parts.reduce((sum, { width }) => sum + width, 0);
    const labels = Array.from({ length: this.#count }, (_, k) => labelsOf(context.dataset.task, examples, k));
    const scales = termScales({ matrix, terms, weights, labels });
    scaleColumns(matrix, scales);
    return scales;
  }

  get #groups(): number {
    return Math.ceil(this.#count / GROUP);
  }

  /** Labels of the group in work. */
  #labels(): number[] {
    const first = this.#group * GROUP;
    return Array.from({ length: Math.min(GROUP, this.#count - first) }, (_, i) => first + i);
  }

  #load(states: readonly ProblemState[] | null): void {
    const { context, examples, settings } = this.#prepared;
    const problems = this.#labels().map(
      (k): LinearProblem => makeProblem(context.dataset.task, examples, settings, context.seed, k),
    );
    this.#machine.load(problems, states);
  }

  step(): StepReport {
    const { name } = this.#prepared;
    const left = this.#machine.pass();
    this.#step++;
    const note = `${name}, labels ${this.#group * GROUP + 1} to ${Math.min(this.#count, (this.#group + 1) * GROUP)} of ${this.#count}`;
    if (left === 0) this.#finishGroup();
    return { done: this.#group === this.#groups, step: this.#step, unit: "sweep", note };
  }

  #finishGroup(): void {
    const length = this.#prepared.design.width + 1;
    this.#labels().forEach((k, i) => {
      this.#solved.set(this.#machine.hyperplane(i), k * length);
    });
    this.#group++;
    if (this.#group < this.#groups) this.#load(null);
  }

  getState(): State {
    const length = this.#prepared.design.width + 1;
    const labels = this.#group < this.#groups ? this.#labels() : [];
    const arrays: Record<string, Float64Array | Uint32Array> = {
      solved: this.#solved.slice(0, Math.min(this.#count, this.#group * GROUP) * length),
    };
    labels.forEach((_, i) => {
      for (const [part, array] of Object.entries(this.#machine.save(i))) arrays[`${i}.${part}`] = array;
    });
    return { json: { group: this.#group, step: this.#step }, arrays, appendOnly: ["solved"] };
  }

  setState({ json, arrays }: State): void {
    const { group, step } = json;
    const { solved } = arrays;
    const length = this.#prepared.design.width + 1;
    if (!isCount(group, this.#groups) || !isCount(step, Number.MAX_SAFE_INTEGER) || !(solved instanceof Float64Array))
      throw damaged();
    if (solved.length !== Math.min(this.#count, group * GROUP) * length) throw damaged();
    this.#solved.set(solved);
    this.#group = group;
    this.#step = step;
    if (group < this.#groups) this.#load(this.#labels().map((_, i) => stateOf(arrays, `${i}.`)));
  }

  async model(): Promise<ModelContent> {
    const { name, settings, design } = this.#prepared;
    const planes = this.#planes();
    const calibration = settings.calibration ?? (await this.#calibrate(planes));
    return contentOf(name, settings.loss, { design, planes, calibration });
  }

  /** Weights of a column lie together, as predicting wants them. */
  #planes(): Hyperplanes {
    const { width } = this.#prepared.design;
    const count = this.#count;
    const weights = new Float32Array(width * count);
    const intercepts = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const plane = this.#solved.subarray(k * (width + 1), (k + 1) * (width + 1));
      for (let column = 0; column < width; column++)
        weights[column * count + k] = plane[column]! * (this.#scales?.[column] ?? 1);
      intercepts[k] = plane[width]!;
    }
    return { weights, intercepts };
  }

  async #calibrate(planes: Hyperplanes): Promise<Calibration> {
    const { context, settings, design } = this.#prepared;
    const { dataset } = context;
    if (settings.loss === "logistic" && dataset.task.kind !== "multiclass") return LOG_ODDS;
    if (dataset.rows.validation === 0) return settings.loss === "logistic" ? LOG_ODDS : UNCALIBRATED;
    const { table, rows, target } = await dataset.examples("validation");
    const margins = marginsOf(designMatrix(design, table, rows), planes);
    return calibrate(margins, targetsOf(target, rows, targetWidth(dataset.task)), this.#count, dataset.task);
  }

  dispose(): Promise<void> {
    return this.#machine.dispose();
  }
}

function weightsOf({ weight, rows }: Examples): Float32Array | null {
  if (weight === null || rows === null) return weight;
  return Float32Array.from(rows, (row) => weight[row]!);
}

function targetsOf(target: Float64Array, rows: Uint32Array | null, width: number): Float64Array {
  if (rows === null) return target;
  const own = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    own.set(target.subarray(row * width, (row + 1) * width), i * width);
  });
  return own;
}

function stateOf(arrays: State["arrays"], prefix: string): ProblemState {
  const real = (name: string) => {
    const array = arrays[prefix + name];
    if (array instanceof Float64Array) return array;
    throw damaged();
  };
  const order = arrays[`${prefix}order`];
  if (!(order instanceof Uint32Array)) throw damaged();
  return { alpha: real("alpha"), hyperplane: real("hyperplane"), order, scalars: real("scalars") };
}

function isCount(value: unknown, most: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function damaged(): KaaykoError {
  return new KaaykoError({ action: "continue a linear fit", rule: "its state must be whole", kind: "damaged" });
}
