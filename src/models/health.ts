import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type FeatureTable, type JsonObject, parseJson } from "../core/index.ts";
import { ExampleBuffer } from "../data/index.ts";
import { readFileCapped } from "../storage/index.ts";
import { agreesWithGolden, GOLDEN_FILE, goldenTable } from "./golden.ts";
import type { ModelPredictor } from "./predictor.ts";

const MAX_GOLDEN_BYTES = 1 << 20;
const SINGLES = 300;
const BATCH_REPEATS = 2048;
const BATCHES = 5;

/** How a stored model does here and now. Its hash was verified when it was loaded. */
export interface ModelHealth {
  /** Whether it predicts the same bits as when it was saved; null where nothing was kept to compare with. */
  readonly golden: boolean | null;
  /** Median time of one encoded row, in microseconds. */
  readonly oneRowMicroseconds: number;
  /** Encoded rows a second, in one batch. */
  readonly rowsPerSecond: number;
}

/** Predicts the golden rows again and measures speed, in about a second. */
export async function checkHealth(path: string, predictor: ModelPredictor): Promise<ModelHealth> {
  const golden = await agreesWithKept(path, predictor);
  const table = goldenTable(predictor.model.pipeline);
  return {
    golden,
    oneRowMicroseconds: await timeSingles(predictor, repeat(table, 1, 1)),
    rowsPerSecond: await timeBatch(predictor, repeat(table, table.rows, BATCH_REPEATS)),
  };
}

/** Whether a model in a folder predicts the bits that were kept beside it; null where nothing was kept to compare with. */
export async function agreesWithKept(path: string, predictor: ModelPredictor): Promise<boolean | null> {
  const bytes = await readFileCapped(join(path, GOLDEN_FILE), MAX_GOLDEN_BYTES);
  return agreesWithGolden(predictor, bytes === undefined ? undefined : readGolden(bytes));
}

function readGolden(bytes: Uint8Array): JsonObject {
  try {
    return parseJson(new TextDecoder().decode(bytes), GOLDEN_FILE) as JsonObject;
  } catch {
    // What cannot be read agrees with nothing.
    return {};
  }
}

async function timeSingles(predictor: ModelPredictor, row: FeatureTable): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < SINGLES; i++) {
    const begun = performance.now();
    await predictor.predictTable(row);
    times.push(performance.now() - begun);
  }
  return 1000 * times.sort((a, b) => a - b)[SINGLES >> 1]!;
}

async function timeBatch(predictor: ModelPredictor, batch: FeatureTable): Promise<number> {
  // The fastest: the first starts threads, and others wait for whatever else the machine does.
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < BATCHES; i++) {
    const begun = performance.now();
    await predictor.predictTable(batch);
    fastest = Math.min(fastest, performance.now() - begun);
  }
  return batch.rows / (fastest / 1000);
}

/** The first rows of a table, several times. */
function repeat(table: FeatureTable, rows: number, times: number): FeatureTable {
  const places = Uint32Array.from({ length: rows * times }, (_, i) => i % rows);
  const gathered = new ExampleBuffer({ like: table, capacity: places.length, weighted: false, targetWidth: 1 });
  gathered.append({ table, target: new Float64Array(table.rows), weight: null }, places);
  return gathered.examples().table;
}
