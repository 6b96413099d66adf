import { type MachineAreas, SCRATCH_BYTES } from "./machine-areas.ts";
import type { MachineSizes } from "./machine-sizes.ts";

/** A machine whose frame is empty. */
interface BareMachine {
  readonly sizes: MachineSizes;
  readonly address: MachineAreas;
  readonly words: Int32Array;
  readonly kernel: Record<string, (...parameters: number[]) => number>;
  set(field: string, value: number): void;
}

/** Tells the kernels where everything lies and how large it is. */
export function fillFrame(machine: BareMachine, emitted: boolean): void {
  const { sizes, address } = machine;
  const { layout } = sizes;
  machine.set("STRIDE", layout.stride);
  machine.set("COLUMNS", layout.columns);
  machine.set("FEATURE_COUNT", layout.places.length);
  machine.set("MAX_NODES", sizes.maxNodes);
  machine.set("QUANTISED", address.quantised);
  machine.set("COLUMN_BINS", address.columnBins);
  machine.set("ROW_NUMBERS", address.rowNumbers);
  machine.set("SEGMENTS", address.segments);
  machine.set("PARTIALS", address.partials);
  machine.set("PACKED", sizes.packed ? 1 : 0);
  machine.set("PACKED_CELLS", address.packedCells);
  machine.set("PACKED_FILLS", address.packedFills);
  machine.set("CLASS_ROOTS", address.classRoots);
  machine.set("GATHERED_ROWS", sizes.gatheredRows);
  machine.set("GATHERED_BINS", address.gatheredBins);
  machine.set("GATHERED_RECORDS", address.gatheredRecords);
  machine.set("GATHERED_FILLS", address.gatheredFills);
  machine.set("SLOT_BYTES", sizes.slotBytes);
  machine.set("SLOT", address.slots);
  machine.set("ROOT", address.root);
  machine.set("CARRY_TERMS", address.carryTerms);
  machine.set("JOB_LIMIT", sizes.jobLimit);
  machine.set("CELL_OFFSETS", address.cellOffsets);
  machine.set("COLUMN_FEATURES", address.columnFeatures);
  machine.set("FEATURES", address.features);
  machine.set("JOBS", address.jobs);
  machine.set("CANDIDATES", address.candidates);
  machine.set("SPLITS", address.splits);
  machine.set("NODES", address.nodes);
  machine.set("LEAVES", address.leaves);
  machine.set("SCRATCH", address.scratch);
  machine.set("SCRATCH_BYTES", SCRATCH_BYTES);
  machine.set("PACKING", address.packing);
  machine.set("RENEWAL", address.renewal);
  machine.set("BOUNDS", address.bounds);
  machine.set("GIVEN", address.given);
  machine.set("ROW_SIZES", address.rowSizes);
  machine.set("SIZE_COUNTS", address.sizeCounts);
  machine.set("BINNING", address.binning);
  machine.set("CLASSES", sizes.classes);
  machine.set("SHIFT", sizes.countBits);
  machine.set("EMITTED", emitted ? 1 : 0);
  machine.set("THREADS", sizes.threads);
  machine.kernel.preparePacking!(address.packing);
  machine.words.set(layout.cellOffsets, address.cellOffsets >>> 2);
  let place = 0;
  for (let column = 0; column <= layout.columns; column++) {
    while (place < layout.places.length && layout.places[place]!.column < column) place++;
    machine.words[(address.columnFeatures >>> 2) + column] = place;
  }
}
