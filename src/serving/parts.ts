import type { BatchQueue } from "./batches/batch-queue.ts";
import type { InFlight } from "./in-flight.ts";
import type { InferenceThreads } from "./inference/inference-threads.ts";
import type { ModelShelf } from "./models/model-shelf.ts";
import type { ServerSettings } from "./options.ts";
import type { ServerMetrics } from "./server-metrics.ts";

/** What routes work with. */
export interface ServerParts {
  readonly settings: ServerSettings;
  readonly shelf: ModelShelf;
  readonly threads: InferenceThreads;
  readonly batches: BatchQueue;
  readonly inFlight: InFlight;
  readonly metrics: ServerMetrics;
  readonly lifecycle: Lifecycle;
}

/** Where a server is in its life. */
export interface Lifecycle {
  phase: "starting" | "ready" | "draining";
  /** Of `performance.now()`. */
  readonly startedAt: number;
}
