import type { ColumnSchema, InputRule } from "../../core/index.ts";

export const SEASONS = ["winter", "spring", "summer", "autumn"] as const;
export const TIMES_OF_DAY = ["night", "morning", "afternoon", "evening"] as const;
export const REGIONS = ["africa", "asia", "europe", "north-america", "oceania", "south-america"] as const;
export const LAKE_TYPES = ["alpine", "bay", "crater", "glacial", "lagoon", "lowland", "reservoir", "tidal"] as const;
export const LAKE_SIZES = ["pond", "small", "medium", "large", "inland-sea"] as const;

/** One row, as the climate makes it and the expert reads it. NaN is a reading that is missing. */
export interface Conditions {
  /** °C */
  airTemperature: number;
  /** °C, felt with wind and humidity */
  apparentTemperature: number;
  /** °C at the surface */
  waterTemperature: number;
  /** m/s, mean of ten minutes */
  windSpeed: number;
  /** m/s */
  windGust: number;
  /** degrees, where the wind comes from */
  windDirection: number;
  /** % */
  humidity: number;
  /** % */
  cloudCover: number;
  /** mm an hour */
  precipitation: number;
  /** hPa at sea level */
  pressure: number;
  /** km */
  visibility: number;
  uvIndex: number;
  /** °C */
  dewPoint: number;
  /** m */
  waveHeight: number;
  /** 1 while thunder is heard */
  thunder: number;
  /** km; missing where no stroke was seen within the hour */
  lightningDistance: number;
  /** °C against three hours ago */
  airTemperatureChange: number;
  latitude: number;
  longitude: number;
  /** m */
  elevation: number;
  /** code into REGIONS, from 0 */
  region: number;
  month: number;
  /** code into SEASONS, from 0, of the hemisphere */
  season: number;
  /** local solar time, 0 to 23 */
  hour: number;
  /** code into TIMES_OF_DAY, from 0 */
  timeOfDay: number;
  dayOfYear: number;
  weekend: number;
  daylight: number;
  /** code into LAKE_TYPES, from 0 */
  lakeType: number;
  /** code into LAKE_SIZES, from 0 */
  lakeSize: number;
  /** km² */
  area: number;
  /** m, mean */
  depth: number;
  /** 0 open to 1 sheltered */
  shelter: number;
  /** km of open water to windward */
  fetch: number;
  /** °C, normal for the day of the year */
  waterTemperatureNormal: number;
}

export interface Feature {
  readonly name: keyof Conditions;
  /** The strings behind the codes. */
  readonly categories?: readonly string[];
  readonly boolean?: true;
  /** Steps of an instrument to the unit: 10 for tenths. */
  readonly steps?: number;
  /** What a reading may be, and its unit. */
  readonly range?: readonly [low: number, high: number, unit: string];
}

/** Columns in file order. */
export const FEATURES: readonly Feature[] = [
  { name: "airTemperature", steps: 10, range: [-60, 56, "°C"] },
  { name: "apparentTemperature", steps: 10, range: [-80, 70, "°C"] },
  { name: "waterTemperature", steps: 10, range: [-2, 42, "°C"] },
  { name: "windSpeed", steps: 10, range: [0, 75, "m/s"] },
  { name: "windGust", steps: 10, range: [0, 115, "m/s"] },
  { name: "windDirection", steps: 1, range: [0, 360, "degrees"] },
  { name: "humidity", steps: 1, range: [0, 100, "%"] },
  { name: "cloudCover", steps: 1, range: [0, 100, "%"] },
  { name: "precipitation", steps: 10, range: [0, 300, "mm/h"] },
  { name: "pressure", steps: 10, range: [870, 1085, "hPa"] },
  { name: "visibility", steps: 100, range: [0, 400, "km"] },
  { name: "uvIndex", steps: 10, range: [0, 20, ""] },
  { name: "dewPoint", steps: 10, range: [-90, 36, "°C"] },
  { name: "waveHeight", steps: 100, range: [0, 30, "m"] },
  { name: "thunder", boolean: true },
  { name: "lightningDistance", steps: 10, range: [0, 500, "km"] },
  { name: "airTemperatureChange", steps: 10, range: [-40, 40, "°C"] },
  { name: "latitude", steps: 1000, range: [-60, 75, "degrees north"] },
  { name: "longitude", steps: 1000, range: [-180, 180, "degrees east"] },
  { name: "elevation", steps: 1, range: [-430, 6500, "m"] },
  { name: "region", categories: REGIONS },
  { name: "month", steps: 1, range: [1, 12, ""] },
  { name: "season", categories: SEASONS },
  { name: "hour", steps: 1, range: [0, 23, ""] },
  { name: "timeOfDay", categories: TIMES_OF_DAY },
  { name: "dayOfYear", steps: 1, range: [1, 366, ""] },
  { name: "weekend", boolean: true },
  { name: "daylight", boolean: true },
  { name: "lakeType", categories: LAKE_TYPES },
  { name: "lakeSize", categories: LAKE_SIZES },
  { name: "area", steps: 1000, range: [0, 400_000, "km²"] },
  { name: "depth", steps: 10, range: [0, 1700, "m"] },
  { name: "shelter", steps: 100, range: [0, 1, ""] },
  { name: "fetch", steps: 100, range: [0, 1300, "km"] },
  { name: "waterTemperatureNormal", steps: 10, range: [-2, 42, "°C"] },
];

export const TARGET = "score";

/** What raw inputs may be. */
export const INPUTS: readonly InputRule[] = FEATURES.map(({ name, categories, range = [0, 1, ""] }) =>
  categories === undefined
    ? { column: name, low: range[0], high: range[1], unit: range[2] }
    : { column: name, values: categories },
);

/** The schema of the generated file: the 35 features and the score. */
export const SCHEMA: readonly ColumnSchema[] = [
  ...FEATURES.map(
    ({ name, categories, boolean }): ColumnSchema => ({
      name,
      kind: categories ? "categorical" : boolean ? "boolean" : "numeric",
      physical: categories ? "string" : boolean ? "boolean" : "float",
    }),
  ),
  { name: TARGET, kind: "numeric", physical: "float" },
];
