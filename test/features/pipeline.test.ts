import { describe, expect, it } from "vitest";
import {
  type CategoricalFeature,
  canonicalJson,
  type FeatureColumn,
  hashJson,
  isStringColumn,
  type NumberColumn,
  parseJson,
  spreadCount,
  spreadRow,
  type Table,
} from "../../src/core/index.ts";
import { decideColumns, kindsOf, memorySource, ROLE } from "../../src/data/index.ts";
import {
  createFeatureEncoder,
  createFeatureFitter,
  createFittedDataset,
  encodeFeatures,
  type FeaturePipeline,
  matchColumns,
  pipelineFromJson,
  pipelineToJson,
  type UserFeatures,
} from "../../src/features/index.ts";
import { checkExports } from "../../src/features/user-features.ts";
import { expectResumable } from "../conformance/resumable.ts";
import { mixedTable, numeric, strings, tableOf } from "../data/tables.ts";
import { finish, load, prepare } from "./fit.ts";

const user: UserFeatures = checkExports("mine.ts", "ab".repeat(32), {
  perRoom: ({ size, rooms }: { size: number; rooms: number }) => size / rooms,
  centred: {
    inputs: ["street"],
    kind: "numeric",
    fit: ({ street }: { street: Float32Array }) => ({
      mean: street.reduce((sum, value) => sum + value, 0) / street.length,
    }),
    apply: ({ street }: { street: Float32Array }, { mean }: { mean: number }) => street.map((value) => value - mean),
  },
  tint: {
    inputs: ["colour"],
    kind: "categorical",
    outputs: ["first", "long"],
    apply: ({ colour }: { colour: (string | null)[] }) => ({
      first: colour.map((text) => text?.[0]),
      long: colour.map((text) => (text === null ? null : text.length > 3)),
    }),
  },
});

const table = mixedTable(3000);
const featureNames = [
  "size",
  "rooms",
  "garden",
  "built.month",
  "built.day",
  "built.weekday",
  "built.dayOfYear",
  "built.hour",
  "built.days",
  "colour",
  "note.length",
  "note.words",
  "note.upperShare",
  "note.digitShare",
  "note.markShare",
  "street",
];

describe.each(["memory", "stream"] as const)("the features stage, %s", (mode) => {
  it.each([
    ["without", null],
    ["with", user],
  ])("stops and goes on anywhere, %s a user's features", async (_, mine) => {
    const { fitter } = await prepare(mode, mine, {}, { source: memorySource(mixedTable(35_000)) });
    const steps = await expectResumable({
      make: async () => fitter(),
      outcome: async (fitted) => {
        const { pipeline, notices, stream } = await fitted.product();
        return hashJson([pipelineToJson(pipeline), notices, stream?.chunks ?? null, stream?.target ?? null]);
      },
      dispose: (fitted) => fitted.dispose(),
      points: 4,
    });
    expect(steps).toBeGreaterThan(3);
  });

  it("looks at training rows only", async () => {
    const { loaded, roles } = await prepare(mode);
    const spoilt = spoil(table, roles);
    const before = await finish((await prepare(mode, user)).fitter());
    // The same rows, kinds and roles; other values in every row that is not trained on.
    const { fitter } = await prepare(mode, user, {}, { source: memorySource(spoilt) });
    const after = await finish(fitter());
    expect(loaded.profile.rows).toBe(3000);
    expect(after.pipeline).toEqual(before.pipeline);
  });
});

/** Other values in all rows that are not training rows; the target stays, because it decides the roles. */
function spoil(clean: Table, roles: Uint8Array): Table {
  const columns = clean.columns.map((column) => {
    if (column.name === "price") return column;
    if (!isStringColumn(column)) {
      const spoilt = column.values.map((value, i) => (roles[i] === ROLE.train ? value : 777 + i));
      return { ...column, values: column.kind === "boolean" ? column.values : spoilt };
    }
    const dictionary = [...column.dictionary, "never seen in training: a strange place"];
    const codes = Uint32Array.from(column.codes, (code, i) => (roles[i] === ROLE.train ? code : dictionary.length));
    return { ...column, codes, dictionary };
  });
  return { rows: clean.rows, columns };
}

const valuesOf = (column: FeatureColumn) => (column.kind === "numeric" ? column.values : column.codes);

describe("a fitted pipeline", () => {
  it("is the same in memory and streamed", async () => {
    const memory = await finish((await prepare("memory", user)).fitter());
    const streamed = await finish((await prepare("stream", user)).fitter());
    expect(streamed.pipeline).toEqual(memory.pipeline);
    expect(memory.table!.rows).toBe(3000);
    expect(streamed.table).toBeNull();
  });

  it("comes with a spread sample of the training rows, and the categories counted over all", async () => {
    const { fitter, roles } = await prepare("stream", user, {}, { source: memorySource(mixedTable(80_000)) });
    const { stream } = await finish(fitter());
    const memory = await prepare("memory", user, {}, { source: memorySource(mixedTable(80_000)) });
    const { table: encoded, pipeline } = await finish(memory.fitter());
    const training = Array.from(roles.keys()).filter((row) => roles[row] === ROLE.train);
    const count = spreadCount(training.length);
    const rows = Uint32Array.from({ length: count }, (_, i) => training[spreadRow(i, training.length)]!);
    expect(count).toBeLessThan(training.length);
    const { table: sample, counts } = stream!.sample!;
    encoded!.columns.forEach((column, i) => {
      const all = valuesOf(column);
      const found = valuesOf(sample.columns[i]!);
      expect(found.length).toBe(count);
      // `toEqual` takes seconds for as many numbers.
      expect(rows.every((row, at) => Object.is(Number(found[at]), Number(all[row])))).toBe(true);
    });
    const colour = pipeline.features.findIndex(({ name }) => name === "colour");
    const { codes } = encoded!.columns[colour] as CategoricalFeature;
    const expected = new Float64Array(5);
    for (const row of training) if (codes[row] !== 0) expected[codes[row]!]!++;
    expect(counts[colour]).toEqual(expected);
  });

  it("comes without a sample where another process saw some of its rows", async () => {
    const { fitter } = await prepare("stream", null, {}, { source: memorySource(mixedTable(35_000)) });
    const first = fitter();
    await first.step();
    const second = fitter();
    await second.setState(await first.getState());
    expect((await finish(second)).stream!.sample).toBeNull();
    await first.dispose();
  });

  it("has the features of every kind of column, with statistics of the training rows", async () => {
    const { fitter, roles } = await prepare("memory");
    const { pipeline } = await finish(fitter());
    expect(pipeline.features.map(({ name }) => name)).toEqual(featureNames);
    expect(pipeline.columns.map(({ name }) => name)).toEqual(table.columns.slice(0, 7).map(({ name }) => name));
    const { values } = table.columns[0] as NumberColumn;
    const trained = Array.from(values).filter((_, i) => roles[i] === ROLE.train);
    const present = trained.filter((value) => !Number.isNaN(value));
    const size = pipeline.features[0]!;
    expect(size.missing).toBe(trained.length - present.length);
    expect(size.mean).toBeCloseTo(present.reduce((sum, value) => sum + value, 0) / present.length, 6);
    expect([size.min, size.max]).toEqual([Math.min(...present), Math.max(...present)]);
  });

  it("passes numbers through without a copy and codes categories by frequency", async () => {
    const { loaded, roles, fitter } = await prepare("memory");
    const { pipeline, table: encoded } = await finish(fitter());
    const raw = loaded.table!.columns;
    expect((encoded!.columns[0] as NumberColumn).values.buffer).toBe((raw[0] as NumberColumn).values.buffer);
    expect((encoded!.columns[1] as NumberColumn).values.buffer).toBe((raw[1] as NumberColumn).values.buffer);
    const colour = encoded!.columns[9] as { codes: Uint8Array; cardinality: number };
    const counts = [0, 0, 0, 0, 0];
    colour.codes.forEach((code, i) => {
      if (roles[i] === ROLE.train) counts[code]!++;
    });
    expect(colour.cardinality).toBe(4);
    expect(pipeline.encoders[4]).toMatchObject({
      form: "categorical",
      categories: expect.arrayContaining(["red", "rare"]),
    });
    const seen = counts.slice(1);
    expect(seen).toEqual(seen.slice().sort((a, b) => b - a));
  });

  it("survives JSON, and refuses JSON that is no pipeline", async () => {
    const { pipeline } = await finish((await prepare("memory", user)).fitter());
    const text = canonicalJson(pipelineToJson(pipeline));
    expect(pipelineFromJson(parseJson(text, "test"))).toEqual(pipeline);
    for (const bad of [
      null,
      [],
      {},
      { ...pipelineToJson(pipeline), version: 2 },
      { ...pipelineToJson(pipeline), encoders: [{}] },
    ])
      expect(() => pipelineFromJson(bad as never)).toThrow(/must be a pipeline of version 1/);
  });

  it("encodes batches as it encodes the whole table", async () => {
    const { pipeline, table: whole } = await finish((await prepare("memory", user)).fitter());
    const encoder = createFeatureEncoder(pipeline, { user });
    const reader = await memorySource(table).open({ batchRows: 700 });
    const parts: number[][] = whole!.columns.map(() => []);
    for (let batch = await reader.next(); batch !== null; batch = await reader.next())
      encoder.encode(batch).columns.forEach((column, i) => {
        parts[i]!.push(...(column.kind === "numeric" ? column.values : column.codes));
      });
    whole!.columns.forEach((column, i) => {
      expect(parts[i]).toEqual([...(column.kind === "numeric" ? column.values : column.codes)]);
    });
  });
});

describe("encoding rows that training did not see", () => {
  const pipeline: FeaturePipeline = {
    version: 1,
    columns: [
      { name: "a", kind: "numeric" },
      { name: "b", kind: "categorical" },
    ],
    encoders: [
      { form: "numeric", column: "a" },
      { form: "categorical", column: "b", categories: ["x", "y"] },
    ],
    features: [],
    user: null,
  };

  it("gives unseen categories the code 0 and infinite numbers as missing, and says so", () => {
    const encoder = createFeatureEncoder(pipeline);
    const rows = tableOf(
      numeric("a", [1, Infinity, -Infinity, Number.NaN]),
      strings("b", ["y", "new", null, "x"]),
      numeric("c", [1, 2, 3, 4]),
    );
    const [a, b] = encoder.encode(rows).columns;
    expect([...(a as { values: Float64Array }).values]).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
    expect([...(b as { codes: Uint8Array }).codes]).toEqual([2, 0, 0, 1]);
    expect(encoder.notices()).toEqual(["a: 2 infinite values are taken as missing."]);
    // Cleaning copies: the caller's rows stay as they were.
    expect((rows.columns[0] as NumberColumn).values[1]).toBe(Infinity);
  });

  it("follows a dictionary that grows", () => {
    const encoder = createFeatureEncoder({ ...pipeline, encoders: [pipeline.encoders[1]!] });
    const dictionary = ["x"];
    const batch = (codes: number[]) => ({
      rows: codes.length,
      columns: [{ kind: "categorical" as const, name: "b", codes: Uint32Array.from(codes), dictionary }],
    });
    const codesOf = (codes: number[]) => [...(encoder.encode(batch(codes)).columns[0] as { codes: Uint8Array }).codes];
    expect(codesOf([1, 0])).toEqual([1, 0]);
    dictionary.push("z", "y");
    expect(codesOf([3, 2, 1])).toEqual([2, 0, 1]);
  });

  it("refuses a column that is missing or of another kind", () => {
    expect(() => encodeFeatures(pipeline, tableOf(numeric("a", [1])))).toThrow(/must have column "b"/);
    expect(() => encodeFeatures(pipeline, tableOf(numeric("a", [1]), numeric("b", [1])))).toThrow(
      /"b": it must hold strings/,
    );
  });

  it("finds its columns in a source by name and names those it does not use", async () => {
    const description = await memorySource(tableOf(numeric("c", [1]), numeric("b", [1]), numeric("a", [1]))).describe();
    expect(matchColumns(pipeline, description, "new.csv")).toEqual({
      columns: ["a", "b"],
      kinds: { b: "categorical" },
      extra: ["c"],
    });
    const gone = { ...description, columns: description.columns.slice(0, 2) };
    expect(() => matchColumns(pipeline, gone, "new.csv")).toThrow(/column "a": new.csv must have it, got c, b/);
    const unreadable = { ...gone, unreadable: [{ name: "a", reason: "nested" }] };
    expect(() => matchColumns(pipeline, unreadable, "new.csv")).toThrow(/must be readable, got nested/);
  });
});

describe("a fitted dataset", () => {
  it("must be told of its weight when it is fitted", async () => {
    const { loaded, task, roles, fitter } = await prepare("stream", null, { ignore: ["street"] });
    const fitted = await finish(fitter());
    await expect(createFittedDataset({ loaded, task, roles, fitted, weight: "street" })).rejects.toThrow(
      /fitted with it/,
    );
  });

  it("streams what memory holds, with weights", async () => {
    const passes = await Promise.all(
      (["memory", "stream"] as const).map(async (mode) => {
        const { loaded, task, roles } = await prepare(mode);
        const decisions = decideColumns(loaded.profile, { target: "price", weight: "street" });
        const fitted = await finish(
          createFeatureFitter({ loaded, decisions, roles, task, user, weight: "street", seed: 1 }),
        );
        const dataset = await createFittedDataset({ loaded, task, roles, fitted, weight: "street", user });
        const stream = await dataset.stream("test", { batchRows: 100, shuffle: null });
        const seen: unknown[] = [dataset.target, dataset.rows, dataset.features];
        for (let batch = await stream.next(); batch !== null; batch = await stream.next())
          seen.push([
            [...batch.target],
            [...batch.weight!],
            batch.table.columns.map((column) => [...(column.kind === "numeric" ? column.values : column.codes)]),
          ]);
        return seen;
      }),
    );
    expect(passes[1]).toEqual(passes[0]);
    expect(passes[0]!.length).toBeGreaterThan(8);
  });

  it("takes its test rows from a table of their own", async () => {
    const kinds = kindsOf((await load()).profile);
    const test = await load({ source: memorySource(mixedTable(500, 9)), kinds });
    for (const mode of ["memory", "stream"] as const) {
      const { loaded, task, roles, fitter } = await prepare(mode);
      const dataset = await createFittedDataset({ loaded, task, roles, fitted: await finish(fitter()), test });
      expect(dataset.rows.test).toBe(500 - test.profile.columns[7]!.missing);
      const stream = await dataset.stream("test", { batchRows: 1000, shuffle: null });
      expect((await stream.next())!.table.rows).toBe(dataset.rows.test);
      await stream.close();
    }
  });
});
