import type { ColumnSummary, Dataset, GateResult, JsonObject, StageTiming } from "../core/index.ts";
import type { SchemaRow } from "../data/index.ts";
import type { Comparison } from "./compare-models.ts";
import { developmentRun } from "./development-run.ts";
import type { ResumePoint, TrainDocument } from "./document.ts";
import type { SampledRows } from "./preparation.ts";
import type { RunRecord } from "./run-record.ts";
import type { SavedModel } from "./save-stage.ts";

/** What is known of a run so far. */
export interface DocumentParts {
  readonly status: TrainDocument["status"];
  readonly signal?: "SIGINT" | "SIGTERM";
  readonly dataset?: Dataset;
  readonly schema?: readonly SchemaRow[];
  readonly comparison?: Comparison;
  readonly gate?: GateResult;
  readonly saved?: SavedModel;
  /** Of a development run. */
  readonly sampled?: SampledRows;
}

export interface DocumentSource {
  readonly record: RunRecord;
  readonly runId: string;
  readonly seed: number;
  readonly resumedFrom: ResumePoint | null;
  /** The recipe's name. */
  readonly recipe: string | null;
  environment(): JsonObject;
}

const COLUMNS_KEPT = 500;

/** Writes the document of a run, finished or not. */
export function writeDocument(source: DocumentSource, parts: DocumentParts): TrainDocument {
  const { record, runId, seed, resumedFrom, recipe } = source;
  const { dataset, comparison, saved } = parts;
  const champion = comparison?.algorithms.find(({ name }) => name === comparison.champion);
  return {
    schemaVersion: 1,
    run: runId,
    status: parts.status,
    ...(parts.signal === undefined ? {} : { signal: parts.signal }),
    champion: champion?.name ?? null,
    task: dataset?.task.kind ?? null,
    target: dataset?.task.target ?? null,
    primaryMetric: comparison?.primaryMetric ?? null,
    rankedBy: comparison?.rankedBy ?? null,
    algorithms: comparison?.algorithms ?? [],
    metrics: champion?.metrics ?? {},
    ...(comparison === undefined || comparison.confusion === null ? {} : { confusion: comparison.confusion }),
    ...(comparison === undefined || comparison.labels === null ? {} : { labels: comparison.labels }),
    ...(comparison === undefined || comparison.explanation === null ? {} : { explanation: comparison.explanation }),
    ...(parts.schema === undefined ? {} : { columns: parts.schema.slice(0, COLUMNS_KEPT).map(columnSummary) }),
    ...(record.fingerprint === null ? {} : { dataFingerprint: record.fingerprint }),
    environment: source.environment(),
    modelPath: saved?.path ?? null,
    modelSha256: saved?.modelSha256 ?? null,
    rows: { train: 0, validation: 0, test: 0, ...dataset?.rows },
    resumedFrom,
    seed,
    stages: [...record.stages].map(([name, { seconds, peakRssBytes }]): StageTiming => {
      return { name, seconds: Math.round(seconds * 1000) / 1000, peakRssBytes };
    }),
    ...(recipe === null ? {} : { recipe }),
    ...(parts.sampled === undefined ? {} : { development: developmentRun(parts.sampled, record.stages, dataset) }),
    ...verdictsOf(comparison),
    ...(parts.gate === undefined ? {} : { gate: parts.gate }),
    warnings: record.warnings,
  };
}

function verdictsOf(
  comparison: Comparison | undefined,
): Pick<TrainDocument, "bestPossible" | "rules" | "locations" | "benchmark"> {
  const { bestPossible = null, rules = null, locations = null, benchmark = null } = comparison ?? {};
  return {
    ...(bestPossible === null ? {} : { bestPossible }),
    ...(rules === null ? {} : { rules }),
    ...(locations === null ? {} : { locations }),
    ...(benchmark === null ? {} : { benchmark }),
  };
}

function columnSummary({ column, kind, missing, distinct, decision }: SchemaRow): ColumnSummary {
  const count = Number(distinct);
  return {
    name: column,
    kind,
    missing: Number.parseFloat(missing) / 100,
    distinct: Number.isNaN(count) ? null : count,
    use: decision,
  };
}
