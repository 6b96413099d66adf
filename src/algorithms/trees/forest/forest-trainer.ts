import {
  KaaykoError,
  type ModelContent,
  type State,
  type StepReport,
  streamKey,
  type Trainer,
  type TrainerContext,
} from "../../../core/index.ts";
import { rowsOf } from "../binning/binning.ts";
import { type FeatureBins, findBins } from "../binning/feature-bins.ts";
import { encodeRows } from "./encode-rows.ts";
import { createForestMachine, type ForestMachine } from "./forest-machine.ts";
import { forestContent } from "./forest-model.ts";
import type { ForestOptions } from "./forest-options.ts";
import { restoreForest } from "./forest-state.ts";
import { rowWeights, type TargetScale, targetScale } from "./forest-targets.ts";
import { FOREST_ARRAY_NAMES, GrowingForest } from "./forest-trees.ts";
import { heldOutMetrics, type Judged } from "./held-out.ts";
import { type FeatureNumbers, placeTree, takeTree } from "./kernel-trees.ts";

/** Raised when the same data, settings and seed would give another model than before. */
export const FOREST_VERSION = 2;

/** Trees of a step: the same for any number of threads, and few where a tree takes seconds. */
const STEP_TREES = 8;
const STEP_ROWS = 40_000_000;
/** Rows that a second thread should have to itself; below, starting it costs more than it saves. */
const ROWS_PER_THREAD = 500;
const MAX_THREADS = STEP_TREES;

/**
 * Bins the training rows and makes a trainer of a random forest.
 *
 * @throws KaaykoError (input) where there are no training rows, or too many for the memory
 */
export async function createForestTrainer(
  name: string,
  context: TrainerContext,
  options: ForestOptions,
): Promise<Trainer> {
  const { dataset } = context;
  const examples = await dataset.examples("train");
  const rows = rowsOf(examples);
  if (rows === 0) {
    throw new KaaykoError({
      action: "train a forest",
      rule: "there must be training rows",
      got: "none",
      kind: "input",
      remedy: "Hold out less, or use more data.",
    });
  }
  const { columns } = examples.table;
  const bins = findBins(columns, examples.rows, rows, options.maxBins, new Set(columns.keys()));
  const numbers = splittable(bins, dataset.features);
  const kind = dataset.task.kind as Judged["kind"];
  const classes = kind === "multiclass" ? Math.max(2, dataset.task.classes!.length) : 1;
  const weight = rowWeights(examples, classes, options.balanced);
  const slots = stepTrees(rows, options.trees);
  const machine = createForestMachine({
    rows,
    classes,
    weighted: weight !== null,
    features: numbers.map((number) => bins[number]!),
    options,
    slots,
    threads: Math.max(1, Math.min(context.threads, slots, MAX_THREADS, Math.floor(rows / ROWS_PER_THREAD))),
  });
  const { memory } = machine;
  const entries = numbers.map((number) => bins[number]!);
  const range = { rows: examples.rows, first: 0, count: rows };
  encodeRows(memory, machine.encoding, entries, examples.table, range, machine.bins, machine.stride);
  const scale = targetScale(dataset.task, examples);
  const targets = new Float64Array(memory.buffer, machine.target, rows);
  for (let i = 0; i < rows; i++)
    targets[i] = examples.target[examples.rows?.[i] ?? i]! / scale.scale - scale.base / scale.scale;
  if (weight !== null) new Float32Array(memory.buffer, machine.weight, rows).set(weight);
  const judged = { rows, kind, classes, scale: scale.scale };
  return new ForestTrainer(name, context, options, machine, { numbers, bins, classes }, judged, scale);
}

/** Numbers of the bins that can tell rows apart. */
function splittable(bins: readonly FeatureBins[], features: readonly { readonly missing: number }[]): number[] {
  const varies = (entry: FeatureBins): boolean =>
    entry.kind === "categorical" ? entry.codes > 1 : entry.cuts.length > 0 || features[entry.column]!.missing > 0;
  return bins.flatMap((entry, number) => (varies(entry) ? [number] : []));
}

function stepTrees(rows: number, trees: number): number {
  return Math.min(trees, Math.max(2, Math.min(STEP_TREES, Math.floor(STEP_ROWS / rows))));
}

/**
 * A random forest (Breiman, "Random forests", 2001): trees grown independently, each from a sample of the rows, each split chosen among
 * some of the features; their values are averaged. A step grows a few trees, each in one thread. All that is random in a tree comes
 * from its own streams, so the forest is the same bytes for any number of threads.
 */
class ForestTrainer implements Trainer {
  readonly version = FOREST_VERSION;
  readonly #name: string;
  readonly #context: TrainerContext;
  readonly #options: ForestOptions;
  readonly #machine: ForestMachine;
  readonly #features: FeatureNumbers;
  readonly #judged: Judged;
  readonly #scale: TargetScale;
  #forest = new GrowingForest();
  #gains: Float64Array;
  #steps = 0;
  #seconds = 0;

  constructor(
    name: string,
    context: TrainerContext,
    options: ForestOptions,
    machine: ForestMachine,
    features: FeatureNumbers,
    judged: Judged,
    scale: TargetScale,
  ) {
    this.#name = name;
    this.#context = context;
    this.#options = options;
    this.#machine = machine;
    this.#features = features;
    this.#judged = judged;
    this.#scale = scale;
    this.#gains = new Float64Array(features.bins.length);
  }

  get #samples(): boolean {
    return this.#options.bootstrap || this.#options.sampleShare < 1;
  }

  step(): StepReport {
    const started = performance.now();
    const { memory, slots } = this.#machine;
    const first = this.#forest.trees;
    const count = Math.min(slots.length, this.#options.trees - first);
    this.#writeKeys(first, count);
    memory.run("growPass");
    if (this.#samples) memory.run("heldOutPass");
    for (let i = 0; i < count; i++) this.#take(i);
    this.#steps++;
    const metrics = this.#samples ? heldOutMetrics(this.#machine, this.#judged) : {};
    this.#seconds += (performance.now() - started) / 1000;
    const { trees } = this.#forest;
    const total = Math.ceil(this.#options.trees / slots.length);
    const note = `${this.#name}, tree ${trees} of ${this.#options.trees}`;
    return { done: this.#isDone(), step: this.#steps, total, unit: "tree group", metrics, note };
  }

  #writeKeys(first: number, count: number): void {
    const { memory, slots } = this.#machine;
    const { seed } = this.#context;
    for (let i = 0; i < count; i++) {
      const keys = [
        ...streamKey(seed, this.#name, "rows", first + i),
        ...streamKey(seed, this.#name, "splits", first + i),
      ];
      memory.write(slots[i]!, keys);
    }
    memory.set("SLOT_COUNT", count);
  }

  #take(slot: number): void {
    const { memory, slots, gains } = this.#machine;
    takeTree(memory, slots[slot]!, this.#forest, this.#features);
    const own = new Float64Array(memory.buffer, gains[slot]!, this.#features.numbers.length);
    this.#features.numbers.forEach((number, i) => {
      this.#gains[number]! += own[i]!;
    });
  }

  #isDone(): boolean {
    const { trees, timeLimit } = this.#options;
    return this.#forest.trees >= trees || (timeLimit !== null && this.#seconds >= timeLimit);
  }

  getState(): State {
    const json = { trees: this.#forest.trees, ...(this.#options.timeLimit === null ? {} : { seconds: this.#seconds }) };
    return {
      json,
      arrays: { ...this.#forest.arrays(), gains: this.#gains.slice() },
      appendOnly: [...FOREST_ARRAY_NAMES],
    };
  }

  /** @throws KaaykoError (damaged) for a state that is not of this data and these settings */
  setState(state: State): void {
    const { slots } = this.#machine;
    const restored = restoreForest(state, this.#features, { ...this.#options, maxNodes: this.#machine.maxNodes });
    this.#forest = new GrowingForest(restored.trees);
    this.#gains = restored.gains;
    this.#seconds = restored.seconds;
    this.#steps = Math.ceil(restored.trees.ends.length / slots.length);
    if (this.#samples) this.#judgeAgain();
  }

  /** Brings the sums over held-out rows to where they were: draws the rows of each tree again and walks the others down it. */
  #judgeAgain(): void {
    const { memory, slots } = this.#machine;
    const trees = this.#forest.arrays();
    const placeOf = this.#features.bins.map((_, number) => this.#features.numbers.indexOf(number));
    for (let first = 0; first < trees.ends.length; first += slots.length) {
      const count = Math.min(slots.length, trees.ends.length - first);
      this.#writeKeys(first, count);
      memory.run("drawPass");
      for (let i = 0; i < count; i++) {
        const field = (name: string): number => memory.words[(slots[i]! + memory.constant(name)) >>> 2]!;
        const to = {
          nodes: field("SLOT_NODES"),
          sets: field("SLOT_SETS"),
          distributions: field("SLOT_DISTRIBUTIONS"),
        };
        placeTree(memory, to, trees, first + i, this.#features, placeOf);
      }
      memory.run("heldOutPass");
    }
  }

  async model(): Promise<ModelContent> {
    return forestContent({
      algorithm: this.#name,
      trees: this.#forest.arrays(),
      gains: this.#gains.slice(),
      bins: this.#features.bins,
      classes: this.#features.classes,
      ...this.#scale,
    });
  }

  dispose(): Promise<void> {
    return this.#machine.memory.dispose();
  }
}
