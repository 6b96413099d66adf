import { closeSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { histGradient } from "../../../../src/algorithms/trees/hist-gradient.ts";
import { ReadAhead } from "../../../../src/algorithms/trees/streaming/read-ahead.ts";
import { residentBlocks } from "../../../../src/algorithms/trees/streaming/resident-blocks.ts";
import { xgboost } from "../../../../src/algorithms/trees/xgboost.ts";
import { expectResumable } from "../../../conformance/resumable.ts";
import { useOwnTemporaryFolder } from "../../../support/temporary-folder.ts";
import { bothWays, madeTable, modelHash, train, trainerOf } from "../tables.ts";

const temporary = useOwnTemporaryFolder();

/** A limit under which 2 to 4 blocks stay in memory. */
function limitFor(trainRows: number, validationRows: number, residual: boolean, classes: number): number {
  const weight = { weight: null };
  const rows = { train: weight, validation: weight, trainRows, validationRows, residual };
  let limit = 0;
  while (residentBlocks({ maxMemory: limit }, rows, { stride: 8 }, { classes }) < 2) limit += 250_000;
  return limit;
}

const TABLE = { numeric: 5, categories: 300, missing: true, validation: true } as const;

describe("rows larger than memory", () => {
  for (const [algorithm, task, weights] of [
    [xgboost, "regression", false],
    [histGradient, "regression", true],
    [xgboost, "binary", false],
    [histGradient, "multiclass", false],
  ] as const)
    it(`${algorithm.name}, ${task}${weights ? " with weights" : ""}: the same model as in memory`, async () => {
      // More windows than one where nothing stays in memory.
      const rows = algorithm === xgboost && task === "regression" ? 330_000 : 80_000;
      const { memory, streamed } = await bothWays(madeTable({ ...TABLE, rows, task, weights }).dataset);
      const { train: trainRows, validation } = memory.rows;
      const some = limitFor(trainRows, validation, task === "regression" && !weights, task === "multiclass" ? 3 : 1);
      const settings = { rounds: 2, earlyStoppingRounds: 2, subsample: weights ? 0.7 : 1 };
      const hashes = new Set([modelHash((await train(algorithm, memory, settings)).model)]);
      for (const [maxMemory, threads] of [
        [0, 1],
        [some, 2],
        [1e9, 1],
      ] as const)
        hashes.add(modelHash((await train(algorithm, { ...streamed, maxMemory }, settings, threads)).model));
      expect(hashes.size).toBe(1);
    });

  it("goes on exactly, in memory or not, where it was stopped", async () => {
    const { streamed } = await bothWays(madeTable({ ...TABLE, rows: 60_000, task: "regression" }).dataset);
    await expectResumable({
      make: () => trainerOf(xgboost, streamed, { rounds: 4, colsample: 0.7 }),
      outcome: async (trainer) => modelHash(await trainer.model()),
      dispose: (trainer) => trainer.dispose(),
      points: 3,
    });
  });

  it("finds gaps that only validation rows have", async () => {
    const { memory, streamed } = await bothWays(madeTable({ ...TABLE, rows: 40_000, task: "regression" }).dataset);
    const features = memory.features.map((feature) => ({ ...feature, missing: 0 }));
    const settings = { rounds: 2 };
    const expected = modelHash((await train(xgboost, { ...memory, features }, settings)).model);
    expect(modelHash((await train(xgboost, { ...streamed, features }, settings)).model)).toBe(expected);
  });

  it("leaves no file behind, not even while it trains", async () => {
    const { streamed } = await bothWays(madeTable({ rows: 40_000, task: "binary" }).dataset);
    const trainer = await trainerOf(xgboost, streamed, { rounds: 2 });
    await trainer.step();
    expect(readdirSync(temporary())).toEqual([]);
    await trainer.dispose();
    await trainer.dispose();
  });

  it.each([["balanced"], ["no:1", "yes:6"]])("weighs classes as in memory: %s", async (...classWeight) => {
    const { memory, streamed } = await bothWays(
      madeTable({ ...TABLE, rows: 20_000, task: "binary", weights: true }).dataset,
    );
    const settings = { rounds: 2, classWeight };
    const expected = modelHash((await train(xgboost, memory, settings)).model);
    expect(modelHash((await train(xgboost, streamed, settings)).model)).toBe(expected);
    expect(modelHash((await train(xgboost, memory, { rounds: 2 })).model)).not.toBe(expected);
  });
});

describe("reading ahead", () => {
  const windowBytes = 1000;

  function readerOf(bytes: number, claimed: number): { reader: ReadAhead; memory: WebAssembly.Memory; end(): void } {
    const path = join(temporary(), "bins");
    writeFileSync(
      path,
      Uint8Array.from({ length: bytes }, (_, i) => Math.floor(i / windowBytes) + 1),
    );
    const descriptor = openSync(path, "r");
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const reader = new ReadAhead({ descriptor, memory, places: [0, 2000], windowBytes, fileBytes: claimed });
    return {
      reader,
      memory,
      end: () => {
        closeSync(descriptor);
        rmSync(path);
      },
    };
  }

  it("gives windows in turn, the first again after the last, each whole", async () => {
    const { reader, memory, end } = readerOf(2500, 2500);
    const seen: [number, number][] = [];
    for (let i = 0; i < 8; i++) {
      const at = reader.next();
      const bytes = new Uint8Array(memory.buffer, at, i % 3 === 2 ? 500 : windowBytes);
      seen.push([bytes[0]!, bytes.at(-1)!]);
      reader.release();
    }
    await reader.dispose();
    end();
    expect(seen).toEqual([1, 2, 3, 1, 2, 3, 1, 2].map((value) => [value, value]));
  });

  it("ends with an error where the file is cut short", async () => {
    const { reader, end } = readerOf(1500, 2500);
    reader.next();
    reader.release();
    expect(() => reader.next()).toThrow(/binned rows.*readable/);
    await reader.dispose();
    end();
  });
});
