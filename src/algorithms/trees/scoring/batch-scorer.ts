import type { FeatureColumn, FeatureTable } from "../../../core/index.ts";
import { constantsOf, MemoryPlan, PHASES, treeModules } from "../../../kernels/trees/index.ts";
import { ThreadTeam } from "../../../parallel/index.ts";
import type { TreeModel } from "../model.ts";
import { type CodePlan, planCodes } from "./code-columns.ts";
import { type PlacedTrees, placeTrees, planTrees } from "./placed-trees.ts";

/** Bytes of raw values that are staged at a time, and rows of them. */
const BATCH_BYTES = 4 * 2 ** 20;
const BATCH_ROWS = { least: 1024, most: 65_536 } as const;
const FRAME_BYTES = 512;
const LOOKUP = { bytes: 2112, cuts: 2048 } as const;
/** Kinds of columns of codes in the kernel. */
const KIND = { float32: 0, float64: 1, turned: 2, set: 3 } as const;
/** Rows times trees that a second thread should have. */
const WORK_PER_THREAD = 400_000;
const MAX_THREADS = 8;

/** Scores tables with the kernel: raw values become codes of one byte, once for all trees, and every split compares bytes. */
export class BatchScorer {
  readonly #model: TreeModel;
  readonly #classes: number;
  readonly #mostThreads: number;
  readonly #codes: CodePlan;
  /** Where the values of each entry that some split names are staged. */
  readonly #staged: ReadonlyMap<number, number>;
  readonly #batchRows: number;
  readonly #memory: WebAssembly.Memory;
  readonly #outputs: Float64Array;
  readonly #words: Int32Array;
  readonly #frame: number;
  readonly #records: number;
  readonly #constants: Readonly<Record<string, number>>;
  #team: ThreadTeam;

  constructor(model: TreeModel, classes: number, threads: number) {
    this.#model = model;
    this.#classes = classes;
    this.#mostThreads = Math.min(threads, MAX_THREADS);
    this.#codes = planCodes(model);
    const { columns } = this.#codes;
    const entries = [...new Set(columns.map(({ entry }) => entry))];
    const fitting = Math.floor(BATCH_BYTES / (8 * Math.max(1, entries.length)) / 256) * 256;
    this.#batchRows = Math.max(BATCH_ROWS.least, Math.min(BATCH_ROWS.most, fitting));
    const plan = new MemoryPlan();
    this.#frame = plan.reserve(FRAME_BYTES);
    this.#records = plan.reserve(columns.length * 64);
    const tables = columns.map(() => plan.reserve(LOOKUP.bytes + LOOKUP.cuts));
    this.#staged = new Map(entries.map((entry) => [entry, plan.reserve(this.#batchRows * 8)]));
    const outputs = plan.reserve(this.#batchRows * classes * 8);
    const placed = planTrees(plan, model.trees, columns.length, this.#mostThreads);
    this.#memory = plan.create(this.#batchRows);
    this.#words = new Int32Array(this.#memory.buffer);
    this.#outputs = new Float64Array(this.#memory.buffer, outputs, this.#batchRows * classes);
    this.#team = this.#hire(1);
    this.#constants = constantsOf(this.#team.kernel);
    placeTrees(this.#memory.buffer, placed, model.trees, this.#codes, classes);
    this.#placeColumns(tables);
    this.#setFields(placed, outputs);
  }

  #hire(threads: number): ThreadTeam {
    return new ThreadTeam({
      memory: this.#memory,
      modules: treeModules(null),
      routines: PHASES,
      attach: ["attach", this.#frame],
      threads,
    });
  }

  #setFields(placed: PlacedTrees, outputs: number): void {
    this.#set("BINNING", this.#records);
    this.#set("BINNING_COUNT", this.#codes.columns.length);
    this.#set("OUTPUT", outputs);
    this.#set("CLASS", this.#classes);
    this.#set("TREES", placed.records);
    this.#set("TREE_COUNT", this.#model.trees.ends.length);
    this.#set("SCRATCH", placed.scratch);
    this.#set("SCRATCH_BYTES", placed.scratchBytes);
    this.#set("SLOT", placed.results);
  }

  #set(field: string, value: number): void {
    this.#words[(this.#frame + this.#constants[`AT_${field}`]!) >>> 2] = value;
  }

  /** Writes the record of each column of codes, with its cuts and their lookup, or its set. */
  #placeColumns(tables: readonly number[]): void {
    const { buffer } = this.#memory;
    this.#codes.columns.forEach((column, i) => {
      const record = this.#records + i * 64;
      const lookup = tables[i]!;
      const words = this.#words.subarray(record >>> 2, (record >>> 2) + 16);
      words[9] = this.#staged.get(column.entry)!;
      if (column.form === "turned") words[8] = KIND.turned;
      else if (column.form === "set") {
        new Uint8Array(buffer).set(column.table, lookup);
        words.set([lookup, column.table.length / 16], 10);
        words[8] = KIND.set;
      } else {
        const cuts = lookup + LOOKUP.bytes;
        new Float64Array(buffer).set([...column.cuts, Number.POSITIVE_INFINITY], cuts >>> 3);
        words.set([cuts, lookup], 10);
        words[0] = column.cuts.length;
        this.#team.kernel.prepareLookup!(record, cuts, lookup);
      }
    });
  }

  /** Adds the trees' values to row-major scores. */
  add(table: FeatureTable, scores: Float64Array): void {
    this.#useThreads(table.rows);
    this.#setKinds(table.columns);
    for (let first = 0; first < table.rows; first += this.#batchRows) {
      const rows = Math.min(this.#batchRows, table.rows - first);
      this.#stage(table.columns, first, rows);
      const part = scores.subarray(first * this.#classes, (first + rows) * this.#classes);
      this.#outputs.set(part);
      this.#set("ROWS", rows);
      this.#set("NEXT_TASK", 0);
      this.#team.run("predictPass");
      part.set(this.#outputs.subarray(0, part.length));
    }
  }

  /** Starts more threads once a table is worth them. */
  #useThreads(rows: number): void {
    const useful = Math.floor((rows * this.#model.trees.ends.length) / WORK_PER_THREAD);
    const wanted = Math.min(useful, this.#mostThreads);
    if (wanted > this.#team.threads) {
      void this.#team.dispose();
      this.#team = this.#hire(wanted);
    }
  }

  /** A column of numbers may be float32 in one table and float64 in the next. */
  #setKinds(columns: readonly FeatureColumn[]): void {
    this.#codes.columns.forEach(({ form, entry }, i) => {
      if (form !== "ranks") return;
      const column = columns[this.#model.columns[entry]!]!;
      const isWide = column.kind === "numeric" && column.values instanceof Float64Array;
      this.#words[((this.#records + i * 64) >>> 2) + 8] = isWide ? KIND.float64 : KIND.float32;
    });
  }

  #stage(columns: readonly FeatureColumn[], first: number, rows: number): void {
    const { buffer } = this.#memory;
    for (const [entry, address] of this.#staged) {
      const column = columns[this.#model.columns[entry]!]!;
      if (column.kind === "numeric") {
        const values = column.values.subarray(first, first + rows);
        if (values instanceof Float64Array) new Float64Array(buffer, address, rows).set(values);
        else new Float32Array(buffer, address, rows).set(values);
      } else {
        const bins = this.#model.binOfCode[entry]!;
        const to = new Uint8Array(buffer, address, rows);
        for (let i = 0; i < rows; i++) to[i] = bins[column.codes[first + i]!] ?? 0;
      }
    }
  }

  dispose(): Promise<void> {
    return this.#team.dispose();
  }
}
