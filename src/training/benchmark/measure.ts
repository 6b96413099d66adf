import {
  type Dataset,
  type JsonObject,
  KaaykoError,
  type Predictor,
  pointOutput,
  type Role,
  type State,
  type StepReport,
  targetWidth,
} from "../../core/index.ts";
import { type CompactExamples, compactExamples } from "../compact.ts";
import type { Work } from "../sequence.ts";
import { type DrawnRows, drawnOutputs } from "./drawn-rows.ts";

/** Rows that are predicted in one call. */
const MEASURED_ROWS = 16_384;
const PASSES = 3;
const SINGLE_ROWS = 25;

export interface MeasureOptions {
  readonly dataset: Dataset;
  readonly role: Role;
  /** Taken over. */
  readonly predictor: Predictor;
  /** The rows whose predictions are kept, of those that are measured; null for none. */
  readonly drawn: DrawnRows | null;
}

/** The rows of a role that a benchmark times and draws: the first 16,384. */
export async function measuredRows(dataset: Dataset, role: Role): Promise<CompactExamples> {
  const stream = await dataset.stream(role, { batchRows: MEASURED_ROWS, shuffle: null });
  try {
    return compactExamples((await stream.next())!, targetWidth(dataset.task));
  } finally {
    await stream.close();
  }
}

/**
 * Times a model's predictions: one call that warms it up, three of all measured rows, then rows one by one. Its result holds the
 * medians, and the predictions that are drawn.
 */
export function createMeasure(options: MeasureOptions): Work {
  const passes: number[] = [];
  const singles: number[] = [];
  let drawn: Record<string, Float64Array> = {};
  let rows: Promise<CompactExamples> | null = null;
  let counted = 0;

  async function pass(): Promise<void> {
    const { table } = await rows!;
    if (passes.length === 0) keepDrawn(await options.predictor.predict(table));
    passes.push(await seconds(() => options.predictor.predict(table)));
    counted = table.rows;
  }

  function keepDrawn(predictions: Float64Array): void {
    if (options.drawn === null) return;
    const { task } = options.dataset;
    drawn = { ...drawnOutputs(task, options.drawn, predictions, pointOutput(task)) };
  }

  async function single(): Promise<void> {
    const measured = await rows!;
    for (let i = 0; i < SINGLE_ROWS; i++) {
      const alone = compactExamples(
        { ...measured, rows: Uint32Array.of(i % measured.table.rows) },
        targetWidth(options.dataset.task),
      );
      singles.push(await seconds(() => options.predictor.predict(alone.table)));
    }
  }

  return {
    version: 1,
    async step(): Promise<StepReport> {
      rows ??= measuredRows(options.dataset, options.role);
      if (passes.length < PASSES) await pass();
      else await single();
      const step = passes.length + (singles.length > 0 ? 1 : 0);
      return { done: singles.length > 0, step, total: PASSES + 1, unit: "pass" };
    },
    getState: () => ({ json: { passes: [...passes], singles: [...singles], counted }, arrays: { ...drawn } }),
    setState: ({ json, arrays }) => {
      const times = [json.passes, json.singles].map(timesIn);
      passes.splice(0, passes.length, ...times[0]!);
      singles.splice(0, singles.length, ...times[1]!);
      counted = json.counted as number;
      drawn = { ...(arrays as Record<string, Float64Array>) };
    },
    result: async (): Promise<State> => ({ json: speeds(passes, singles, counted), arrays: drawn }),
    dispose: () => options.predictor.dispose(),
  };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function speeds(passes: readonly number[], singles: readonly number[], rows: number): JsonObject {
  return {
    rowsPerSecond: rows / Math.max(1e-6, median(passes)),
    millisecondsPerRow: 1000 * median(singles),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function timesIn(value: unknown): number[] {
  if (Array.isArray(value) && value.every((time) => typeof time === "number" && time >= 0)) return value;
  throw new KaaykoError({ action: "go on with a benchmark", rule: "its times must be whole", kind: "damaged" });
}
