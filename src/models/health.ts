import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { type FeatureTable, type JsonObject, parseJson } from "../core/index.ts";
import { ExampleBuffer } from "../data/index.ts";
import { readFileCapped } from "../storage/index.ts";
import { agreesWithGolden, GOLDEN_FILE, goldenTable } from "./golden.ts";
import type { ModelPredictor } from "./predictor.ts";

const MAX_GOLDEN_BYTES = 1 << 20;
const SINGLES = 300;
/** At least so many, however slow the model is. */
const LEAST_SINGLES = 5;
const SINGLES_MS = 50;
const BATCH_REPEATS = 2048;
const BATCHES = 3;
/** A batch that takes so long says enough: no larger one is tried. */
const BATCH_MS = 20;

/** How a stored model does here and now. Its hash was verified when it was loaded. */
export interface ModelHealth {
  /** Whether it predicts the same bits as when it was saved; null where nothing was kept to compare with. */
  readonly golden: boolean | null;
  /** Median time of one encoded row, in microseconds. */
  readonly oneRowMicroseconds: number;
  /** Encoded rows a second, in one batch. */
  readonly rowsPerSecond: number;
}

/** Predicts the golden rows again and measures speed, in some tenths of a second for most models. */
export async function checkHealth(path: string, predictor: ModelPredictor): Promise<ModelHealth> {
  const golden = await agreesWithKept(path, predictor);
  const table = goldenTable(predictor.model.pipeline);
  return {
    golden,
    oneRowMicroseconds: await timeSingles(predictor, repeat(table, 1, 1)),
    rowsPerSecond: await timeBatches(predictor, table),
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
  const begun = performance.now();
  while (times.length < SINGLES && (times.length < LEAST_SINGLES || performance.now() - begun < SINGLES_MS)) {
    times.push(await timeOf(predictor, row));
  }
  return 1000 * times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Rows a second of the largest batch that does not take long. */
async function timeBatches(predictor: ModelPredictor, golden: FeatureTable): Promise<number> {
  for (let times = 8; ; times = Math.min(4 * times, BATCH_REPEATS)) {
    const batch = repeat(golden, golden.rows, times);
    // The fastest: the first starts threads, and others wait for whatever else the machine does.
    let fastest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < BATCHES; i++) fastest = Math.min(fastest, await timeOf(predictor, batch));
    if (fastest > BATCH_MS || times === BATCH_REPEATS) return batch.rows / (fastest / 1000);
  }
}

/** Milliseconds. */
async function timeOf(predictor: ModelPredictor, table: FeatureTable): Promise<number> {
  const begun = performance.now();
  await predictor.predictTable(table);
  return performance.now() - begun;
}

/** The first rows of a table, several times. */
function repeat(table: FeatureTable, rows: number, times: number): FeatureTable {
  const places = Uint32Array.from({ length: rows * times }, (_, i) => i % rows);
  const gathered = new ExampleBuffer({ like: table, capacity: places.length, weighted: false, targetWidth: 1 });
  gathered.append({ table, target: new Float64Array(table.rows), weight: null }, places);
  return gathered.examples().table;
}
