import { existsSync } from "node:fs";
import { type Batch, type ColumnSchema, type GeneratedTable, type GenerateOptions, KaaykoError } from "../../core/index.ts";
import { createWriter, openSource } from "../../data/index.ts";
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
export async function generate({ path, rows = ROWS, seed = 42, onProgress }: GenerateOptions): Promise<GeneratedTable> {
  if (existsSync(path)) {
    const known = (await (await openSource(path)).describe()).rows;
    if (known === rows) return { path, rows, generated: false };
    throw new KaaykoError({
      action: `generate ${path}`,
      rule: "the file is there and holds another table",
      got: `${known ?? "?"} rows`,
      remedy: "Choose another --out, or remove the file.",
      kind: "usage",
    });
  }
  const writer = await createWriter(path, SCHEMA);
  try {
    await writer.write(drawTable(rows, seed));
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  onProgress?.(rows, rows);
  return { path, rows, generated: true };
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
