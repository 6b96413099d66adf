import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  columnNamed,
  type Dataset,
  type Examples,
  type FeatureSpec,
  type FeatureTable,
  type JsonObject,
  type NumberColumn,
  type OpenOptions,
  type Role,
  randomStream,
  type StreamOptions,
} from "../../src/core/index.ts";
import {
  createMemoryDataset,
  createStreamedDataset,
  memorySource,
  ROLE,
  scanChunks,
  segmentsOf,
} from "../../src/data/index.ts";
import { numeric, tableOf } from "./tables.ts";

const ROWS = 2000;
const random = randomStream(1, "roles");
const roles = Uint8Array.from({ length: ROWS }, () => [0, 0, 0, 1, 2, 255][random.integer(6)]!);
const source = memorySource(
  tableOf(
    numeric(
      "x",
      Array.from({ length: ROWS }, (_, i) => i),
    ),
    numeric(
      "y",
      Array.from({ length: ROWS }, (_, i) => (roles[i] === ROLE.unused ? Number.NaN : 2 * i)),
    ),
    numeric(
      "w",
      Array.from({ length: ROWS }, (_, i) => i / 2),
    ),
  ),
);
const task = { kind: "regression", target: "y" } as const;
const features: FeatureSpec[] = [
  { name: "x", kind: "numeric", cardinality: 0, mean: 0, std: 1, min: 0, max: 1, missing: 0 },
];
const encode = (batch: Pick<Batch, "rows" | "columns">): FeatureTable => ({
  rows: batch.rows,
  columns: [{ kind: "numeric", name: "x", values: (columnNamed(batch.columns, "x") as NumberColumn).values }],
});

async function inMemory(): Promise<Dataset> {
  const reader = await source.open({ retain: true });
  while ((await reader.next()) !== null);
  const table = reader.table();
  const values = (name: string) => (columnNamed(table.columns, name) as NumberColumn).values;
  const main = {
    table: encode(table),
    target: Float64Array.from(values("y")),
    weight: Float32Array.from(values("w")),
    roles,
  };
  return createMemoryDataset({ task, features, main });
}

async function streamed(): Promise<Dataset> {
  const stream = { source, columns: ["x", "y", "w"], kinds: {}, threads: 1, chunkRows: 64 };
  const target = (await inMemory()).target;
  const main = { stream, chunks: await scanChunks(stream), encode, weight: "w", roles };
  return createStreamedDataset({ task, features, target, main, windowRows: 300 });
}

interface PlainBatch {
  readonly x: number[];
  readonly y: number[];
  readonly w: number[];
}

function plain({ table, target, weight }: Examples): PlainBatch {
  return { x: [...(table.columns[0] as { values: Float64Array }).values], y: [...target], w: [...weight!] };
}

async function pass(dataset: Dataset, role: Role, options: StreamOptions): Promise<PlainBatch[]> {
  const stream = await dataset.stream(role, options);
  const batches: PlainBatch[] = [];
  for (let batch = await stream.next(); batch !== null; batch = await stream.next()) batches.push(plain(batch));
  await stream.close();
  return batches;
}

const placesOf = (role: Role) => Array.from(roles.keys()).filter((i) => roles[i] === ROLE[role]);

describe.each([
  ["in memory", inMemory],
  ["streamed", streamed],
])("a dataset %s", (_, make) => {
  it("gives every row of a role once, with its target and weight, in the source's order", async () => {
    const dataset = await make();
    for (const role of ["train", "validation", "test"] as const) {
      const batches = await pass(dataset, role, { batchRows: 50, shuffle: null });
      const rows = batches.flatMap(({ x }) => x);
      expect(rows).toEqual(placesOf(role));
      expect(batches.flatMap(({ y }) => y)).toEqual(rows.map((row) => 2 * row));
      expect(batches.flatMap(({ w }) => w)).toEqual(rows.map((row) => row / 2));
      expect(batches.slice(0, -1).every(({ x }) => x.length === 50)).toBe(true);
      expect(dataset.rows[role]).toBe(rows.length);
    }
  });

  it("shuffles differently in every epoch, and the same for the same epoch", async () => {
    const dataset = await make();
    const rows = async (seed: number, epoch: number) =>
      (await pass(dataset, "train", { batchRows: 32, shuffle: { seed, epoch } })).flatMap(({ x }) => x);
    const first = await rows(1, 0);
    expect(first.slice().sort((a, b) => a - b)).toEqual(placesOf("train"));
    expect(await rows(1, 0)).toEqual(first);
    const others = [await rows(1, 1), await rows(2, 0)];
    for (const other of others) {
      const same = other.filter((row, i) => row === first[i]).length;
      expect(same).toBeLessThan(100);
    }
    // Far from the source's order: neighbours do not stay neighbours.
    expect(first.filter((row, i) => i > 0 && Math.abs(row - first[i - 1]!) <= 2).length).toBeLessThan(60);
  });

  it("goes on exactly from every position, in a fresh dataset too", async () => {
    for (const shuffle of [null, { seed: 5, epoch: 3 }]) {
      const options = { batchRows: 47, shuffle };
      const expected = await pass(await make(), "train", options);
      const stream = await (await make()).stream("train", options);
      const positions = [stream.position()];
      while ((await stream.next()) !== null) positions.push(stream.position());
      expect(positions.length).toBe(expected.length + 1);
      const other = await (await make()).stream("train", options);
      for (const at of randomStream(1, "positions").shuffle([...positions.keys()])) {
        await other.seek(JSON.parse(JSON.stringify(positions[at])));
        const next = await other.next();
        expect(next === null ? null : plain(next)).toEqual(expected[at] ?? null);
      }
      await other.close();
    }
  });

  it("gives any batch size", async () => {
    const dataset = await make();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), async (batchRows) => {
        const batches = await pass(dataset, "validation", { batchRows, shuffle: { seed: 1, epoch: 1 } });
        expect(batches.flatMap(({ x }) => x).sort((a, b) => a - b)).toEqual(placesOf("validation"));
      }),
      { numRuns: 8 },
    );
    await expect(dataset.stream("train", { batchRows: 0, shuffle: null })).rejects.toThrow(/at least one row/);
  });

  it("refuses a position that is none", async () => {
    const stream = await (await make()).stream("train", { batchRows: 10, shuffle: null });
    await expect(stream.seek({ row: -1 })).rejects.toThrow(/must be a row from 0/);
    await expect(stream.seek({})).rejects.toThrow(/must be a row from 0/);
  });

  it("takes other roles for a fold", async () => {
    const dataset = (await make()) as Awaited<ReturnType<typeof createMemoryDataset>>;
    const swapped = roles.map((role) =>
      role === ROLE.train ? ROLE.validation : role === ROLE.validation ? ROLE.train : role,
    );
    const fold = await dataset.withRoles(swapped);
    expect((await pass(fold, "train", { batchRows: 500, shuffle: null })).flatMap(({ x }) => x)).toEqual(
      placesOf("validation"),
    );
    const mean = placesOf("validation").reduce((sum, row) => sum + 2 * row, 0) / placesOf("validation").length;
    expect(fold.target.mean).toBeCloseTo(mean, 8);
  });
});

describe("a streamed dataset", () => {
  it("gives training and validation rows in one pass, each role's in the source's order, in full batches", async () => {
    const dataset = await streamed();
    for (const batchRows of [1, 50, 64, 1000, 5000]) {
      const seen: Record<string, PlainBatch[]> = { train: [], validation: [] };
      for await (const { role, examples } of dataset.learning!(batchRows)) seen[role]!.push(plain(examples));
      for (const role of ["train", "validation"] as const)
        expect(seen[role]).toEqual(await pass(dataset, role, { batchRows, shuffle: null }));
    }
  });

  it("closes its file where a pass over both is given up", async () => {
    let open = 0;
    const counted = {
      ...source,
      open: async (options?: OpenOptions) => {
        const reader = await source.open(options);
        open++;
        return {
          next: () => reader.next(),
          position: () => reader.position(),
          seek: (position: JsonObject) => reader.seek(position),
          table: () => reader.table(),
          close: async () => {
            open--;
            await reader.close();
          },
        };
      },
    };
    const stream = { source: counted, columns: ["x", "y", "w"], kinds: {}, threads: 1, chunkRows: 64 };
    const { target } = await inMemory();
    const main = { stream, chunks: [], encode, weight: "w", roles };
    for await (const _ of createStreamedDataset({ task, features, target, main }).learning!(100)) {
      expect(open).toBe(1);
      break;
    }
    expect(open).toBe(0);
  });

  it("gives the labels of a role without its features", async () => {
    const dataset = await streamed();
    for (const role of ["train", "validation", "test"] as const) {
      const { rows, target, weight } = await dataset.labels!(role);
      expect([...target]).toEqual(placesOf(role).map((row) => 2 * row));
      expect([...weight!]).toEqual(placesOf(role).map((row) => row / 2));
      expect(rows).toBe(dataset.rows[role]);
    }
  });
});

describe("examples", () => {
  it("share the columns and name their rows", async () => {
    const dataset = await inMemory();
    const train = await dataset.examples("train");
    const test = await dataset.examples("test");
    expect(train.table).toBe(test.table);
    expect([...train.rows!]).toEqual(placesOf("train"));
    expect(dataset.inMemory).toBe(true);
  });

  it("are refused where the data is streamed", async () => {
    await expect((await streamed()).examples("train")).rejects.toThrow(/--max-memory/);
  });
});

describe("chunks", () => {
  it("are read together where a seek between them would cost", () => {
    const chunk = (row: number, rest: object) => ({ firstRow: row, rows: 1, position: { row, ...rest } });
    expect(segmentsOf([chunk(0, { at: 0 }), chunk(1, { at: 0 }), chunk(2, { at: 9 })])).toEqual([[0, 1], [2]]);
    expect(segmentsOf([0, 1, 2, 3, 4].map((row) => chunk(row, {})))).toEqual([[0, 1, 2, 3], [4]]);
  });

  it("that are not where they were stop the pass", async () => {
    const stream = { source, columns: ["x", "y", "w"], kinds: {}, threads: 1, chunkRows: 64 };
    const chunks = (await scanChunks(stream)).map((chunk) => ({ ...chunk, rows: 65 }));
    const target = (await inMemory()).target;
    const main = { stream, chunks, encode, weight: "w", roles };
    const dataset = createStreamedDataset({ task, features, target, main });
    await expect(pass(dataset, "train", { batchRows: 10, shuffle: null })).rejects.toThrow(/must be where they were/);
  });
});
