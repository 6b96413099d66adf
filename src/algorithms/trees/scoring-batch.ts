import type { FeatureTable } from "../../core/index.ts";
import { constantsOf, MemoryPlan, PHASES, treeModules } from "../../kernels/trees/index.ts";
import { ThreadTeam } from "../../parallel/index.ts";
import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT } from "./ensemble.ts";
import type { TreeModel } from "./model.ts";
import { innerFirst } from "./walking.ts";

/** Bytes of values that are scored at a time. */
const BATCH_BYTES = 4 * 2 ** 20;
const NODE_BYTES = 32;
const FRAME_BYTES = 512;
/** Values times trees that a second thread should have. */
const WORK_PER_THREAD = 2_000_000;
const MAX_THREADS = 8;

/** Scores tables with the kernel, in batches of rows that are laid side by side in its memory. */
export class BatchScorer {
  readonly #model: TreeModel;
  readonly #classes: number;
  readonly #features: number;
  readonly #batchRows: number;
  readonly #team: ThreadTeam;
  readonly #values: Float64Array;
  readonly #outputs: Float64Array;
  readonly #words: Int32Array;
  readonly #frame: number;
  readonly #constants: Readonly<Record<string, number>>;

  constructor(model: TreeModel, classes: number, threads: number) {
    this.#model = model;
    this.#classes = classes;
    this.#features = Math.max(1, model.binOfCode.length);
    this.#batchRows = Math.max(256, Math.floor(BATCH_BYTES / (this.#features * 8) / 256) * 256);
    const { trees } = model;
    const plan = new MemoryPlan();
    this.#frame = plan.reserve(FRAME_BYTES);
    const treeRecords = plan.reserve(trees.ends.length * 16);
    const nodes = plan.reserve(trees.feature.length * NODE_BYTES);
    const sets = plan.reserve(trees.categories.length * 4);
    const values = plan.reserve(this.#batchRows * this.#features * 8);
    const outputs = plan.reserve(this.#batchRows * classes * 8);
    const memory = plan.create(this.#batchRows);
    this.#words = new Int32Array(memory.buffer);
    this.#values = new Float64Array(memory.buffer, values, this.#batchRows * this.#features);
    this.#outputs = new Float64Array(memory.buffer, outputs, this.#batchRows * classes);
    const useful = Math.floor((this.#batchRows * trees.ends.length) / WORK_PER_THREAD);
    this.#team = new ThreadTeam({
      memory,
      modules: treeModules(null),
      routines: PHASES,
      attach: ["attach", this.#frame],
      threads: Math.max(1, Math.min(threads, MAX_THREADS, useful)),
    });
    this.#constants = constantsOf(this.#team.kernel);
    this.#words.set(trees.categories, sets >>> 2);
    this.#writeTrees(treeRecords, nodes, sets, new Float64Array(memory.buffer));
    this.#set("BINS", values);
    this.#set("OUTPUT", outputs);
    this.#set("STRIDE", this.#features * 8);
    this.#set("CLASS", classes);
    this.#set("TREES", treeRecords);
    this.#set("TREE_COUNT", trees.ends.length);
  }

  #set(field: string, value: number): void {
    this.#words[(this.#frame + this.#constants[`AT_${field}`]!) >>> 2] = value;
  }

  #writeTrees(treeRecords: number, nodes: number, sets: number, reals: Float64Array): void {
    const { trees } = this.#model;
    let start = 0;
    for (let tree = 0; tree < trees.ends.length; tree++) {
      const end = trees.ends[tree]!;
      const { of, inner } = innerFirst(trees, start, end);
      const base = nodes + start * NODE_BYTES;
      this.#words.set([base, inner, tree % this.#classes, 0], (treeRecords >>> 2) + tree * 4);
      for (let node = start; node < end; node++) this.#writeNode(node, base, start, of, sets, reals);
      start = end;
    }
  }

  #writeNode(node: number, base: number, start: number, of: Int32Array, sets: number, reals: Float64Array): void {
    const { trees } = this.#model;
    const own = of[node - start]!;
    const at = base + own * NODE_BYTES;
    const feature = trees.feature[node]!;
    const isLeaf = feature < 0;
    reals[at >>> 3] = isLeaf ? trees.value[node]! : trees.threshold[node]!;
    const flags = trees.flags[node]!;
    const kind = isLeaf ? 3 : (flags & CATEGORICAL) !== 0 ? 2 : (flags & MISSING_LEFT) !== 0 ? 1 : 0;
    const left = isLeaf ? own : of[trees.left[node]!]!;
    const right = isLeaf ? own : of[trees.right[node]!]!;
    const set = kind === 2 ? sets + trees.bin[node]! * CATEGORY_WORDS * 4 : 0;
    this.#words.set([isLeaf ? 0 : feature * 8, left, right, kind, set, 0], (at >>> 2) + 2);
  }

  /** Adds the trees' values to row-major scores. */
  add(table: FeatureTable, scores: Float64Array): void {
    for (let first = 0; first < table.rows; first += this.#batchRows) {
      const rows = Math.min(this.#batchRows, table.rows - first);
      this.#layRows(table, first, rows);
      const part = scores.subarray(first * this.#classes, (first + rows) * this.#classes);
      this.#outputs.set(part);
      this.#set("ROWS", rows);
      this.#set("NEXT_TASK", 0);
      this.#team.run("predictPass");
      part.set(this.#outputs.subarray(0, rows * this.#classes));
    }
  }

  #layRows(table: FeatureTable, first: number, rows: number): void {
    const to = this.#values;
    const width = this.#features;
    this.#model.columns.forEach((number, feature) => {
      const column = table.columns[number]!;
      if (column.kind === "numeric") {
        const { values } = column;
        for (let i = 0, at = feature; i < rows; i++, at += width) to[at] = values[first + i]!;
        return;
      }
      const bins = this.#model.binOfCode[feature]!;
      for (let i = 0, at = feature; i < rows; i++, at += width) to[at] = bins[column.codes[first + i]!] ?? 0;
    });
  }

  dispose(): Promise<void> {
    return this.#team.dispose();
  }
}
