import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import { constantsOf, treeModules } from "../../../src/kernels/trees/index.ts";
import { histogramTwin, movedTwin, type TwinRows } from "../../../src/kernels/trees/twins.ts";
import { instantiateChain } from "../../../src/parallel/index.ts";

const FRAME = 65_536;
const SHIFT = 12;
const THREADS = 3;
const AREA = {
  offsets: 66_048,
  bins: 70_016,
  residuals: 90_112,
  numbers: 100_032,
  segments: 140_032,
  jobs: 141_056,
  tables: 142_080,
  scratch: 150_016,
  packing: 300_032,
  leaves: 305_024,
  terms: 306_048,
  statistics: 306_560,
  root: 307_200,
  slots: 340_032,
  partials: 440_064,
} as const;

/** A kernel and a frame for rows of the given sizes of columns, all in one block. */
function makeKernel(sizes: readonly number[], rows: number) {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
  const stride = Math.ceil(sizes.length / 4) * 4;
  const cellOffsets = Uint32Array.from([0, ...sizes]);
  for (let i = 1; i < cellOffsets.length; i++)
    cellOffsets[i] = cellOffsets[i - 1]! + sizes[i - 1]! + (sizes[i - 1]! & 1);
  const kernel = instantiateChain(memory, treeModules(null));
  kernel.attach!(FRAME);
  const at = constantsOf(kernel);
  const words = new Int32Array(memory.buffer);
  const set = (field: string, value: number) => {
    words[(FRAME + at[`AT_${field}`]!) >> 2] = value;
  };
  const slotBytes = cellOffsets[sizes.length]! * 8;
  words.set(cellOffsets, AREA.offsets >> 2);
  kernel.preparePacking!(AREA.packing);
  const fields = { ROWS: rows, BLOCKS: 1, STRIDE: stride, COLUMNS: sizes.length, SHIFT, WIDE: 0, EMITTED: 0 };
  const areas = { BINS: AREA.bins, QUANTISED: AREA.residuals, ROW_NUMBERS: AREA.numbers, SEGMENTS: AREA.segments };
  const more = { CELL_OFFSETS: AREA.offsets, JOBS: AREA.jobs, SCRATCH: AREA.scratch, SCRATCH_BYTES: 41_088 };
  const rest = { PACKING: AREA.packing, LEAVES: AREA.leaves, CARRY_TERMS: AREA.terms, STATISTICS: AREA.statistics };
  const histograms = { ROOT: AREA.root, PARTIALS: AREA.partials, SLOT_BYTES: slotBytes, JOB_LIMIT: 2, THREADS };
  for (const [field, value] of Object.entries({ ...fields, ...areas, ...more, ...rest, ...histograms, MAX_NODES: 8 }))
    set(field, value);
  return { kernel, words, bytes: new Uint8Array(memory.buffer), set, stride, cellOffsets };
}

type Made = ReturnType<typeof makeKernel>;

function cellsAt({ bytes, cellOffsets }: Made, address: number) {
  const longs = new BigInt64Array(bytes.buffer, address, cellOffsets.at(-1)!);
  return Array.from(longs, (cell) => ({
    gradient: Number(cell >> BigInt(SHIFT)),
    hessian: 0,
    rows: Number(cell & ((1n << BigInt(SHIFT)) - 1n)),
  }));
}

function run({ kernel, set }: Made, phase: string, thread = 0): void {
  set("NEXT_TASK", 0);
  kernel[phase]!(thread);
}

describe("residuals in whole steps", () => {
  const shapes = fc.record({
    sizes: fc.array(fc.integer({ min: 2, max: 256 }), { minLength: 1, maxLength: 6 }),
    rows: fc.integer({ min: 1, max: 900 }),
    seed: fc.nat(),
    // Whether the children have histograms of their own, so that each is a term, or the parent's serves both.
    own: fc.boolean(),
    thread: fc.integer({ min: 0, max: THREADS - 1 }),
  });

  it("carry the root's histogram over a tree as if it were added up anew", () => {
    fc.assert(
      fc.property(shapes, ({ sizes, rows, seed, own, thread }) => {
        const made = makeKernel(sizes, rows);
        const { words, bytes, set, stride, cellOffsets } = made;
        const random = randomStream(seed, "rows");
        const bins = new Uint8Array(rows * stride);
        for (let i = 0; i < rows; i++)
          for (let c = 0; c < sizes.length; c++) bins[i * stride + c] = random.integer(sizes[c]!);
        bytes.set(bins, AREA.bins);
        const residuals = Array.from({ length: rows }, () => random.integer(2 ** 30) - 2 ** 29);
        words.set(residuals, AREA.residuals >> 2);
        const data = (gradient: number[]): TwinRows => ({
          ...{ bins, stride, cellOffsets, columns: sizes.length },
          ...{ gradient, hessian: new Uint8Array(rows) },
        });
        run(made, "residualRootPass", thread);
        set("CARRY_COUNT", 0);
        run(made, "carryPass");
        expect(cellsAt(made, AREA.root)).toEqual(histogramTwin(data(residuals), residuals.keys()));

        const table = Uint8Array.from({ length: 256 }, () => random.integer(2));
        bytes.set(table, AREA.tables);
        const leafOf = residuals.map((_, i) => 1 + table[bins[i * stride]!]!);
        const values = [0, random.integer(2000) - 1000, random.integer(2000) - 1000];
        words.set([0, 1, 2, 0, AREA.tables], AREA.jobs >> 2);
        set("JOB_COUNT", 1);
        const slots = [AREA.slots, AREA.slots + 40_000] as const;
        const write = (address: number, leaf: number | null) =>
          new BigInt64Array(bytes.buffer, address, cellOffsets.at(-1)!).set(
            histogramTwin(
              data(residuals),
              [...residuals.keys()].filter((i) => leaf === null || leafOf[i] === leaf),
            ).map((cell) => (BigInt(cell.gradient) << BigInt(SHIFT)) + BigInt(cell.rows)),
          );
        write(slots[0], own ? 1 : null);
        write(slots[1], 2);
        words.set(own ? [slots[0], values[1]!, slots[1], values[2]!] : [slots[0], values[2]!], AREA.terms >> 2);
        set("CARRY_COUNT", own ? 2 : 1);
        [1, 2].forEach((leaf, i) => {
          words.set([leaf, values[leaf]!], (AREA.leaves >> 2) + i * 4);
          const off = own || leaf === 2 ? 0 : values[1]! - values[2]!;
          new BigInt64Array(bytes.buffer, AREA.leaves)[i * 2 + 1] = BigInt(off) << BigInt(SHIFT);
        });
        set("LEAF_COUNT", 2);
        run(made, "residualPass", thread);
        run(made, "carryPass");
        const moved = movedTwin(residuals, leafOf, values);
        expect([...words.subarray(AREA.residuals >> 2, (AREA.residuals >> 2) + rows)]).toEqual(moved);
        expect(cellsAt(made, AREA.root)).toEqual(histogramTwin(data(moved), moved.keys()));
        const squares = moved.reduce((sum, x) => sum + x * x, 0);
        expect(new Float64Array(bytes.buffer)[(AREA.statistics >> 3) + 2]! / squares).toBeCloseTo(1, 12);
      }),
      { numRuns: 100 },
    );
  });
});
