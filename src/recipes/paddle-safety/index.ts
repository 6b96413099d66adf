import { type Recipe, randomStream } from "../../core/index.ts";
import { TARGET } from "./columns.ts";
import { drawRows } from "./draw-rows.ts";
import { NOISE } from "./expert-rule.ts";
import { generate, ROWS } from "./generate.ts";
import { LOCATIONS } from "./locations.ts";
import { RULES } from "./rules.ts";
import { TRUTH } from "./truth.ts";

/** Hours at each held-out place. */
const ROWS_PER_PLACE = 2000;

/**
 * Is it safe and pleasant to paddle on this lake at this hour? A score from 1 (stay ashore) to 5 (ideal), learnt from a
 * synthetic table of weather, place, time and lake whose expert rule and noise are known.
 */
export const paddleSafety: Recipe = {
  name: "paddle-safety",
  title: "Paddle safety",
  description: "Is it safe and pleasant to paddle on this lake at this hour? A score from 1 (stay ashore) to 5 (ideal)",
  task: "regression",
  target: TARGET,
  algorithms: ["xgboost", "hist-gradient", "random-forest", "svm", "mlp", "baseline"],
  // Whoever wants a tenth more rows has two million of them: fitting everything twice would double the time of a first look.
  settings: { name: "paddle-safety", refit: "never" },
  ignore: [],
  generate,
  facts: { synthetic: true, rows: ROWS, features: 35, noiseStandardDeviation: NOISE },
  rules: RULES,
  truth: TRUTH,
  locations: {
    places: LOCATIONS,
    rowsPerPlace: ROWS_PER_PLACE,
    draw: (place, rows, seed) =>
      drawRows(randomStream(seed, "paddle-safety", "location", place), () => LOCATIONS[place]!.lake, rows, 0),
  },
};
