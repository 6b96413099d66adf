import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputsOf } from "../../src/core/index.ts";
import { createWriter, openSource } from "../../src/data/index.ts";
import {
  createModelPredictor,
  loadModel,
  type ModelPredictor,
  openPredictionLog,
  predictFile,
} from "../../src/models/index.ts";

const CORPUS = fileURLToPath(new URL("../fixtures/corpus/0.1.0/", import.meta.url));
const BATCHES = 10;
const BATCH_ROWS = 160;

/** Predicts as far as a batch, where it throws as if the process had died there. */
function dyingAt(predictor: ModelPredictor, batch: number): ModelPredictor & { calls: number } {
  const dying = {
    ...predictor,
    calls: 0,
    predictTable: async (table: Parameters<ModelPredictor["predictTable"]>[0]) => {
      if (dying.calls === batch) throw new Error("killed");
      dying.calls++;
      return predictor.predictTable(table);
    },
  };
  return dying;
}

describe("predicting a file that was interrupted", () => {
  let folder: string;
  let data: string;
  let predictor: ModelPredictor;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-predict-"));
    data = join(folder, "table.csv");
    const [head, ...rows] = readFileSync(join(CORPUS, "table.csv"), "utf8").trim().split("\n");
    writeFileSync(data, [head, ...Array.from({ length: BATCHES }, () => rows).flat()].join("\n"));
    predictor = await createModelPredictor((await loadModel(join(CORPUS, "models/xgboost/1"))).model);
  });
  afterAll(async () => {
    await predictor.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const predict = async (using: ModelPredictor, out: string, plan = "one", stop?: () => boolean) =>
    predictFile({
      predictor: using,
      source: await openSource(data),
      openWriter: (columns) => createWriter(out, columns),
      keep: ["width"],
      batchRows: BATCH_ROWS,
      log: await openPredictionLog({ out, plan: { plan }, outputs: outputsOf(using.model.task), commitMs: 0 }),
      ...(stop === undefined ? {} : { stop }),
    });
  /** What is written where nothing interrupts it. */
  const writeUndisturbed = async (ending: string): Promise<Buffer> => {
    const path = join(folder, `undisturbed.${ending}`);
    expect(await predict(predictor, path)).toMatchObject({ rows: BATCHES * BATCH_ROWS });
    return readFileSync(path);
  };
  const left = (name: string): string[] => readdirSync(folder).filter((found) => found.startsWith(`.${name}`));

  it.each(["csv", "parquet", "jsonl"])(
    "goes on from the last committed batch and writes the same bytes (%s)",
    async (ending) => {
      const undisturbed = await writeUndisturbed(ending);
      const name = `out.${ending}`;
      const out = join(folder, name);
      await expect(predict(dyingAt(predictor, 4), out)).rejects.toThrow("killed");
      await expect(predict(dyingAt(predictor, 3), out)).rejects.toThrow("killed");
      const last = dyingAt(predictor, BATCHES);
      await predict(last, out);
      expect(last.calls).toBe(BATCHES - 4 - 3);
      expect(readFileSync(out).equals(undisturbed)).toBe(true);
      expect(left(name)).toEqual([]);
    },
  );

  it("predicts again what was damaged, and what another model or table made", async () => {
    const undisturbed = await writeUndisturbed("csv");
    const out = join(folder, "again.csv");
    await expect(predict(dyingAt(predictor, 4), out)).rejects.toThrow("killed");
    const log = join(folder, left("again.csv").find((name) => name.endsWith(".predicted"))!);
    const [first] = readdirSync(log);
    const bytes = readFileSync(join(log, first!));
    bytes[3]! ^= 1;
    writeFileSync(join(log, first!), bytes);
    const last = dyingAt(predictor, 7);
    await expect(predict(last, out, "another plan")).rejects.toThrow("killed");
    expect(last.calls).toBe(7);
    const mended = dyingAt(predictor, BATCHES);
    await predict(mended, out);
    expect(mended.calls).toBe(BATCHES - 3);
    expect(readFileSync(out).equals(undisturbed)).toBe(true);
    expect(left("again.csv")).toEqual([]);
  });

  it("keeps what it has when it is asked to stop", async () => {
    const out = join(folder, "stopped.csv");
    let batches = 0;
    expect(await predict(predictor, out, "one", () => ++batches === 6)).toBeNull();
    const last = dyingAt(predictor, BATCHES);
    await predict(last, out);
    expect(last.calls).toBe(BATCHES - 6);
  });
});
