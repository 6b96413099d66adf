import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import { histogramTwin } from "../../../src/kernels/trees/twins.ts";
import { makeKernel } from "./make-kernel.ts";

const SHIFT = 16;
const ROWS = 2000;
const AREA = {
  offsets: 70_016,
  fills: 71_008,
  packedFills: 71_200,
  bins: 72_000,
  records: 200_000,
  numbers: 300_000,
  gatheredBins: 320_000,
  gatheredRecords: 400_000,
  histograms: 500_000,
  partials: 700_000,
  packedCells: 900_000,
} as const;

type Kind = "narrow" | "wide" | "packed";
type Made = ReturnType<typeof makeKernel>;

/** Writes rows with their records, and returns what they are. */
function writeRows({ words, longs, bytes, set }: Made, kind: Kind, sizes: readonly number[], seed: number) {
  const random = randomStream(seed, "rows");
  const stride = Math.ceil(sizes.length / 4) * 4;
  const cellOffsets = Uint32Array.from([0, ...sizes]);
  for (let c = 0; c < sizes.length; c++) cellOffsets[c + 1] = cellOffsets[c]! + sizes[c]! + (sizes[c]! & 1);
  const bins = new Uint8Array(ROWS * stride);
  for (let i = 0; i < ROWS; i++)
    sizes.forEach((size, c) => {
      bins[i * stride + c] = random.integer(size);
    });
  const gradient = Array.from({ length: ROWS }, () => random.integer(65_535) - 32_767);
  const hessian = Array.from({ length: ROWS }, () => (kind === "narrow" ? 0 : random.integer(2048)));
  gradient.forEach((g, i) => {
    if (kind === "narrow") words[(AREA.records >> 2) + i] = g;
    else if (kind === "packed") words[(AREA.records >> 2) + i] = (g << 16) | hessian[i]!;
    else longs.set([BigInt(g), (BigInt(hessian[i]!) << BigInt(SHIFT)) + 1n], (AREA.records >> 3) + 2 * i);
  });
  bytes.set(bins, AREA.bins);
  words.set(cellOffsets, AREA.offsets >> 2);
  const slotBytes = cellOffsets[sizes.length]! * (kind === "narrow" ? 8 : 16);
  const fields = { STRIDE: stride, COLUMNS: sizes.length, CELL_OFFSETS: AREA.offsets, SHIFT, ROWS, EMITTED: 0 };
  const kinds = { WIDE: kind === "narrow" ? 0 : 1, PACKED: kind === "packed" ? 1 : 0, CLASS: 0, JOB_COUNT: 1 };
  const packed = { PACKED_CELLS: AREA.packedCells, PACKED_FILLS: AREA.packedFills, SLOT_BYTES: slotBytes };
  for (const [field, value] of Object.entries({ ...fields, ...kinds, ...packed, QUANTISED: AREA.records }))
    set(field, value);
  return { stride, cellOffsets, columns: sizes.length, bins, gradient, hessian };
}

function readCells({ longs }: Made, kind: Kind, address: number, cells: number) {
  const mask = (1n << BigInt(SHIFT)) - 1n;
  return Array.from({ length: cells }, (_, i) => {
    const at = (address >> 3) + (kind === "narrow" ? i : 2 * i);
    const rest = kind === "narrow" ? longs[at]! & mask : longs[at + 1]!;
    const sum = kind === "narrow" ? longs[at]! >> BigInt(SHIFT) : longs[at]!;
    return { gradient: Number(sum), hessian: Number(rest >> BigInt(SHIFT)), rows: Number(rest & mask) };
  });
}

describe("rows that wait for their histogram", () => {
  const shapes = fc.record({
    kind: fc.constantFrom<Kind>("narrow", "wide", "packed"),
    sizes: fc.array(fc.integer({ min: 2, max: 256 }), { minLength: 1, maxLength: 20 }),
    // 0: none waits.
    room: fc.constantFrom(0, 1, 7, 128),
    // Some are so many that they are added at once.
    parts: fc.array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 2000, max: 2600 })),
        fc.integer({ min: 0, max: 1 }),
      ),
      { maxLength: 12 },
    ),
    seed: fc.nat(),
  });

  it("are all in it in the end, each in its own, however many wait", () => {
    fc.assert(
      fc.property(shapes, ({ kind, sizes, room, parts, seed }) => {
        const made = makeKernel();
        const rows = writeRows(made, kind, sizes, seed);
        const waiting = { GATHERED_ROWS: room, GATHERED_BINS: AREA.gatheredBins, JOB_LIMIT: 2 };
        const more = { GATHERED_RECORDS: AREA.gatheredRecords, GATHERED_FILLS: AREA.fills };
        for (const [field, value] of Object.entries({ ...waiting, ...more })) made.set(field, value);
        const random = randomStream(seed, "parts");
        const members: number[][] = [[], []];
        const histograms = [AREA.histograms, AREA.partials];
        for (const [count, index] of parts) {
          const numbers = Uint16Array.from({ length: count }, () => random.integer(ROWS));
          members[index]!.push(...numbers);
          made.bytes.set(new Uint8Array(numbers.buffer), AREA.numbers);
          made.kernel.addRows!(0, index, histograms[index]!, AREA.numbers, count, AREA.bins, 0);
        }
        made.kernel.addAllWaiting!(0);
        if (kind === "packed") made.kernel.emptyPacked!(0);
        const cells = rows.cellOffsets[rows.columns]!;
        members.forEach((own, index) => {
          expect(readCells(made, kind, histograms[index]!, cells)).toEqual(histogramTwin(rows, own));
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe("numbers of rows", () => {
  it("are put in order, and leave no marks", () => {
    const sets = fc.uniqueArray(fc.integer({ min: 0, max: 16_383 }), { maxLength: 400 });
    fc.assert(
      fc.property(sets, (numbers) => {
        const { kernel, bytes } = makeKernel();
        bytes.set(new Uint8Array(Uint16Array.from(numbers).buffer), AREA.numbers);
        kernel.sortNumbers!(AREA.numbers, AREA.numbers + 2 * numbers.length, AREA.records);
        const sorted = new Uint16Array(bytes.buffer, AREA.numbers, numbers.length);
        expect([...sorted]).toEqual(numbers.toSorted((a, b) => a - b));
        expect(bytes.subarray(AREA.records, AREA.records + 2048).every((byte) => byte === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
