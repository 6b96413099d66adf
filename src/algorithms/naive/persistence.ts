import type { Algorithm } from "../../core/index.ts";
import { createFactTrainer, fallbackOf, lastReadings, plainPredictor, repeatQuantiles } from "./naive-forecast.ts";

/** The last reading stays: what a forecast must beat. */
export const persistence: Algorithm = {
  name: "persistence",
  title: "Persistence",
  description: "Forecasts the last reading: what a model that learnt something must beat",
  tasks: ["forecast"],
  input: "memory",
  parts: ["windows"],
  parameters: [],
  createTrainer: async ({ dataset }) =>
    createFactTrainer(async () => {
      const json = { fallback: dataset.target.mean };
      return { algorithm: "persistence", formatVersion: 1, json, arrays: {} };
    }),
  createPredictor: async (model, { task }) => {
    const fallback = fallbackOf(model);
    const horizon = task.horizon ?? 1;
    return plainPredictor((table) => {
      const last = lastReadings(table);
      const values = new Float64Array(last.length * horizon);
      last.forEach((value, row) => {
        values.fill(Number.isNaN(value) ? fallback : value, row * horizon, (row + 1) * horizon);
      });
      return repeatQuantiles(values, task);
    });
  },
};
