import {
  type FeatureImportance,
  type FeatureTable,
  KaaykoError,
  type ModelContent,
  outputsOf,
  type Predictor,
  type PredictorContext,
} from "../../../core/index.ts";
import { MemoryPlan } from "../../../kernels/trees/index.ts";
import { asShares } from "../importance.ts";
import { type EncodingArea, encodeRows, planEncoding } from "./encode-rows.ts";
import { type Forest, readForest } from "./forest-model.ts";
import { LEAF } from "./forest-trees.ts";
import { CHUNK, KernelMemory, RECORD_BYTES } from "./kernel-memory.ts";
import { type PlacedTree, placedBytes, placeTree } from "./kernel-trees.ts";

/** Bytes of bins that are walked at a time, and rows of a task: many enough that a tree, once in the cache, serves them all. */
const BATCH_BYTES = 4 * 2 ** 20;
const BATCH_ROWS = { least: 64, most: 65_536 } as const;
const TASK_ROWS = { least: 64, most: 4096 } as const;
/** Rows times trees that a second thread should have. */
const WORK_PER_THREAD = 200_000;
const MAX_THREADS = 8;

/** Makes a predictor of a forest that may come from anyone. */
export async function createForestPredictor(model: ModelContent, context: PredictorContext): Promise<Predictor> {
  const classes = context.task.kind === "multiclass" ? Math.max(2, outputsOf(context.task)) : 1;
  return new ForestPredictor(readForest(model, context.features, classes), context);
}

class ForestPredictor implements Predictor {
  readonly #forest: Forest;
  readonly #context: PredictorContext;
  #walker: ForestWalker | null = null;

  constructor(forest: Forest, context: PredictorContext) {
    this.#forest = forest;
    this.#context = context;
  }

  async predict(table: FeatureTable): Promise<Float64Array> {
    checkTable(table, this.#context);
    const { forest, threads } = { forest: this.#forest, threads: this.#context.threads };
    const outputs = outputsOf(this.#context.task);
    const predictions = new Float64Array(table.rows * outputs);
    if (outputs < forest.classes) return predictions.fill(1);
    this.#walker ??= new ForestWalker(forest, Math.min(threads, MAX_THREADS));
    await this.#walker.hireFor(table.rows);
    this.#walker.addTo(table, predictions);
    finish(forest, predictions);
    return predictions;
  }

  importance(): FeatureImportance {
    return this.importances()[0]!;
  }

  importances(): readonly FeatureImportance[] {
    const { bins, gains, trees } = this.#forest;
    const gain = new Float64Array(this.#context.features.length);
    const splits = new Float64Array(this.#context.features.length);
    bins.forEach(({ column }, number) => {
      gain[column]! += Math.max(0, gains[number]!);
    });
    for (const entry of trees.feature) if (entry !== LEAF) splits[bins[entry]!.column]! += 1;
    return [asShares("gain", gain), asShares("splits", splits)];
  }

  async dispose(): Promise<void> {
    await this.#walker?.dispose();
    this.#walker = null;
  }
}

/** From sums over trees to predictions. Probabilities of many classes are made to sum to 1. */
function finish({ trees, classes, base, scale }: Forest, sums: Float64Array): void {
  const count = trees.ends.length;
  if (classes === 1) {
    for (let i = 0; i < sums.length; i++) sums[i] = base + (sums[i]! / count) * scale;
    return;
  }
  for (let at = 0; at < sums.length; at += classes) {
    const row = sums.subarray(at, at + classes);
    const total = row.reduce((a, b) => a + b, 0);
    for (let k = 0; k < classes; k++) row[k] = total > 0 ? row[k]! / total : 1 / classes;
  }
}

function checkTable({ columns }: FeatureTable, { features }: PredictorContext): void {
  const wrong = features.findIndex(({ kind }, i) => columns[i]?.kind !== kind);
  if (wrong < 0 && columns.length === features.length) return;
  throw new KaaykoError({
    action: "predict",
    rule: `the table must have the model's ${features.length} features, in their order and kinds`,
    got: wrong < 0 ? `${columns.length} columns` : `${columns[wrong]?.kind ?? "nothing"} for feature ${wrong + 1}`,
    kind: "input",
  });
}

/** The forest in a kernel's memory, and rows that walk it in batches. */
class ForestWalker {
  readonly #forest: Forest;
  readonly #memory: KernelMemory;
  readonly #encoding: EncodingArea;
  readonly #batchRows: number;
  readonly #stride: number;
  readonly #bins: number;
  readonly #outputs: Float64Array;
  readonly #mostThreads: number;

  constructor(forest: Forest, mostThreads: number) {
    this.#forest = forest;
    this.#mostThreads = mostThreads;
    this.#stride = Math.max(1, forest.bins.length);
    const fitting = Math.floor(BATCH_BYTES / this.#stride);
    this.#batchRows = Math.max(BATCH_ROWS.least, Math.min(BATCH_ROWS.most, fitting));
    const { trees, classes } = forest;
    const plan = new MemoryPlan();
    const frame = plan.reserve(RECORD_BYTES.frame);
    this.#encoding = planEncoding(plan);
    this.#bins = plan.reserve(this.#batchRows * this.#stride);
    const outputs = plan.reserve(this.#batchRows * classes * 8);
    const workspaces = plan.reserve(mostThreads * RECORD_BYTES.workspace);
    const chunks = Array.from({ length: mostThreads }, () =>
      plan.reserve(Math.max(TASK_ROWS.most * 4, CHUNK.rows * CHUNK.bytes)),
    );
    const slots = plan.reserve(trees.ends.length * RECORD_BYTES.slot);
    const places = Array.from(trees.ends, (_, tree): PlacedTree => {
      const bytes = placedBytes(trees, tree, classes);
      return {
        nodes: plan.reserve(bytes.nodes),
        sets: plan.reserve(bytes.sets),
        distributions: plan.reserve(bytes.distributions),
      };
    });
    this.#memory = new KernelMemory(plan, frame, this.#batchRows, 1);
    this.#outputs = new Float64Array(this.#memory.buffer, outputs, this.#batchRows * classes);
    const placeOf = forest.bins.map((_, number) => number);
    const chunkField = this.#memory.constant("WORK_CHUNK");
    chunks.forEach((chunk, thread) => {
      this.#memory.write(workspaces + thread * RECORD_BYTES.workspace + chunkField, [chunk]);
    });
    places.forEach((place, tree) => {
      placeTree(this.#memory, place, trees, tree, forest, placeOf);
      const { nodes, sets, distributions } = place;
      this.#memory.write(slots + tree * RECORD_BYTES.slot, [0, 0, 0, 0, nodes, 0, distributions, 0, 0, 0, sets, 0]);
    });
    const fields = { STRIDE: this.#stride, CLASSES: classes, BINS: this.#bins, SLOTS: slots, OUTPUTS: outputs };
    for (const [name, value] of Object.entries(fields)) this.#memory.set(name, value);
    this.#memory.set("SLOT_COUNT", trees.ends.length);
    this.#memory.set("WORKSPACES", workspaces);
  }

  /** Takes threads on where a table is worth them. */
  async hireFor(rows: number): Promise<void> {
    const useful = Math.floor((Math.min(rows, this.#batchRows) * this.#forest.trees.ends.length) / WORK_PER_THREAD);
    const wanted = Math.min(useful, this.#mostThreads);
    if (wanted > this.#memory.threads) await this.#memory.hire(wanted);
  }

  /** Adds the trees' values to row-major sums. */
  addTo(table: FeatureTable, sums: Float64Array): void {
    const { bins, classes } = this.#forest;
    for (let first = 0; first < table.rows; first += this.#batchRows) {
      const count = Math.min(this.#batchRows, table.rows - first);
      this.#memory.bytes.fill(0, this.#bins, this.#bins + count * this.#stride);
      const range = { rows: null, first, count };
      encodeRows(this.#memory, this.#encoding, bins, table, range, this.#bins, this.#stride);
      this.#outputs.fill(0, 0, count * classes);
      this.#memory.set("ROWS", count);
      const share = Math.ceil(count / this.#memory.threads);
      this.#memory.set("TASK_ROWS", Math.max(TASK_ROWS.least, Math.min(TASK_ROWS.most, share)));
      this.#memory.run("predictPass");
      sums.set(this.#outputs.subarray(0, count * classes), first * classes);
    }
  }

  dispose(): Promise<void> {
    return this.#memory.dispose();
  }
}
