import type { BenchmarkResult, JsonObject } from "../core/index.ts";
import type { TrainDocument } from "./document.ts";
import { renderReports } from "./report-files.ts";

/**
 * What a benchmark leaves: its results as JSON (`docs/benchmark.md`, schema version 1; numbers are finite or null) and the run's page, which
 * draws them. The same document gives the same bytes.
 */
export async function benchmarkFiles(
  document: TrainDocument,
  benchmark: BenchmarkResult,
): Promise<{ readonly json: string; readonly page: string }> {
  const { "report.html": page } = await renderReports(document);
  return { json: `${JSON.stringify(resultsOf(document, benchmark), null, 2)}\n`, page: page! };
}

function resultsOf(document: TrainDocument, { schemaVersion, entries, ...benchmark }: BenchmarkResult): JsonObject {
  const steps = new Map(document.algorithms.map(({ name, steps: own }) => [name, own]));
  const results = {
    schemaVersion,
    kind: "benchmark",
    run: document.run,
    recipe: document.recipe ?? null,
    task: document.task ?? null,
    target: document.target ?? null,
    dataFingerprint: document.dataFingerprint ?? null,
    learntFrom: { train: document.rows.train ?? 0, validation: document.rows.validation ?? 0 },
    seed: document.seed,
    champion: document.champion,
    environment: document.environment ?? {},
    ...benchmark,
    entries: entries.map((entry) => ({ ...entry, ...(steps.get(entry.name) ? { steps: steps.get(entry.name) } : {}) })),
  };
  return JSON.parse(JSON.stringify(results)) as JsonObject;
}
