import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { xgboost } from "../../src/algorithms/trees/xgboost.ts";
import { type Column, randomStream } from "../../src/core/index.ts";
import {
  createFilePreparation,
  runTraining,
  type TrainDocument,
  type TrainingOptions,
} from "../../src/training/index.ts";
import { numeric, strings, tableOf } from "../data/tables.ts";
import { type Disk, newDisk, openSession, SILENT, settings } from "./doubles.ts";
import { makeTable, openTables } from "./tables.ts";

const ROWS = 900;

/** A table with relevances in queries whose rows lie far apart, and with more categories than a column has bins. */
function rankedTable() {
  const { columns } = makeTable(ROWS);
  const random = randomStream(3, "queries");
  const y = columns.find(({ name }) => name === "y") as Exclude<Column, { codes: unknown }>;
  const towns = Array.from({ length: ROWS }, () => (random.float() < 0.03 ? null : `town ${random.integer(280)}`));
  const queries = Array.from({ length: ROWS }, () => `query ${random.integer(150)}`);
  const grades = Array.from(y.values, (value) => Math.max(0, Math.min(4, Math.round(value))));
  return tableOf(...columns, strings("town", towns), strings("query", queries), numeric("grade", grades));
}

const PREPARATION = createFilePreparation(openTables({ main: rankedTable(), test: makeTable(200, 2) }));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-streamed-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Values extends Record<string, unknown> {
  readonly classWeight?: readonly string[];
}

function options(disk: Disk, { classWeight, ...values }: Values, more: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    settings: settings({ data: "main", modelsDir: join(folder, "models"), ...values }),
    algorithmSettings: classWeight === undefined ? {} : { xgboost: { classWeight: [...classWeight] } },
    session: openSession(disk),
    algorithms: { xgboost: async () => xgboost },
    observer: SILENT,
    preparation: PREPARATION,
    ...more,
  };
}

const SHARED = { algorithms: ["xgboost"], rounds: 4, refit: "always" };
const RANKING = { ...SHARED, task: "ranking", target: "grade", group: "query", ignore: ["y", "yes", "size"] };
const BINARY = { ...SHARED, target: "yes", ignore: ["y", "size", "grade"] };
const CLASSES = { ...SHARED, target: "size", ignore: ["y", "yes", "grade"], weight: "w" };
/** Nothing is small enough for it to be held. */
const STREAMED = { maxMemory: 1e6 };

describe("a run over a table that is streamed", () => {
  it.each([
    ["regression", { ...SHARED, target: "y", ignore: ["yes", "size", "grade"] }],
    ["a ranking", RANKING],
    ["a ranking, split by row", { ...RANKING, split: "random" }],
    ["classes of equal weight", { ...BINARY, classWeight: ["balanced"] }],
    ["classes of given weights, times those of rows", { ...CLASSES, classWeight: ["large:3", "small:0.5"] }],
  ])("ends in the same model as in memory: %s", async (_, values) => {
    const held = await runTraining(options(newDisk(), values));
    const streamed = await runTraining(options(newDisk(), { ...values, ...STREAMED }));
    expect(streamed.modelSha256).toBe(held.modelSha256);
    expect(streamed.metrics).toEqual(held.metrics);
    expect(held.status).toBe("completed");
  });

  it("ends the same when a ranking is interrupted behind every step", async () => {
    const values = { ...RANKING, ...STREAMED, rounds: 2, refit: "never" };
    const golden = await runTraining(options(newDisk(), values));
    const disk = newDisk();
    let document: TrainDocument;
    do {
      let asked = 0;
      const stop = () => (asked++ === 0 ? ("SIGTERM" as const) : null);
      document = await runTraining(options(disk, { ...values, name: "cut" }, { stop }));
    } while (document.status === "interrupted");
    expect(document.modelSha256).toBe(golden.modelSha256);
    expect(document.metrics).toEqual(golden.metrics);
  });
});
