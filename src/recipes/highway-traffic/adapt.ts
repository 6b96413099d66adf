import type { ColumnSchema, TableSource } from "../../core/index.ts";
import { type ColumnMapping, mappedSource, meltedSource } from "../../data/index.ts";

export const TIME = "timestamp";
export const SENSOR = "sensor";
export const TARGET = "flow";

/** How the columns of traffic tables are called; the first that fits is taken. */
const TARGET_NAMES = [/\bflow\b/i, /volume/i, /\bcounts?\b/i, /\bspeed\b/i, /occupancy/i];
const SENSOR_NAME = /^(?:sensor|station|detector|loop|vds)(?:[_ ]?(?:id|number|name))?$/i;
/** What PeMS says about a reading and nobody knows ahead of it, and numbers of rows as pandas writes them. */
const REMARKS = /^(?:# lane points|% observed|unnamed(?:_0|: 0)|__index_level_0__)$/i;
/** Sensors of a table with a column for each, at least. */
const LEAST_SENSORS = 2;

/**
 * Reads a table of traffic as the recipe's: PeMS' published columns and others alike under its names, a table with a column for each
 * sensor as one with a row for each reading. A table with a column `flow` stays as it is.
 */
export async function adaptTraffic(source: TableSource): Promise<TableSource> {
  const { columns } = await source.describe();
  if (columns.some(({ name }) => name === TARGET)) return source;
  const time = columns.find(({ kind }) => kind === "date");
  const others = columns.filter((column) => column !== time && !REMARKS.test(column.name));
  const target = targetOf(others);
  if (time === undefined) return source;
  if (target === undefined) return isWide(others) ? melted(source, time.name, others) : source;
  const mappings = [time, ...others].map(({ name }): ColumnMapping => {
    if (name === time.name) return { from: name, to: TIME };
    if (name === target.name) return { from: name, to: TARGET };
    return { from: name, to: SENSOR_NAME.test(name) ? SENSOR : name };
  });
  return mappedSource(source, mappings);
}

function targetOf(columns: readonly ColumnSchema[]): ColumnSchema | undefined {
  const numbers = columns.filter(({ kind }) => kind === "numeric");
  return TARGET_NAMES.map((name) => numbers.find((column) => name.test(column.name))).find(
    (found) => found !== undefined,
  );
}

function isWide(columns: readonly ColumnSchema[]): boolean {
  return columns.length >= LEAST_SENSORS && columns.every(({ kind }) => kind === "numeric");
}

function melted(source: TableSource, time: string, sensors: readonly ColumnSchema[]): TableSource {
  return meltedSource(source, {
    keep: { from: time, to: TIME },
    columns: sensors.map(({ name }) => name),
    name: SENSOR,
    value: TARGET,
  });
}
