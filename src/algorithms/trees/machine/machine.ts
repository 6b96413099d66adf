import {
  constantsOf,
  type HistogramShape,
  MemoryPlan,
  PHASES,
  type Phase,
  treeModules,
} from "../../../kernels/trees/index.ts";
import { ThreadTeam } from "../../../parallel/index.ts";
import { StreamedBins } from "../streaming/streamed-bins.ts";
import { type MachineAreas, planAreas } from "./machine-areas.ts";
import { fillFrame } from "./machine-frame.ts";
import type { MachineOptions } from "./machine-options.ts";
import { BLOCK_ROWS, type MachineSizes, sizesOf } from "./machine-sizes.ts";
import { planSets, type RowSet } from "./row-set.ts";

const MAX_COUNT_BITS = 28;
const EMITTED_FROM_CELLS = 100_000;
/** Above this many columns an emitted kernel would be too long to be worth compiling. */
const MAX_EMITTED_COLUMNS = 512;
/** Phases that look at the rows' bins, block by block. */
const BINS_PHASES: ReadonlySet<Phase> = new Set([
  "rootPass",
  "classRootPass",
  "residualRootPass",
  "expandPass",
  "residualPass",
  "walkPass",
  "leftOutPass",
]);

/**
 * The memory that a training lives in, the threads over it, and the frame that tells the kernels where things are.
 * Holds no decision of the algorithm.
 */
export class TreeMachine {
  readonly sizes: MachineSizes;
  readonly train: RowSet;
  readonly validation: RowSet | null;
  /** Further sets that are scored after each round. */
  readonly evaluations: readonly RowSet[];
  readonly kernel: ThreadTeam["kernel"];
  readonly address: MachineAreas;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly reals: Float64Array;
  /** The training rows' bins where they are not all in memory. */
  readonly streamedBins: StreamedBins | null;
  /** Offsets of the frame's fields by name. */
  readonly #offsets: ReadonlyMap<string, number>;
  readonly #team: ThreadTeam;
  #selected: RowSet | null = null;

  /** @throws KaaykoError (input) where the rows do not fit; says how many would */
  constructor(options: MachineOptions) {
    const sizes = sizesOf(options);
    this.sizes = sizes;
    const plan = new MemoryPlan();
    const sets = planSets(plan, options);
    this.train = sets.train;
    this.validation = sets.validation;
    this.evaluations = sets.evaluations;
    this.address = planAreas(plan, sizes, sets.train, options);
    if (sizes.countBits > MAX_COUNT_BITS) plan.reserve(2 ** 33);
    const memory = plan.create(options.trainRows + options.validationRows);
    this.bytes = new Uint8Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.reals = new Float64Array(memory.buffer);
    const shape = emittedShape(options.trainRows, sizes);
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
    fillFrame(this, shape !== null);
    const streamed = { ...this.train, blockRows: BLOCK_ROWS, stride: sizes.layout.stride };
    this.streamedBins = options.stream === undefined ? null : new StreamedBins(memory, streamed, options.stream);
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
    else this.runBeside(phase, () => {});
  }

  /** Runs a phase in all threads to its end; this one does something else first, which the phase has nothing to do with. */
  runBeside(phase: Phase, meanwhile: () => void): void {
    this.set("NEXT_TASK", 0);
    this.#team.run(phase, meanwhile);
  }

  /** Runs a phase over one stretch of blocks after the other: its tasks are blocks, and sums do not depend on their order. */
  #runStreamed(phase: Phase): void {
    this.streamedBins!.pass(({ from, to, address }) => {
      // Kernels count addresses from block 0, in 32 bits that wrap around.
      this.set("BINS", (address - from * BLOCK_ROWS * this.sizes.layout.stride) | 0);
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

/** What a kernel of the table's own is emitted for; null where that would not pay. */
function emittedShape(rows: number, { layout, countBits }: MachineSizes): HistogramShape | null {
  const { stride, columns, cellOffsets } = layout;
  if (rows * columns < EMITTED_FROM_CELLS || columns > MAX_EMITTED_COLUMNS) return null;
  return { stride, cellOffsets: cellOffsets.subarray(0, columns), shift: countBits };
}
