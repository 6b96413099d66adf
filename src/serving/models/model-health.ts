import { performance } from "node:perf_hooks";
import type { JsonObject } from "../../core/index.ts";
import type { ModelHealth } from "../../models/index.ts";
import { builtUrl, createWorkerPool } from "../../parallel/index.ts";
import type { ModelShelf } from "./model-shelf.ts";

/** A check takes some tenths of a second of a core for each model: whoever asks again so soon is given the last one. */
const FRESH_MS = 10_000;

/** Checks every model in memory as it lies on disk, in a thread of its own, one check at a time. */
export function createHealthCheck(shelf: ModelShelf): () => Promise<JsonObject[]> {
  let last: Promise<JsonObject[]> | undefined;
  let asked = 0;
  return () => {
    if (last !== undefined && performance.now() - asked < FRESH_MS) return last;
    asked = performance.now();
    last = checkAll(shelf);
    last.then(
      () => {
        asked = performance.now();
      },
      () => {
        last = undefined;
      },
    );
    return last;
  };
}

async function checkAll(shelf: ModelShelf): Promise<JsonObject[]> {
  const pool = createWorkerPool({ url: builtUrl(import.meta.url, "./health-worker.js"), size: 1 });
  try {
    const checked: JsonObject[] = [];
    for (const { name, version, sha256, model } of shelf.entries()) {
      if (model === null) continue;
      const { path } = model.stored;
      const health = await pool.run<ModelHealth & { sha256: string }>("checkFolder", { path }).catch(() => null);
      checked.push({
        name,
        version,
        hash: health === null ? "failed" : health.sha256 === sha256 ? "verified" : "differs",
        golden: health?.golden ?? null,
        one_row_microseconds: health === null ? null : Math.round(health.oneRowMicroseconds),
        rows_per_second: health === null ? null : Math.round(health.rowsPerSecond),
      });
    }
    return checked;
  } finally {
    await pool.close();
  }
}
