import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GradientBoosting } from "../../src/library/index.ts";
import {
  checkHealth,
  createModelPredictor,
  GOLDEN_FILE,
  goldenPredictions,
  loadModel,
  type Model,
  packModel,
} from "../../src/models/index.ts";

describe("the health of a stored model", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-health-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function train(rounds: number): Promise<Model> {
    const area = Array.from({ length: 100 }, (_, i) => (i * 37) % 97);
    const fitted = await new GradientBoosting({ rounds }).fit({ columns: { area }, target: area.map((x) => x * 3) });
    return fitted.model;
  }

  /** Stores a model with golden predictions of its own, or of another. */
  async function store(model: Model, golden: Model | null): Promise<void> {
    for (const [name, bytes] of packModel(model)) writeFileSync(join(folder, name), bytes);
    if (golden === null) return;
    const predictor = await createModelPredictor(golden);
    writeFileSync(join(folder, GOLDEN_FILE), JSON.stringify(await goldenPredictions(predictor)));
    await predictor.dispose();
  }

  async function health() {
    const { model } = await loadModel(folder);
    const predictor = await createModelPredictor(model);
    try {
      return await checkHealth(folder, predictor);
    } finally {
      await predictor.dispose();
    }
  }

  it("is that it predicts the bits that were kept, and how fast", async () => {
    const model = await train(3);
    await store(model, model);
    const { golden, oneRowMicroseconds, rowsPerSecond } = await health();
    expect(golden).toBe(true);
    expect(oneRowMicroseconds).toBeGreaterThan(0);
    expect(rowsPerSecond).toBeGreaterThan(0);
  });

  it("is seen to be bad where it predicts other bits, or what was kept cannot be read", async () => {
    await store(await train(3), await train(4));
    expect((await health()).golden).toBe(false);
    writeFileSync(join(folder, GOLDEN_FILE), "{");
    expect((await health()).golden).toBe(false);
  });

  it("says nothing of bits where none were kept", async () => {
    await store(await train(3), null);
    expect((await health()).golden).toBeNull();
  });

  it("is not asked of a model whose content does not fit its hash", async () => {
    await store(await train(3), null);
    const path = join(folder, "arrays.bin");
    const bytes = readFileSync(path);
    bytes[8]! ^= 1;
    writeFileSync(path, bytes);
    await expect(health()).rejects.toThrow(/must match its hash/);
  });
});
