import type { ColumnSchema } from "../../core/index.ts";

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

/** Column names in file order with the strings behind the codes, where there are any. */
export const FEATURES: readonly {
  readonly name: keyof Conditions;
  readonly categories?: readonly string[];
  readonly boolean?: true;
}[] = [
  { name: "airTemperature" },
  { name: "apparentTemperature" },
  { name: "waterTemperature" },
  { name: "windSpeed" },
  { name: "windGust" },
  { name: "windDirection" },
  { name: "humidity" },
  { name: "cloudCover" },
  { name: "precipitation" },
  { name: "pressure" },
  { name: "visibility" },
  { name: "uvIndex" },
  { name: "dewPoint" },
  { name: "waveHeight" },
  { name: "thunder", boolean: true },
  { name: "lightningDistance" },
  { name: "airTemperatureChange" },
  { name: "latitude" },
  { name: "longitude" },
  { name: "elevation" },
  { name: "region", categories: REGIONS },
  { name: "month" },
  { name: "season", categories: SEASONS },
  { name: "hour" },
  { name: "timeOfDay", categories: TIMES_OF_DAY },
  { name: "dayOfYear" },
  { name: "weekend", boolean: true },
  { name: "daylight", boolean: true },
  { name: "lakeType", categories: LAKE_TYPES },
  { name: "lakeSize", categories: LAKE_SIZES },
  { name: "area" },
  { name: "depth" },
  { name: "shelter" },
  { name: "fetch" },
  { name: "waterTemperatureNormal" },
];

export const TARGET = "score";

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
