import type { RunSummary, Services } from "../../../src/cli/services.ts";
import type { Algorithm, ParameterSpec } from "../../../src/core/index.ts";
import type { JobQueue } from "../../../src/jobs/index.ts";
import type { TrainDocument } from "../../../src/reports/index.ts";

export const ALGORITHM_TABLE: Readonly<Record<string, () => Promise<Algorithm>>>;
export const RUNS: readonly RunSummary[];
export function trainDocument(changes?: Partial<TrainDocument>): TrainDocument;
export function doubleServices(options: {
  parameters: readonly ParameterSpec[];
  calls?: unknown[][];
  steps?: number;
  milliseconds?: number;
  document?: TrainDocument;
  runs?: readonly RunSummary[];
  jobs?: JobQueue;
  replace?: Partial<Services>;
}): Services;
