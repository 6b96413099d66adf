import { availableParallelism, cpus, totalmem } from "node:os";
import {
  type BenchmarkEntry,
  type BenchmarkResult,
  type DrawnLine,
  intervalOf,
  type ModelContent,
  type Role,
  type State,
} from "../../core/index.ts";
import { higherIsBetter, type MetricValues } from "../../metrics/index.ts";
import type { AlgorithmResult } from "../document.ts";
import type { Results } from "../sequence.ts";
import type { TrainedModel, TrainingWork } from "../train-stage.ts";
import { threadsOf } from "../training-work.ts";
import type { DrawnRows } from "./drawn-rows.ts";
import { measurePart, peerPart, peersFound } from "./parts.ts";
import { REFERENCES } from "./references.ts";

export interface BenchmarkSource {
  readonly work: TrainingWork;
  readonly trained: readonly TrainedModel[];
  readonly results: Results;
  readonly algorithms: readonly AlgorithmResult[];
  readonly role: Role;
  readonly metric: string;
  readonly drawn: DrawnRows | null;
  /** How far a model's interval reaches at each step; undefined where it has none. */
  readonly reachOf: (model: TrainedModel) => readonly number[] | undefined;
}

/** Puts together what a benchmark measured: our models, the references among them, other programs. */
export function benchmarkResult(source: BenchmarkSource): BenchmarkResult {
  const { work, role, metric } = source;
  const entries = [...source.algorithms.map((result) => ownEntry(source, result)), ...peerEntries(source)];
  const reference = bestReference(entries, metric);
  return {
    schemaVersion: 1,
    role,
    rows: work.prepared.dataset.rows[role],
    metric,
    reference: reference?.name ?? null,
    machine: {
      processor: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      threads: threadsOf(work.settings),
      memoryBytes: totalmem(),
    },
    entries: entries.map((entry) => ({ ...entry, betterThanReference: gain(entry, reference, metric) })),
    drawn: drawnPredictions(source),
  };
}

function ownEntry({ trained, results, role }: BenchmarkSource, result: AlgorithmResult): BenchmarkEntry {
  const { name, title, metrics, seconds, error } = result;
  const model = trained.find(({ contender }) => contender.algorithm.name === name)!;
  const measured = results.get(measurePart(name))?.json;
  const failed = error ?? (measured?.error as string | undefined);
  return {
    name,
    title,
    kind: REFERENCES.includes(name) ? "reference" : "model",
    program: "kaayko",
    metrics: (role === "train" ? undefined : metrics[role]) ?? {},
    trainSeconds: error === undefined ? seconds : null,
    ...speedsOf(measured),
    modelBytes: model.content === null ? null : bytesOf(model.content),
    betterThanReference: null,
    ...(failed === undefined ? {} : { error: failed }),
  };
}

function peerEntries({ work, results }: BenchmarkSource): BenchmarkEntry[] {
  const versions = peersFound(results);
  return (work.peers?.programs ?? []).flatMap(({ name, title }): BenchmarkEntry[] => {
    const json = results.get(peerPart(name))?.json;
    if (json === undefined) return [];
    return [
      {
        name: peerPart(name),
        title,
        kind: "peer",
        program: versions[name]!,
        metrics: (json.metrics ?? {}) as MetricValues,
        trainSeconds: numberIn(json.trainSeconds),
        ...speedsOf(json),
        modelBytes: null,
        betterThanReference: null,
        ...(typeof json.error === "string" ? { error: json.error } : {}),
      },
    ];
  });
}

function speedsOf(json: State["json"] | undefined): Pick<BenchmarkEntry, "rowsPerSecond" | "millisecondsPerRow"> {
  return { rowsPerSecond: numberIn(json?.rowsPerSecond), millisecondsPerRow: numberIn(json?.millisecondsPerRow) };
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function bytesOf({ json, arrays }: ModelContent): number {
  const texts = Buffer.byteLength(JSON.stringify(json));
  return Object.values(arrays).reduce((sum, array) => sum + array.byteLength, texts);
}

function bestReference(entries: readonly BenchmarkEntry[], metric: string): BenchmarkEntry | undefined {
  const judged = entries.filter(({ kind, metrics }) => kind === "reference" && typeof metrics[metric] === "number");
  const sign = higherIsBetter(metric) ? -1 : 1;
  return judged.sort((a, b) => sign * (a.metrics[metric]! - b.metrics[metric]!))[0];
}

function gain({ metrics }: BenchmarkEntry, reference: BenchmarkEntry | undefined, metric: string): number | null {
  const [own, other] = [metrics[metric], reference?.metrics[metric]];
  if (typeof own !== "number" || typeof other !== "number" || other === 0) return null;
  return ((higherIsBetter(metric) ? 1 : -1) * (own - other)) / Math.abs(other);
}

function drawnPredictions(source: BenchmarkSource): BenchmarkResult["drawn"] {
  const { drawn, trained, results, work } = source;
  if (drawn === null) return null;
  const { axis, series, step, x, actual } = drawn;
  const own = trained.flatMap((model) => {
    const { name } = model.contender.algorithm;
    const state = results.get(measurePart(name));
    const reach = source.reachOf(model)?.[step - 1];
    return state?.arrays.value === undefined ? [] : [drawnLine(name, state, reach)];
  });
  const peers = (work.peers?.programs ?? []).flatMap(({ name }) => {
    const state = results.get(peerPart(name));
    return state?.arrays.value === undefined ? [] : [drawnLine(peerPart(name), state, undefined)];
  });
  return { axis, series, step, x, actual, lines: [...own, ...peers] };
}

function drawnLine(name: string, { arrays }: State, reach: number | undefined): DrawnLine {
  const { value, lower, upper } = arrays as Record<string, Float64Array>;
  const line = { name, values: Array.from(value!) };
  if (reach === undefined || lower === undefined || upper === undefined) return line;
  const intervals = Array.from(lower, (low, i) => intervalOf(reach, low, upper[i]!));
  return { ...line, low: intervals.map(({ low }) => low), high: intervals.map(({ high }) => high) };
}
