import { describe, expect, it } from "vitest";
import type { Dataset, FeaturePart, FeatureTable, Task } from "../../src/core/index.ts";
import { createMemoryDataset, ROLE } from "../../src/data/index.ts";

/** Row i has i % 3 numbers: columns 0 up, each i + its column; its window ends at step i + 2; its labels are its last two bits. */
const ROWS = 40;

function ragged(): { offsets: Uint32Array; numbers: Uint32Array } {
  const offsets = new Uint32Array(ROWS + 1);
  const numbers: number[] = [];
  for (let i = 0; i < ROWS; i++) {
    for (let k = 0; k < i % 3; k++) numbers.push(k);
    offsets[i + 1] = numbers.length;
  }
  return { offsets, numbers: Uint32Array.from(numbers) };
}

function table(): FeatureTable {
  const { offsets, numbers } = ragged();
  const values = new Float32Array(numbers.length);
  for (let i = 0; i < ROWS; i++) for (let at = offsets[i]!; at < offsets[i + 1]!; at++) values[at] = i + numbers[at]!;
  const ends = Uint32Array.from({ length: ROWS }, (_, i) => i + 2);
  const series = Float32Array.from({ length: ROWS + 2 }, (_, step) => step);
  return {
    rows: ROWS,
    columns: [{ kind: "numeric", name: "row", values: Float32Array.from({ length: ROWS }, (_, i) => i) }],
    parts: [
      { kind: "sparse", name: "words", width: 3, offsets, indices: numbers, values },
      { kind: "tokens", name: "ids", vocabulary: 3, offsets, ids: numbers },
      { kind: "windows", name: "flow", steps: 2, channels: 1, series, ends },
    ],
  };
}

const task: Task = { kind: "multilabel", target: "labels", classes: ["low", "high"] };

function dataset(): Dataset {
  const target = new Float64Array(2 * ROWS);
  for (let i = 0; i < ROWS; i++) target.set([i & 1, (i >> 1) & 1], 2 * i);
  const roles = Uint8Array.from({ length: ROWS }, (_, i) => (i % 5 === 0 ? ROLE.test : ROLE.train));
  const parts = [
    { name: "words", kind: "sparse", size: { width: 3 } },
    { name: "ids", kind: "tokens", size: { vocabulary: 3 } },
    { name: "flow", kind: "windows", size: { steps: 2, channels: 1 } },
  ] as const;
  return createMemoryDataset({ task, features: [], parts, main: { table: table(), target, weight: null, roles } });
}

function numbersOf(part: FeaturePart, row: number): number[] {
  if (part.kind === "windows") return [...part.series.subarray(part.ends[row]! - part.steps, part.ends[row]!)];
  const [start, end] = [part.offsets[row]!, part.offsets[row + 1]!];
  return [...(part.kind === "sparse" ? part.values : part.ids).subarray(start, end)];
}

describe("rows of several numbers", () => {
  it.each([null, { seed: 7, epoch: 0 }])("travel with their row through batches (shuffle %o)", async (shuffle) => {
    const stream = await dataset().stream("train", { batchRows: 7, shuffle });
    const seen: number[] = [];
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      const rows = [...(batch.table.columns[0] as { values: Float32Array }).values];
      const [words, ids, flow] = batch.table.parts!;
      rows.forEach((row, place) => {
        const columns = Array.from({ length: row % 3 }, (_, k) => k);
        expect(numbersOf(words!, place)).toEqual(columns.map((k) => row + k));
        expect(numbersOf(ids!, place)).toEqual(columns);
        expect(numbersOf(flow!, place)).toEqual([row, row + 1]);
        expect([...batch.target.subarray(2 * place, 2 * place + 2)]).toEqual([row & 1, (row >> 1) & 1]);
      });
      seen.push(...rows);
    }
    const expected = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 5 !== 0);
    expect([...seen].sort((a, b) => a - b)).toEqual(expected);
    expect(shuffle === null ? seen : seen.length).toEqual(shuffle === null ? expected : expected.length);
  });

  it("count how many training rows have each label", () => {
    const trained = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 5 !== 0);
    expect(dataset().target.classCounts).toEqual([
      trained.filter((i) => i & 1).length,
      trained.filter((i) => i & 2).length,
    ]);
  });
});
