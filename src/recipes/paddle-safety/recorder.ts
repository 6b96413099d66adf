import { type CodeArray, newCodes } from "../../core/index.ts";
import { type Conditions, FEATURES } from "./columns.ts";

const STEPS = Float64Array.from(FEATURES, ({ steps = 1 }) => steps);
/** Codes in a table are counted from 1: 0 is missing. */
const FIRST = Uint8Array.from(FEATURES, ({ categories }) => (categories === undefined ? 0 : 1));

/** Writes conditions into the columns of a table, to the precision of their instruments. */
export class Recorder {
  /** In the order of FEATURES. */
  readonly columns: readonly (Float32Array | CodeArray)[];
  #feature = 0;

  constructor(rows: number) {
    this.columns = FEATURES.map(({ categories }) =>
      categories ? newCodes(rows, categories.length) : new Float32Array(rows),
    );
  }

  /**
   * Writes a row and puts back what the table holds: the expert reads the table's float32 values, so that the score is a function of
   * what a model sees. Named one by one in the order of FEATURES, because names looked up in a loop take most of the time of a row.
   */
  record(c: Conditions, row: number): void {
    this.#feature = 0;
    c.airTemperature = this.#next(c.airTemperature, row);
    c.apparentTemperature = this.#next(c.apparentTemperature, row);
    c.waterTemperature = this.#next(c.waterTemperature, row);
    c.windSpeed = this.#next(c.windSpeed, row);
    c.windGust = this.#next(c.windGust, row);
    c.windDirection = this.#next(c.windDirection, row);
    c.humidity = this.#next(c.humidity, row);
    c.cloudCover = this.#next(c.cloudCover, row);
    c.precipitation = this.#next(c.precipitation, row);
    c.pressure = this.#next(c.pressure, row);
    c.visibility = this.#next(c.visibility, row);
    c.uvIndex = this.#next(c.uvIndex, row);
    c.dewPoint = this.#next(c.dewPoint, row);
    c.waveHeight = this.#next(c.waveHeight, row);
    c.thunder = this.#next(c.thunder, row);
    c.lightningDistance = this.#next(c.lightningDistance, row);
    c.airTemperatureChange = this.#next(c.airTemperatureChange, row);
    c.latitude = this.#next(c.latitude, row);
    c.longitude = this.#next(c.longitude, row);
    c.elevation = this.#next(c.elevation, row);
    c.region = this.#next(c.region, row);
    c.month = this.#next(c.month, row);
    c.season = this.#next(c.season, row);
    c.hour = this.#next(c.hour, row);
    c.timeOfDay = this.#next(c.timeOfDay, row);
    c.dayOfYear = this.#next(c.dayOfYear, row);
    c.weekend = this.#next(c.weekend, row);
    c.daylight = this.#next(c.daylight, row);
    c.lakeType = this.#next(c.lakeType, row);
    c.lakeSize = this.#next(c.lakeSize, row);
    c.area = this.#next(c.area, row);
    c.depth = this.#next(c.depth, row);
    c.shelter = this.#next(c.shelter, row);
    c.fetch = this.#next(c.fetch, row);
    c.waterTemperatureNormal = this.#next(c.waterTemperatureNormal, row);
  }

  #next(value: number, row: number): number {
    const feature = this.#feature++;
    const steps = STEPS[feature]!;
    const first = FIRST[feature]!;
    const column = this.columns[feature]!;
    column[row] = Math.round(value * steps) / steps + first;
    return column[row]! - first;
  }
}
