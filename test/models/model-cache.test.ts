import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createModelCache,
  type Model,
  type ModelPredictor,
  packModel,
  predictRows,
  publishModel,
} from "../../src/models/index.ts";
import { constantModel, rowOf } from "./paddle-model.ts";

let modelsDir: string;
beforeEach(() => {
  modelsDir = mkdtempSync(join(tmpdir(), "kaayko-cache-"));
});
afterEach(() => rmSync(modelsDir, { recursive: true, force: true }));

async function save(name: string, version: string, model: Model): Promise<void> {
  const files = packModel(model);
  const { modelSha256 } = JSON.parse(new TextDecoder().decode(files[0]![1]));
  await publishModel(modelsDir, name, version, files, modelSha256);
}

/** What a predictor says of a row on which no cap holds. */
async function predictionOf(predictor: ModelPredictor): Promise<unknown> {
  return (await predictRows(predictor, [rowOf(1)]))[0]!.prediction;
}

/** Waits until what is written bears another time than a file: the clock of a file system moves in steps of milliseconds. */
async function laterThan(path: string): Promise<void> {
  const probe = join(modelsDir, "probe");
  const { ctimeNs } = statSync(path, { bigint: true });
  do {
    await new Promise((resolve) => setTimeout(resolve, 1));
    writeFileSync(probe, "");
  } while (statSync(probe, { bigint: true }).ctimeNs <= ctimeNs);
  rmSync(probe);
}

/** Equal models' predictors are the same functions. */
const share = (a: ModelPredictor, b: ModelPredictor): boolean => a.predictTable === b.predictTable;

describe("a model cache", () => {
  it("shares one predictor between calls, and between names of equal content", async () => {
    await save("one", "1", constantModel(2.5));
    await save("other", "1", constantModel(2.5));
    await save("third", "1", constantModel(3));
    const cache = createModelCache({ modelsDir });
    const [first, same, again, third] = await Promise.all([
      cache.predictor("one"),
      cache.predictor("other"),
      cache.predictor(join(modelsDir, "one", "1")),
      cache.predictor("third"),
    ]);
    expect(share(first, same)).toBe(true);
    expect(share(first, again)).toBe(true);
    expect(share(first, third)).toBe(false);
    expect(cache.hashes()).toHaveLength(2);
    expect(await predictionOf(again)).toBe(2.5);
    expect(await predictionOf(third)).toBe(3);
    await cache.close();
  });

  it("gives the new model where files were replaced or a version came, and leaves the old one to who holds it", async () => {
    await save("lake", "1", constantModel(2));
    await save("elsewhere", "1", constantModel(2.5));
    const cache = createModelCache({ modelsDir });
    const old = await cache.predictor("lake/1");
    await laterThan(join(modelsDir, "lake", "1", "model.json"));
    cpSync(join(modelsDir, "elsewhere", "1"), join(modelsDir, "lake", "1"), { recursive: true });
    const replaced = await cache.predictor("lake");
    await save("lake", "2", constantModel(3));
    const newest = await cache.predictor("lake");
    expect(await Promise.all([old, replaced, newest].map(predictionOf))).toEqual([2, 2.5, 3]);
    await cache.close();
  });

  it("keeps as many models and bytes as it is told, and disposes of one in use behind its last use", async () => {
    for (const value of [1, 2, 3]) await save(`m${value}`, "1", constantModel(value));
    for (const limit of [{ models: 2 }, { models: 9, bytes: 1 }]) {
      const cache = createModelCache({ modelsDir, ...limit });
      const held = await cache.predictor("m1");
      await (await cache.predictor("m2")).dispose();
      await (await cache.predictor("m3")).dispose();
      expect(cache.hashes()).toHaveLength(limit.bytes === undefined ? 2 : 1);
      expect(await predictionOf(held)).toBe(1);
      await held.dispose();
      await held.dispose();
      const back = await cache.predictor("m1");
      expect(share(held, back)).toBe(false);
      expect(await predictionOf(back)).toBe(1);
      await cache.close();
    }
  });

  it("says what is missing or damaged, and nothing once it is closed", async () => {
    await save("lake", "1", constantModel(2));
    const cache = createModelCache({ modelsDir });
    await expect(cache.predictor("lakes")).rejects.toThrow(/there must be one/);
    rmSync(join(modelsDir, "lake", "1", "arrays.bin"));
    await expect(cache.predictor("lake")).rejects.toThrow(/must be there/);
    await save("whole", "1", constantModel(2));
    await cache.close();
    await expect(cache.predictor("whole")).rejects.toThrow(/cache must be open/);
  });
});
