import type { Examples } from "../../core/index.ts";
import {
  constantsOf,
  type HistogramShape,
  MemoryPlan,
  PHASES,
  type Phase,
  treeModules,
} from "../../kernels/trees/index.ts";
import { ThreadTeam } from "../../parallel/index.ts";
import type { ColumnLayout } from "./column-layout.ts";
import { type BinStreamPlan, StreamedBins, streamedBytes } from "./streaming/streamed-bins.ts";

/** Rows in a block, as in the kernels' frame. */
export const BLOCK_ROWS = 16_384;
const SPLIT_BYTES = 80;
const TABLE_BYTES = 256;
const STATISTICS_BYTES = 48;
const SCRATCH_BYTES = 8192 + 2 * BLOCK_ROWS + 128;
/** Candidates of a node at most: the ranges of columns that its search is divided into. */
export const MAX_CHUNKS = 32;
const SLOT_BUDGET = 512 * 2 ** 20;
const PARTIAL_BUDGET = 256 * 2 ** 20;
/** Values on their way to bins are staged for so many rows and features at once. */
export const STAGED_ROWS = 8192;
export const STAGED_FEATURES = 64;
/** Bytes of a staged feature's record, its cuts and its lookup table. */
export const BINNING_BYTES = { record: 64, cuts: 256 * 8, lookup: 2112 } as const;
/** Nodes that a walk of finished trees holds at once. */
const WALK_NODES = 8192;
const MAX_COUNT_BITS = 28;
/** First 16 bits of a size in float32, without the sign's. */
export const SIZE_COUNTS = 2 ** 15;
/** Above this many columns an emitted kernel would be too long to be worth compiling. */
const MAX_EMITTED_COLUMNS = 512;
/** Phases that look at the rows' bins, block by block. */
const BINS_PHASES: ReadonlySet<Phase> = new Set([
  "rootPass",
  "residualRootPass",
  "expandPass",
  "residualPass",
  "walkPass",
  "leftOutPass",
]);
const EMITTED_FROM_CELLS = 100_000;

/** A set of rows that is to be scored, and whether they have weights. */
export interface EvaluationPlan {
  readonly rows: number;
  readonly weighted: boolean;
}

export interface MachineOptions {
  readonly layout: ColumnLayout;
  /** Whether rows of each set have weights. */
  readonly train: Pick<Examples, "weight">;
  readonly validation: Pick<Examples, "weight"> | null;
  /** Further sets that are scored after each round. Default none. */
  readonly evaluations?: readonly EvaluationPlan[];
  readonly trainRows: number;
  readonly validationRows: number;
  readonly classes: number;
  readonly maxLeaves: number;
  readonly threads: number;
  /** Whether leaf values are renewed from residuals. Default false. */
  readonly renews?: boolean;
  /** Whether gradients are given from outside. Default false. */
  readonly given?: boolean;
  /** Whether nodes have bounds, and features of their own. Default false. */
  readonly bounded?: boolean;
  readonly masked?: boolean;
  /** Whether rows are drawn by the size of their gradient. Default false. */
  readonly oneSided?: boolean;
  /** True where training rows are residuals in whole steps, which need neither scores nor targets beside them. */
  readonly residual: boolean;
  /** Where not all bins of the training rows are held in memory: how many are, and where the others are read. Default all. */
  readonly stream?: BinStreamPlan;
  /** Whether gradients and hessians are packed into 4 bytes. Default false. */
  readonly packed?: boolean;
}

/** Bits that a count of some rows needs at most. */
export function bitsOf(rows: number): number {
  return 32 - Math.clz32(rows);
}

/** Addresses of some labelled rows in the machine's memory. */
export interface RowSet {
  readonly rows: number;
  readonly blocks: number;
  readonly bins: number;
  readonly scores: number;
  readonly target: number;
  /** 0 where every weight is 1. */
  readonly weight: number;
  readonly normaliser: number;
  readonly statistics: number;
}

/**
 * The memory that a training lives in, the threads over it, and the frame that tells the kernels where things are.
 * Holds no decision of the algorithm.
 */
export class TreeMachine {
  readonly layout: ColumnLayout;
  readonly train: RowSet;
  readonly validation: RowSet | null;
  /** Further sets that are scored after each round. */
  readonly evaluations: readonly RowSet[];
  readonly maxNodes: number;
  /** Bits that a count of rows needs at most. */
  readonly countBits: number;
  readonly slotBytes: number;
  readonly slots: number;
  readonly jobLimit: number;
  readonly walkNodes: number;
  readonly residual: boolean;
  readonly packed: boolean;
  readonly kernel: ThreadTeam["kernel"];
  readonly address: Readonly<Record<Area, number>>;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly reals: Float64Array;
  readonly threads: number;
  /** The training rows' bins where they are not all in memory. */
  readonly streamedBins: StreamedBins | null;
  /** Offsets of the frame's fields by name. */
  readonly #offsets: ReadonlyMap<string, number>;
  readonly #team: ThreadTeam;
  #selected: RowSet | null = null;

  /** @throws KaaykoError (input) where the rows do not fit; says how many would */
  constructor(options: MachineOptions) {
    const { layout, trainRows, validationRows, classes } = options;
    this.layout = layout;
    this.threads = options.threads;
    this.countBits = bitsOf(trainRows);
    this.maxNodes = 2 * options.maxLeaves - 1;
    this.walkNodes = Math.max(WALK_NODES, this.maxNodes);
    const cells = layout.cellOffsets[layout.columns]!;
    this.residual = options.residual;
    this.packed = options.packed ?? false;
    this.slotBytes = cells * (options.residual ? 8 : 16);
    this.slots = Math.max(4, Math.min(2 * options.maxLeaves + 2, Math.floor(SLOT_BUDGET / this.slotBytes)));
    const helpers = Math.max(1, options.threads - 1);
    this.jobLimit = Math.max(2, Math.min(64, Math.floor(PARTIAL_BUDGET / (this.slotBytes * helpers))));
    const plan = new MemoryPlan();
    const weighted = options.train.weight !== null;
    const binBytes = options.stream && streamedBytes(options.stream, BLOCK_ROWS * layout.stride);
    this.train = planRows(plan, trainRows, layout.stride, options.residual ? 0 : classes, weighted, binBytes);
    this.validation =
      validationRows === 0
        ? null
        : planRows(plan, validationRows, layout.stride, classes, (options.validation?.weight ?? null) !== null);
    this.evaluations = (options.evaluations ?? []).map(({ rows, weighted }) =>
      planRows(plan, rows, layout.stride, classes, weighted),
    );
    this.address = this.#plan(plan, options);
    if (this.countBits > MAX_COUNT_BITS) plan.reserve(2 ** 33);
    const memory = plan.create(trainRows + validationRows);
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.reals = new Float64Array(memory.buffer);
    const emitted = trainRows * layout.columns >= EMITTED_FROM_CELLS && layout.columns <= MAX_EMITTED_COLUMNS;
    const shape: HistogramShape | null = emitted
      ? { stride: layout.stride, cellOffsets: layout.cellOffsets.subarray(0, layout.columns), shift: this.countBits }
      : null;
    this.#team = new ThreadTeam({
      memory,
      modules: treeModules(shape),
      routines: PHASES,
      attach: ["attach", this.address.frame],
      threads: options.threads,
    });
    this.kernel = this.#team.kernel;
    this.#offsets = new Map(
      Object.entries(constantsOf(this.kernel)).flatMap(([name, at]) =>
        name.startsWith("AT_") ? [[name.slice(3), at]] : [],
      ),
    );
    this.#fillFrame(emitted, classes);
    const streamed = { ...this.train, blockRows: BLOCK_ROWS, stride: layout.stride };
    this.streamedBins = options.stream === undefined ? null : new StreamedBins(memory, streamed, options.stream);
  }

  #plan(plan: MemoryPlan, { renews, given, bounded, masked, oneSided, classes }: MachineOptions): Record<Area, number> {
    const { rows, blocks } = this.train;
    const recordBytes = this.packed ? 4 * classes : this.residual ? 4 : 16;
    const packedParts = this.packed ? this.threads * this.jobLimit : 0;
    const { columns, places } = this.layout;
    return {
      frame: plan.reserve(512),
      quantised: plan.reserve((rows + 3) * recordBytes + 64),
      rowNumbers: plan.reserve(blocks * BLOCK_ROWS * 2 + 64),
      segments: plan.reserve(blocks * this.maxNodes * 4),
      partials: plan.reserve((this.threads - 1) * this.jobLimit * this.slotBytes),
      packedCells: plan.reserve((packedParts * this.slotBytes) / 2),
      packedFills: plan.reserve(packedParts * 8),
      slots: plan.reserve(this.slots * this.slotBytes),
      root: plan.reserve(this.slotBytes),
      carryTerms: plan.reserve(this.maxNodes * 8),
      cellOffsets: plan.reserve((columns + 1) * 4),
      columnFeatures: plan.reserve((columns + 1) * 4),
      features: plan.reserve(places.length * 32),
      jobs: plan.reserve(this.jobLimit * 64),
      candidates: plan.reserve(this.jobLimit * 2 * MAX_CHUNKS * SPLIT_BYTES),
      splits: plan.reserve(this.maxNodes * SPLIT_BYTES),
      nodes: plan.reserve(this.maxNodes * 16),
      tables: plan.reserve(this.maxNodes * TABLE_BYTES),
      leaves: plan.reserve(this.maxNodes * 16),
      scratch: plan.reserve(this.threads * SCRATCH_BYTES),
      packing: plan.reserve(4096),
      staging: plan.reserve(STAGED_FEATURES * STAGED_ROWS * 8),
      cuts: plan.reserve(STAGED_FEATURES * BINNING_BYTES.cuts),
      binning: plan.reserve(STAGED_FEATURES * BINNING_BYTES.record),
      lookup: plan.reserve(STAGED_FEATURES * BINNING_BYTES.lookup),
      walkTrees: plan.reserve(this.walkNodes * 16),
      walkNodes: plan.reserve(this.walkNodes * 24),
      renewal: plan.reserve(renews === true ? rows * 16 : 0),
      given: plan.reserve(given === true ? rows * 16 : 0),
      bounds: bounded === true ? plan.reserve(this.maxNodes * 16) : 0,
      masks: plan.reserve(masked === true ? this.jobLimit * 2 * places.length : 0),
      rowSizes: oneSided === true ? plan.reserve(rows * 4) : 0,
      sizeCounts: plan.reserve(oneSided === true ? this.threads * SIZE_COUNTS * 4 : 0),
      walkTables: plan.reserve((this.walkNodes + 1) * TABLE_BYTES),
    };
  }

  #fillFrame(emitted: boolean, classes: number): void {
    const { layout, address } = this;
    this.set("STRIDE", layout.stride);
    this.set("COLUMNS", layout.columns);
    this.set("FEATURE_COUNT", layout.places.length);
    this.set("MAX_NODES", this.maxNodes);
    this.set("QUANTISED", address.quantised);
    this.set("ROW_NUMBERS", address.rowNumbers);
    this.set("SEGMENTS", address.segments);
    this.set("PARTIALS", address.partials);
    this.set("PACKED", this.packed ? 1 : 0);
    this.set("PACKED_CELLS", address.packedCells);
    this.set("PACKED_FILLS", address.packedFills);
    this.set("SLOT_BYTES", this.slotBytes);
    this.set("SLOT", address.slots);
    this.set("ROOT", address.root);
    this.set("CARRY_TERMS", address.carryTerms);
    this.set("JOB_LIMIT", this.jobLimit);
    this.set("CELL_OFFSETS", address.cellOffsets);
    this.set("COLUMN_FEATURES", address.columnFeatures);
    this.set("FEATURES", address.features);
    this.set("JOBS", address.jobs);
    this.set("CANDIDATES", address.candidates);
    this.set("SPLITS", address.splits);
    this.set("NODES", address.nodes);
    this.set("LEAVES", address.leaves);
    this.set("SCRATCH", address.scratch);
    this.set("SCRATCH_BYTES", SCRATCH_BYTES);
    this.set("PACKING", address.packing);
    this.set("RENEWAL", address.renewal);
    this.set("BOUNDS", address.bounds);
    this.set("GIVEN", address.given);
    this.set("ROW_SIZES", address.rowSizes);
    this.set("SIZE_COUNTS", address.sizeCounts);
    this.set("BINNING", address.binning);
    this.set("CLASSES", classes);
    this.set("SHIFT", this.countBits);
    this.set("EMITTED", emitted ? 1 : 0);
    this.set("THREADS", this.threads);
    this.kernel.preparePacking!(address.packing);
    this.words.set(layout.cellOffsets, address.cellOffsets >>> 2);
    let place = 0;
    for (let column = 0; column <= layout.columns; column++) {
      while (place < layout.places.length && layout.places[place]!.column < column) place++;
      this.words[(address.columnFeatures >>> 2) + column] = place;
    }
  }

  /** Writes a whole number into the frame. */
  set(field: string, value: number): void {
    this.words[(this.address.frame + this.#offset(field)) >>> 2] = value;
  }

  /** Writes a float64 into the frame. */
  setReal(field: string, value: number): void {
    this.reals[(this.address.frame + this.#offset(field)) >>> 3] = value;
  }

  #offset(field: string): number {
    const offset = this.#offsets.get(field);
    if (offset === undefined) throw new RangeError(`the frame has no field ${field}`);
    return offset;
  }

  /** Makes the following phases work on these rows. */
  select(set: RowSet): void {
    this.#selected = set;
    this.set("ROWS", set.rows);
    this.set("BLOCKS", set.blocks);
    this.set("BINS", set.bins);
    this.set("SCORES", set.scores);
    this.set("TARGET", set.target);
    this.set("WEIGHT", set.weight);
    this.set("NORMALISER", set.normaliser);
    this.set("STATISTICS", set.statistics);
  }

  /** Runs a phase in all threads to its end. */
  run(phase: Phase): void {
    if (this.streamedBins !== null && this.#selected === this.train && BINS_PHASES.has(phase)) this.#runStreamed(phase);
    else {
      this.set("NEXT_TASK", 0);
      this.#team.run(phase);
    }
  }

  /** Runs a phase over one stretch of blocks after the other: its tasks are blocks, and sums do not depend on their order. */
  #runStreamed(phase: Phase): void {
    this.streamedBins!.pass(({ from, to, address }) => {
      // Kernels count addresses from block 0, in 32 bits that wrap around.
      this.set("BINS", (address - from * BLOCK_ROWS * this.layout.stride) | 0);
      this.set("BLOCKS", to);
      this.set("NEXT_TASK", from);
      this.#team.run(phase);
    });
    this.set("BINS", this.train.bins);
    this.set("BLOCKS", this.train.blocks);
  }

  async dispose(): Promise<void> {
    await this.#team.dispose();
    await this.streamedBins?.dispose();
  }
}

type Area =
  | "frame"
  | "quantised"
  | "rowNumbers"
  | "segments"
  | "partials"
  | "packedCells"
  | "packedFills"
  | "slots"
  | "root"
  | "carryTerms"
  | "cellOffsets"
  | "columnFeatures"
  | "features"
  | "jobs"
  | "candidates"
  | "splits"
  | "nodes"
  | "tables"
  | "leaves"
  | "scratch"
  | "packing"
  | "staging"
  | "cuts"
  | "binning"
  | "lookup"
  | "walkTrees"
  | "walkNodes"
  | "renewal"
  | "given"
  | "bounds"
  | "masks"
  | "rowSizes"
  | "sizeCounts"
  | "walkTables";

/** For 0 classes without scores and targets. */
function planRows(
  plan: MemoryPlan,
  rows: number,
  stride: number,
  classes: number,
  weighted: boolean,
  binBytes?: number,
): RowSet {
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  return {
    rows,
    blocks,
    bins: plan.reserve((binBytes ?? rows * stride) + 64),
    scores: plan.reserve(rows * classes * 8),
    target: classes > 0 ? plan.reserve(rows * 8) : 0,
    weight: weighted ? plan.reserve(rows * 4) : 0,
    normaliser: classes > 1 ? plan.reserve(rows * 8) : 0,
    statistics: plan.reserve(blocks * STATISTICS_BYTES),
  };
}
