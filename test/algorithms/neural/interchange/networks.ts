import { loadAlgorithm } from "../../../../src/algorithms/index.ts";
import type { InputEncoding } from "../../../../src/algorithms/neural/encoding.ts";
import { initialValues } from "../../../../src/algorithms/neural/layers/index.ts";
import { modelContent as mlpContent } from "../../../../src/algorithms/neural/model.ts";
import { initialWeights, planNetwork } from "../../../../src/algorithms/neural/network.ts";
import { modelContent } from "../../../../src/algorithms/sequence/content.ts";
import { defineSequence } from "../../../../src/algorithms/sequence/definition.ts";
import { extrasWidth, inputWidth, type SequenceEncoding } from "../../../../src/algorithms/sequence/encoding.ts";
import { SEQUENCE_NETWORKS } from "../../../../src/algorithms/sequence/networks.ts";
import { type FeatureTable, type ModelContent, randomStream, type Task } from "../../../../src/core/index.ts";

/** A network with made-up weights, and rows for it in both forms: as kaayko's table, and as an exported file takes them. */
export interface ExportedCase {
  readonly name: string;
  readonly task: Task;
  readonly content: ModelContent;
  readonly table: FeatureTable;
  /** rows × features; categories from 0, NaN missing. */
  readonly features: Float32Array;
  /** rows × steps × channels; empty where there are none. */
  readonly windows: Float32Array;
}

const ROWS = 40;
const STEPS = 6;
const CHANNELS = 2;
const CITIES = 20;
const EXTRAS: readonly InputEncoding[] = [
  { kind: "numeric", mean: 10, scale: 0.5, indicator: true, borders: [] },
  { kind: "oneHot", cardinality: 4 },
];
const INPUTS: readonly InputEncoding[] = [
  { kind: "numeric", mean: 10, scale: 0.5, indicator: true, borders: [7, 9, 10, 13] },
  { kind: "oneHot", cardinality: 4 },
  { kind: "embedding", cardinality: CITIES, width: 3 },
];
const TASKS: readonly Task[] = [
  { kind: "regression", target: "y" },
  { kind: "binary", target: "y", classes: ["no", "yes"] },
  { kind: "multiclass", target: "y", classes: ["a", "b", "c"] },
];

export function exportedCases(): ExportedCase[] {
  return [...TASKS.map(mlpCase), ...Object.keys(SEQUENCE_NETWORKS).map(sequenceCase)];
}

function mlpCase(task: Task): ExportedCase {
  const network = planNetwork(INPUTS, [8, 5], task);
  const encoder = { inputs: INPUTS, network, centre: 3, spread: 2 };
  const content = mlpContent(encoder, initialWeights(network, 3), 1);
  return { name: `mlp-${task.kind}`, task, content, ...rowsOf(3), windows: new Float32Array(0) };
}

function sequenceCase(name: string): ExportedCase {
  const encoding: SequenceEncoding = {
    steps: STEPS,
    channels: [
      { mean: 50, scale: 0.1, marked: true },
      { mean: 0, scale: 1, marked: false },
    ],
    extras: EXTRAS,
    centre: 50,
    spread: 12,
  };
  const plan = {
    steps: STEPS,
    inputs: inputWidth(encoding),
    extras: extrasWidth(encoding),
    horizon: 2,
    quantiles: [],
    units: 8,
    layers: 2,
    heads: 2,
    taps: 3,
    dropout: 0.1,
  };
  const weights = initialValues(defineSequence(SEQUENCE_NETWORKS[name]!, plan).parameters, 5);
  // The linear part begins at 0: made different, so that it counts.
  weights["linear/weight"]!.forEach((_, i, all) => {
    all[i] = ((i % 7) - 3) / 50;
  });
  const content = modelContent(name, { plan, encoding, weights }, 1);
  const { table, features } = rowsOf(2);
  const series = Float32Array.from({ length: (ROWS + STEPS) * CHANNELS }, (_, i) =>
    i % 13 === 4 ? Number.NaN : i % CHANNELS === 0 ? 50 + 10 * Math.sin(i) : Math.cos(i),
  );
  const ends = Uint32Array.from({ length: ROWS }, (_, row) => row + STEPS);
  const part = { kind: "windows", name: "past", steps: STEPS, channels: CHANNELS, series, ends } as const;
  const windows = Float32Array.from(
    Array.from(ends, (end) => [...series.subarray((end - STEPS) * CHANNELS, end * CHANNELS)]).flat(),
  );
  const task: Task = { kind: "forecast", target: "flow", horizon: 2 };
  return { name, task, content, table: { ...table, parts: [part] }, features, windows };
}

/** The first features of: a number, a category of four, one of twenty; some missing, some never seen. */
function rowsOf(count: number): { table: FeatureTable; features: Float32Array } {
  const random = randomStream(17, "exported");
  const numbers = Float32Array.from({ length: ROWS }, (_, i) => (i % 9 === 2 ? Number.NaN : 10 + 4 * random.normal()));
  const codesOf = (cardinality: number) => Uint8Array.from({ length: ROWS }, () => random.integer(cardinality + 1));
  const [kinds, cities] = [codesOf(4), codesOf(CITIES)];
  const columns = [
    { kind: "numeric", name: "age", values: numbers },
    { kind: "categorical", name: "kind", codes: kinds, cardinality: 4 },
    { kind: "categorical", name: "city", codes: cities, cardinality: CITIES },
  ] as const;
  const raw = (code: number) => (code === 0 ? Number.NaN : code - 1);
  const features = Float32Array.from({ length: ROWS * count }, (_, at) => {
    const row = Math.floor(at / count);
    return at % count === 0 ? numbers[row]! : raw((at % count === 1 ? kinds : cities)[row]!);
  });
  return { table: { rows: ROWS, columns: columns.slice(0, count) }, features };
}

/** What kaayko predicts, in the outputs of the file: two probabilities for two classes. */
export async function ownPredictions({ content, task, table }: ExportedCase): Promise<number[]> {
  const algorithm = await loadAlgorithm(content.algorithm);
  const features = table.columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    cardinality: column.kind === "categorical" ? column.cardinality : 0,
    ...{ mean: 0, std: 1, min: 0, max: 1, missing: 0 },
  }));
  const parts =
    table.parts === undefined
      ? {}
      : { parts: [{ name: "past", kind: "windows" as const, size: { steps: STEPS, channels: CHANNELS } }] };
  const predictor = await algorithm.createPredictor(content, { task, features, ...parts, threads: 1, backend: "cpu" });
  const made = [...(await predictor.predict(table))];
  await predictor.dispose();
  return task.kind === "binary" ? made.flatMap((second) => [1 - second, second]) : made;
}
