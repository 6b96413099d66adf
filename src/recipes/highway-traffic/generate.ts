import type { Batch, ColumnSchema, GeneratedTable, GenerateOptions } from "../../core/index.ts";
import { writeTable } from "../write-table.ts";
import { SENSOR, TARGET, TIME } from "./adapt.ts";
import { drawRoad } from "./road.ts";

export const SENSORS = 5;
const STEPS_A_DAY = 288;
const DAYS = 35;
export const ROWS = SENSORS * DAYS * STEPS_A_DAY;

export const SCHEMA: readonly ColumnSchema[] = [
  { name: TIME, kind: "date", physical: "timestamp (ms)" },
  { name: SENSOR, kind: "categorical", physical: "string" },
  { name: TARGET, kind: "numeric", physical: "double" },
  { name: "rain", kind: "numeric", physical: "double" },
  { name: "holiday", kind: "boolean", physical: "boolean" },
];

/**
 * Writes a synthetic table of road sensors, a reading every five minutes: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTable(options, { schema: SCHEMA, rows, draw: () => drawTable(rows, seed) });
}

/** Readings in the order of time, all sensors at a time. */
export function drawTable(rows: number, seed: number): Batch {
  const steps = Math.ceil(rows / SENSORS);
  const road = drawRoad({ steps, sensors: SENSORS, stepsADay: STEPS_A_DAY, seed });
  const at = (row: number) => Math.floor(row / SENSORS);
  const numbers = (of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));
  return {
    firstRow: 0,
    rows,
    columns: [
      { kind: "date", name: TIME, values: numbers((row) => road.times[at(row)]!) },
      {
        kind: "categorical",
        name: SENSOR,
        codes: Uint8Array.from({ length: rows }, (_, row) => (row % SENSORS) + 1),
        dictionary: Array.from({ length: SENSORS }, (_, k) => `km ${12 + 7 * k}`),
      },
      { kind: "numeric", name: TARGET, values: numbers((row) => road.flows[row % SENSORS]![at(row)]!) },
      { kind: "numeric", name: "rain", values: numbers((row) => road.rain[at(row)]!) },
      { kind: "boolean", name: "holiday", values: numbers((row) => road.holiday[at(row)]!) },
    ],
  };
}
