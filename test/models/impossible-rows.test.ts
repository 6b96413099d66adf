import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/index.ts";
import { createWriter, openSource } from "../../src/data/index.ts";
import { createModelPredictor, type PredictFileOptions, predictFile } from "../../src/models/index.ts";
import { constantModel, rowOf } from "./paddle-model.ts";

describe("a file with rows that cannot be", () => {
  let folder: string;
  let data: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-impossible-"));
    data = join(folder, "rows.jsonl");
    const rows = [rowOf(0), { ...rowOf(1), humidity: 140 }, rowOf(2), { ...rowOf(3), windSpeed: -3, humidity: 140 }];
    writeFileSync(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function predict(onError: NonNullable<PredictFileOptions["onError"]>) {
    const out = join(folder, `${onError}.jsonl`);
    const predictor = await createModelPredictor(constantModel(4.4));
    const batches: number[] = [];
    try {
      const written = await predictFile({
        predictor,
        source: await openSource(data),
        openWriter: (columns) => createWriter(out, columns),
        onError,
        onBatch: (rows) => batches.push(rows),
        batchRows: 3,
      });
      const lines = readFileSync(out, "utf8").trim().split("\n");
      return { written, batches, rows: lines.map((line): JsonObject => JSON.parse(line)) };
    } finally {
      await predictor.dispose();
    }
  }

  it("ends at the first of them", async () => {
    await expect(predict("stop")).rejects.toThrow("Cannot predict row 2: humidity must be from 0 to 100");
  });

  it("or leaves them without a prediction, says why, and counts them", async () => {
    const { written, batches, rows } = await predict("skip");
    expect(written).toMatchObject({ rows: 4, skipped: 2 });
    expect(batches).toEqual([3, 1]);
    const known = rows.filter((_, i) => i % 2 === 0);
    for (const row of known) {
      expect(row.prediction).toBeGreaterThanOrEqual(1);
      expect(row.error).toBeNull();
    }
    for (const row of [rows[1]!, rows[3]!])
      expect(row).toMatchObject({ prediction: null, class: null, rule: null, error: expect.stringContaining("got") });
    expect(rows[1]!.error).toMatch(/^humidity must be from 0 to 100 %, got 140$/);
  });
});
