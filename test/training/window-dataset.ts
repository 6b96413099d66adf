import { type Dataset, type Examples, type Role, randomStream, type Task, targetWidth } from "../../src/core/index.ts";

const STEPS = 6;
const PERIOD = 24;

/**
 * A daily wave with noise and gaps in two channels, the second one late by three steps; rows say the hour of their forecast. Some
 * targets are missing.
 */
export function makeWindowDataset(task: Task, rows = 240): Dataset {
  const random = randomStream(11, "waves");
  const width = targetWidth(task);
  const length = rows + STEPS + width;
  const wave = Float64Array.from(
    { length: length + 3 },
    (_, i) => 50 + 20 * Math.sin((2 * Math.PI * i) / PERIOD) + random.normal(),
  );
  const series = new Float32Array(length * 2);
  for (let i = 0; i < length; i++) {
    series[2 * i] = i % 37 === 5 ? Number.NaN : wave[i + 3]!;
    series[2 * i + 1] = wave[i]!;
  }
  const ends = Uint32Array.from({ length: rows }, (_, i) => i + STEPS);
  const target = Float64Array.from({ length: rows * width }, (_, at) => {
    const row = Math.floor(at / width);
    return at % 53 === 7 ? Number.NaN : wave[ends[row]! + (at % width) + 3]!;
  });
  const hours = Float64Array.from(ends, (end) => end % PERIOD);
  const roleOf = (row: number): Role => (row < 0.7 * rows ? "train" : row < 0.85 * rows ? "validation" : "test");
  const rowsOf = (role: Role): Uint32Array =>
    Uint32Array.from({ length: rows }, (_, i) => i).filter((row) => roleOf(row) === role);
  const examples = (role: Role): Examples => ({
    table: {
      rows,
      columns: [{ kind: "numeric", name: "hour", values: hours }],
      parts: [{ kind: "windows", name: "past", steps: STEPS, channels: 2, series, ends }],
    },
    rows: rowsOf(role),
    target,
    weight: null,
  });
  return {
    task,
    features: [{ name: "hour", kind: "numeric", cardinality: 0, mean: 11.5, std: 7, min: 0, max: 23, missing: 0 }],
    parts: [{ name: "past", kind: "windows", size: { steps: STEPS, channels: 2 } }],
    rows: { train: rowsOf("train").length, validation: rowsOf("validation").length, test: rowsOf("test").length },
    target: { mean: 50, std: 14, min: 27, max: 73, classCounts: [] },
    inMemory: true,
    examples: async (role) => examples(role),
    stream: async () => {
      throw new Error("windows are kept in memory");
    },
  };
}
