import {
  type Algorithm,
  type CheckpointPosition,
  type CheckpointSession,
  type Dataset,
  type ExampleStream,
  type Examples,
  type FeatureTable,
  type JsonObject,
  type LoadedCheckpoint,
  type ModelContent,
  type ParameterValues,
  type Predictor,
  type Role,
  type RunEvent,
  type RunObserver,
  randomStream,
  resolveParameters,
  type State,
  type StepReport,
  type Task,
  type Trainer,
  type TrainerContext,
} from "../../src/core/index.ts";
import type { LoadedData, Preparation, PreparedData, Stage } from "../../src/training/index.ts";
import { TRAINING_PARAMETERS } from "../../src/training/index.ts";
import { copyState } from "../conformance/resumable.ts";

/** What outlives a process: the checkpoints and the log of a run. */
export interface Disk {
  readonly runId: string;
  run: JsonObject;
  latest: LoadedCheckpoint | null;
  readonly events: RunEvent[];
  commits: number;
}

let runs = 0;

export function newDisk(run: JsonObject = {}): Disk {
  return { runId: `run-${++runs}`, run, latest: null, events: [], commits: 0 };
}

/** A session over a disk in memory: states are copied both ways, as bytes on a disk would be. */
export function openSession(
  disk: Disk,
  due: (position: CheckpointPosition) => boolean = () => true,
): CheckpointSession {
  const { latest } = disk;
  return {
    runId: disk.runId,
    run: disk.run,
    latest: latest === null ? null : { ...latest, state: copyState(latest.state) },
    warnings: [],
    due,
    commit: async (position, state) => {
      disk.commits++;
      disk.latest = { token: 1, sequence: disk.commits, position, state: copyState(state) };
    },
    flush: async () => null,
    event: (event) => {
      disk.events.push(event);
    },
    close: async () => {},
  };
}

export const SILENT: RunObserver = { stage: () => {}, progress: () => {}, notice: () => {}, warning: () => {} };

export function settings(values: Record<string, unknown> = {}): ParameterValues {
  return resolveParameters(TRAINING_PARAMETERS, { data: "points.csv", target: "y", threads: 1, ...values }, "setting");
}

/** A small table: y depends on two features, one of them with categories. */
export function makeDataset(
  task: Task,
  rows = 240,
  fold: { k: number; folds: number } | "whole" | null = null,
): Dataset {
  const random = randomStream(7, "points");
  const x = Float64Array.from({ length: rows }, () => random.normal());
  const codes = Uint8Array.from({ length: rows }, () => 1 + random.integer(3));
  const classes = task.classes?.length ?? 0;
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const value = 2 * x[i]! + codes[i]! - (classes === 0 ? 2 : 0) + 0.1 * random.normal();
    return classes === 0 ? value : Math.min(classes - 1, Math.max(0, Math.floor(value)));
  });
  const table: FeatureTable = {
    rows,
    columns: [
      { kind: "numeric", name: "x", values: x },
      { kind: "categorical", name: "c", codes, cardinality: 3 },
    ],
  };
  const roleOf = (row: number): Role => {
    const held = row % 10;
    if (held === 9) return "test";
    if (fold === "whole") return "train";
    if (fold === null) return held === 8 ? "validation" : "train";
    return row % fold.folds === fold.k ? "validation" : "train";
  };
  const rowsOf = (role: Role) =>
    Uint32Array.from(Array.from({ length: rows }, (_, i) => i).filter((i) => roleOf(i) === role));
  const counts = {
    train: rowsOf("train").length,
    validation: rowsOf("validation").length,
    test: rowsOf("test").length,
  };
  const examples = (role: Role): Examples => ({ table, rows: rowsOf(role), target, weight: null });
  return {
    task,
    features: [
      { name: "x", kind: "numeric", cardinality: 0, mean: 0, std: 1, min: -4, max: 4, missing: 0 },
      { name: "c", kind: "categorical", cardinality: 3, mean: 0, std: 0, min: 0, max: 0, missing: 0 },
    ],
    rows: counts,
    target: { mean: 0, std: 1, min: 0, max: 1, classCounts: new Array(classes).fill(1) },
    inMemory: true,
    examples: async (role) => examples(role),
    stream: async (role, { batchRows }) => streamOf(examples(role), Math.min(batchRows, 10)),
  };
}

/** Batches of at most `batchRows` rows. */
export function streamOf(examples: Examples, batchRows: number): ExampleStream {
  let at = 0;
  const rows = examples.rows!;
  return {
    next: async () => {
      if (at >= rows.length) return null;
      const batch = rows.slice(at, at + batchRows);
      at += batch.length;
      return { ...examples, rows: batch };
    },
    position: () => ({ at }),
    seek: async (position) => {
      at = position.at as number;
    },
    close: async () => {},
  };
}

/** A stage of a few counted steps. */
function countedStage<T>(steps: number, unit: string, product: () => T): Stage<T> {
  let step = 0;
  return {
    version: 1,
    step: async () => ({ done: ++step === steps, step, total: steps, unit }),
    getState: () => ({ json: { step }, arrays: {} }),
    setState: ({ json }) => {
      step = json.step as number;
    },
    product: async () => {
      if (step !== steps) throw new Error("product of an unfinished stage");
      return product();
    },
  };
}

export const REGRESSION: Task = { kind: "regression", target: "y" };

/** Data from memory, in the clothes of a file. */
export function preparationOf(task: Task = REGRESSION, fingerprint = "f".repeat(64), rows = 240): Preparation {
  return {
    createLoader: async () => countedStage<LoadedData>(3, "chunk", () => ({ fingerprint, notices: ["3 columns"] })),
    createFitter: async () =>
      countedStage<PreparedData>(2, "column", () => ({
        dataset: makeDataset(task, rows),
        pipeline: {
          version: 1,
          columns: [
            { name: "x", kind: "numeric" },
            { name: "c", kind: "categorical" },
          ],
          encoders: [
            { form: "numeric", column: "x" },
            { form: "categorical", column: "c", categories: ["a", "b", "c"] },
          ],
          features: makeDataset(task).features,
          user: null,
        },
        schema: [],
        notices: [],
        fold: async (k, folds) => makeDataset(task, rows, { k, folds }),
        whole: async () => makeDataset(task, rows, "whole"),
      })),
  };
}

/** Gradient descent on a line, a pass a step: small, exact, and wrong at once if a step is lost or repeated. */
export const toy: Algorithm = {
  name: "toy",
  title: "Toy",
  description: "A line",
  tasks: ["regression"],
  input: "memory",
  parameters: [
    { name: "rounds", type: "integer", min: 1, default: 6, description: "Passes" },
    { name: "rate", type: "number", min: 0, max: 1, default: 0.1, description: "Learning rate" },
  ],
  createTrainer: async (context) => new ToyTrainer(context),
  createPredictor: async (model) => toyPredictor(model),
};

class ToyTrainer implements Trainer {
  readonly version = 1;
  #step = 0;
  #slopes: number[] = [];
  #slope = 0;
  readonly #context: TrainerContext;

  constructor(context: TrainerContext) {
    this.#context = context;
  }

  async step(): Promise<StepReport> {
    const { table, rows, target } = await this.#context.dataset.examples("train");
    const column = table.columns[0]!;
    if (column.kind !== "numeric") throw new Error("not a number");
    const random = randomStream(this.#context.seed, "toy", this.#step);
    let gradient = 0;
    const used = rows ?? target.keys();
    for (const row of used) {
      const x = column.values[row]!;
      if (!Number.isNaN(x)) gradient += (this.#slope * x - target[row]!) * x;
    }
    this.#slope -= (this.#context.parameters.rate as number) * (gradient / target.length) * (0.5 + random.float());
    this.#slopes.push(this.#slope);
    this.#step++;
    const total = this.#context.parameters.rounds as number;
    return { done: this.#step >= total, step: this.#step, total, unit: "tree", metrics: { slope: this.#slope } };
  }

  getState(): State {
    return {
      json: { step: this.#step, slope: this.#slope },
      arrays: { slopes: Float64Array.from(this.#slopes) },
      appendOnly: ["slopes"],
    };
  }

  setState({ json, arrays }: State): void {
    this.#step = json.step as number;
    this.#slope = json.slope as number;
    this.#slopes = [...(arrays.slopes as Float64Array)];
  }

  async model(): Promise<ModelContent> {
    const arrays = { slopes: Float64Array.from(this.#slopes) };
    return { algorithm: "toy", formatVersion: 1, json: { slope: this.#slope }, arrays };
  }

  async dispose(): Promise<void> {}
}

function toyPredictor(model: ModelContent): Predictor {
  return {
    predict: async (table) => {
      const column = table.columns[0]!;
      if (column.kind !== "numeric") throw new Error("not a number");
      return Float64Array.from(column.values, (value) =>
        Number.isNaN(value) ? 0 : value * (model.json.slope as number),
      );
    },
    importance: () => ({ measure: "weight", values: [1, 0] }),
    dispose: async () => {},
  };
}

/** An algorithm that cannot even start, as one whose native part is missing. */
export const broken: Algorithm = {
  ...toy,
  name: "broken",
  title: "Broken",
  createTrainer: async () => {
    throw new Error("its library is not installed");
  },
};
