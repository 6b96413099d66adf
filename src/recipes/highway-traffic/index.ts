import type { Recipe } from "../../core/index.ts";
import { adaptTraffic, TARGET } from "./adapt.ts";
import { generate, ROWS, SENSORS } from "./generate.ts";

/**
 * Flow or speed of road sensors, forecast from their last readings. Reads tables of one row a reading (a time, a sensor where there
 * are several, the flow, weather, holidays), tables of one column a sensor, and PeMS files as they were published.
 */
export const highwayTraffic: Recipe = {
  name: "highway-traffic",
  title: "Highway traffic",
  description: "Flow or speed of road sensors, forecast from their last readings, with 90 % intervals",
  task: "forecast",
  target: TARGET,
  algorithms: ["lstm", "gru", "tcn", "transformer", "seq2seq", "xgboost", "ensemble", "seasonal", "persistence"],
  settings: { name: "highway-traffic", steps: 12, horizon: 1, zeros: "auto" },
  ignore: [],
  adapt: adaptTraffic,
  generate,
  facts: { synthetic: true, rows: ROWS, sensors: SENSORS },
};
