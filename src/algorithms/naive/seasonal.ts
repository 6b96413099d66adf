import {
  type Algorithm,
  type Dataset,
  type FeatureSpec,
  type FeatureTable,
  KaaykoError,
  type ModelContent,
  type Season,
  seasonFeature,
  type Task,
} from "../../core/index.ts";
import { createFactTrainer, fallbackOf, lastReadings, plainPredictor, repeatQuantiles } from "./naive-forecast.ts";

const SEASONS: readonly Season[] = ["week", "day"];

/**
 * The reading of the same time a day or a week before, whichever errs less on the training rows; the last reading where that is
 * missing or the series are too short.
 */
export const seasonal: Algorithm = {
  name: "seasonal",
  title: "Seasonal",
  description: "Forecasts the reading of the same time a day or a week before",
  tasks: ["forecast"],
  input: "memory",
  parts: ["windows"],
  parameters: [],
  createTrainer: async ({ dataset }) => createFactTrainer(() => learn(dataset)),
  createPredictor: async (model, { task, features }) => {
    const fallback = fallbackOf(model);
    const order = seasonsOf(model);
    return plainPredictor((table) => repeatQuantiles(forecast(table, task, features, order, fallback), task));
  },
};

async function learn(dataset: Dataset): Promise<ModelContent> {
  const { task, features } = dataset;
  const { table, rows, target } = await dataset.examples("train");
  const errors = SEASONS.map((season) => {
    const columns = columnsOf(table, task, features, season);
    let [sum, count] = [0, 0];
    const width = task.horizon ?? 1;
    for (let i = 0; i < (rows?.length ?? table.rows); i++) {
      const row = rows === null ? i : rows[i]!;
      columns.forEach((column, step) => {
        const error = Math.abs((column?.[row] ?? Number.NaN) - target[row * width + step]!);
        if (Number.isNaN(error)) return;
        sum += error;
        count++;
      });
    }
    return count === 0 ? Infinity : sum / count;
  });
  const order = SEASONS.filter((_, k) => errors[k]! < Infinity).sort(
    (a, b) => errors[SEASONS.indexOf(a)]! - errors[SEASONS.indexOf(b)]!,
  );
  const json = { fallback: dataset.target.mean, seasons: order };
  return { algorithm: "seasonal", formatVersion: 1, json, arrays: {} };
}

function seasonsOf({ json }: ModelContent): readonly Season[] {
  const { seasons } = json;
  if (Array.isArray(seasons) && seasons.every((season) => SEASONS.includes(season as Season)))
    return seasons as Season[];
  throw new KaaykoError({ action: "load seasonal", rule: "it must name its seasons", kind: "damaged" });
}

/** The column of the season for each step; undefined where there is none. */
function columnsOf(table: FeatureTable, task: Task, features: readonly FeatureSpec[], season: Season) {
  return Array.from({ length: task.horizon ?? 1 }, (_, step) => {
    const name = seasonFeature(task.target, season, step + 1);
    const column = table.columns[features.findIndex((feature) => feature.name === name)];
    return column?.kind === "numeric" ? column.values : undefined;
  });
}

function forecast(
  table: FeatureTable,
  task: Task,
  features: readonly FeatureSpec[],
  order: readonly Season[],
  fallback: number,
): Float64Array {
  const horizon = task.horizon ?? 1;
  const columns = order.map((season) => columnsOf(table, task, features, season));
  const last = lastReadings(table);
  const values = new Float64Array(table.rows * horizon);
  for (let row = 0; row < table.rows; row++)
    for (let step = 0; step < horizon; step++) {
      const known = columns.map((steps) => steps[step]?.[row] ?? Number.NaN).find((value) => !Number.isNaN(value));
      const value = known ?? last[row]!;
      values[row * horizon + step] = Number.isNaN(value) ? fallback : value;
    }
  return values;
}
