import type { Rules } from "../../core/index.ts";
import { INPUTS } from "./columns.ts";
import { LAND_CELLS } from "./land-cells.ts";

const GUST_FROM_WIND = [{ column: "windSpeed", times: 1.5 }];
const WIND_FROM_GUST = [{ column: "windGust", times: 1 / 1.5 }];
const NORMAL_WATER = [{ column: "waterTemperatureNormal", times: 1 }];
const FELT_AIR = [{ column: "apparentTemperature", times: 1 }];

/** Columns of which more never raises (-1) or never lowers (1) the expert's score. */
export const EXPERT_DIRECTIONS: Rules["monotone"] = {
  windSpeed: -1,
  windGust: -1,
  waveHeight: -1,
  precipitation: -1,
  uvIndex: -1,
  thunder: -1,
  fetch: -1,
  waterTemperature: 1,
  visibility: 1,
  lightningDistance: 1,
  daylight: 1,
  shelter: 1,
};

/**
 * Those that models must keep. Trees pay for every direction with error and with time: for these four with 0.7 % (level by level) and 0.4 %
 * (leaf by leaf) of RMSE on 600,000 rows, and a quarter more time. Wind, thunder, darkness and cold water are left to their caps.
 */
const DIRECTIONS: Rules["monotone"] = { windGust: -1, waveHeight: -1, fetch: -1, lightningDistance: 1 };

/**
 * What no model of this recipe may say. The expert's score never breaks one; its noise may, so that labels can lie a little above a
 * cap and predictions never do. A missing reading is replaced as `otherwise` says, and where nothing stands in, the score is at most
 * that of caution.
 */
export const RULES: Rules = {
  range: { low: 1, high: 5 },
  caps: [
    cap("thunder", 1.2, [above("thunder", 0.5)], "Thunder is heard: lightning kills on open water."),
    cap("lightning", 1.2, [below("lightningDistance", 10)], "Lightning struck less than 10 km away within the hour."),
    cap("gale-gusts", 1.5, [above("windGust", 15, GUST_FROM_WIND)], "Gusts over 15 m/s capsize any small boat."),
    cap("strong-wind", 1.8, [above("windSpeed", 11, WIND_FROM_GUST)], "Nobody paddles home against more than 11 m/s."),
    cap(
      "cold-shock",
      2,
      [below("waterTemperature", 10, NORMAL_WATER), above("windSpeed", 8, WIND_FROM_GUST)],
      "Water under 10 °C with wind over 8 m/s: a capsize is likely, and cold shock follows.",
    ),
    cap("frost", 2, [below("airTemperature", 0, FELT_AIR)], "Air below freezing: wet hands and gear stop working."),
    cap("icy-water", 2.2, [below("waterTemperature", 5, NORMAL_WATER)], "Water under 5 °C leaves minutes to act."),
    cap(
      "gusts-over-fetch",
      2.4,
      [above("windGust", 11, GUST_FROM_WIND), above("fetch", 8)],
      "Gusts over 11 m/s across more than 8 km of open water raise steep waves.",
    ),
    cap("darkness", 3, [below("daylight", 0.5)], "It is dark: hazards and people in the water are not seen."),
    cap("wind-unknown", 3, [missing("windSpeed", WIND_FROM_GUST)], "No reading of wind or gusts."),
    cap("water-unknown", 3, [missing("waterTemperature", NORMAL_WATER)], "No water temperature, nor a normal one."),
    cap("air-unknown", 3, [missing("airTemperature", FELT_AIR)], "No air temperature."),
    cap("thunder-unknown", 3, [missing("thunder")], "Nobody says whether there is thunder."),
    cap("daylight-unknown", 3, [missing("daylight")], "Nobody says whether it is light."),
  ],
  unknown: {
    name: "too-little-known",
    missingAtMost: 10,
    cap: 2.4,
    reason: "More than 10 of the 35 inputs are missing.",
  },
  monotone: DIRECTIONS,
  inputs: INPUTS,
  places: {
    latitude: "latitude",
    longitude: "longitude",
    degrees: 2,
    rows: LAND_CELLS,
    marks: "on land or beside it, to 2 degrees",
  },
  bands: [
    { name: "unsafe", from: 1 },
    { name: "caution", from: 2.5 },
    { name: "good", from: 3.75 },
  ],
};

type Condition = Rules["caps"][number]["all"][number];

function cap(name: string, highest: number, all: readonly Condition[], reason: string): Rules["caps"][number] {
  return { name, all, cap: highest, reason };
}

function above(column: string, value: number, otherwise: Condition["otherwise"] = []): Condition {
  return { column, is: "above", value, otherwise };
}

function below(column: string, value: number, otherwise: Condition["otherwise"] = []): Condition {
  return { column, is: "below", value, otherwise };
}

function missing(column: string, otherwise: Condition["otherwise"] = []): Condition {
  return { column, is: "missing", value: 0, otherwise };
}
