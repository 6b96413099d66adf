// Made-up hourly volumes of one road with weather and holidays, in the form of the Metro Interstate Traffic Volume table, with its
// quirks: hours with several rows (one for each weather), months without any, holidays named in the first hour of their day only, and
// readings of temperature and rain that cannot be.
import { randomStream } from "../../dist/core/index.js";

const START = Date.UTC(2012, 9, 2, 9);
const HOUR = 3_600_000;
const HOURS = 52_551;
const ROWS = 48_204;
const GAP = { from: Date.UTC(2014, 7, 8, 2), to: Date.UTC(2015, 5, 11, 20) };
/** Month and day; names as a calendar has them. */
const HOLIDAYS = [
  ["New Years Day", 1, 1],
  ["Martin Luther King Jr Day", 1, 18],
  ["Washingtons Birthday", 2, 17],
  ["Memorial Day", 5, 28],
  ["Independence Day", 7, 4],
  ["State Fair", 8, 26],
  ["Labor Day", 9, 4],
  ["Columbus Day", 10, 9],
  ["Veterans Day", 11, 11],
  ["Thanksgiving Day", 11, 24],
  ["Christmas Day", 12, 25],
];
const WEATHER = {
  Clear: ["sky is clear", "Sky is Clear"],
  Clouds: ["few clouds", "scattered clouds", "broken clouds", "overcast clouds"],
  Rain: ["light rain", "moderate rain", "heavy intensity rain", "very heavy rain", "freezing rain"],
  Drizzle: ["light intensity drizzle", "drizzle", "heavy intensity drizzle", "shower drizzle"],
  Mist: ["mist"],
  Fog: ["fog"],
  Haze: ["haze"],
  Snow: ["light snow", "snow", "heavy snow", "sleet", "light shower snow"],
  Thunderstorm: [
    "proximity thunderstorm",
    "thunderstorm",
    "thunderstorm with light rain",
    "thunderstorm with heavy rain",
  ],
  Smoke: ["smoke"],
  Squall: ["SQUALLS"],
};
/** Often together with another weather of the same hour. */
const SECOND = ["Mist", "Drizzle", "Fog", "Haze"];

/** Rows in the order of time, as objects named like the columns. */
export function drawVolumes({ seed = 1 } = {}) {
  const random = randomStream(seed, "volumes");
  const state = { drift: 0, wet: 0, cloud: 0.4, warmth: 0 };
  const rows = [];
  for (let hour = 0; hour < HOURS && rows.length < ROWS; hour++) {
    const time = START + hour * HOUR;
    advance(state, random);
    const missing = (time >= GAP.from && time < GAP.to) || random.float() < 0.105;
    if (!missing) rows.push(...rowsOf(time, state, random));
  }
  spoil(rows, random);
  return rows;
}

function advance(state, random) {
  state.drift = 0.9 * state.drift + 0.035 * random.normal();
  state.wet = Math.max(
    0,
    state.wet > 0 ? state.wet - 0.06 - 0.06 * random.float() : random.float() < 0.02 ? random.float() : 0,
  );
  state.cloud = Math.min(1, Math.max(0, state.cloud + 0.15 * random.normal()));
  state.warmth = 0.97 * state.warmth + 1.2 * random.normal();
}

function rowsOf(time, state, random) {
  const date = new Date(time);
  const holiday = HOLIDAYS.find(([, month, day]) => month === date.getUTCMonth() + 1 && day === date.getUTCDate());
  const season = Math.cos((2 * Math.PI * (date.getUTCMonth() - 6.5)) / 12);
  const hour = date.getUTCHours();
  const temp = 281 + 15 * season + 4 * Math.cos((2 * Math.PI * (hour - 15)) / 24) + state.warmth;
  const main = weatherOf(state, temp, random);
  const cold = main === "Snow" ? 0.88 : state.wet > 0.5 ? 0.95 : 1;
  const volume =
    volumeAt(hour, date.getUTCDay(), holiday !== undefined) * cold * (1 + state.drift) + 90 * random.normal();
  const row = {
    holiday: holiday !== undefined && hour === 0 ? holiday[0] : "None",
    temp: Math.round(100 * temp) / 100,
    rain_1h: main === "Rain" ? Math.round(300 * state.wet) / 100 : 0,
    snow_1h: main === "Snow" && random.float() < 0.05 ? Math.round(50 * random.float()) / 100 : 0,
    clouds_all: Math.round(100 * state.cloud),
    weather_main: main,
    weather_description: WEATHER[main][random.integer(WEATHER[main].length)],
    date_time: date.toISOString().slice(0, 19).replace("T", " "),
    traffic_volume: Math.min(7280, Math.max(0, Math.round(volume))),
  };
  const again = main === "Clear" || main === "Clouds" ? 0.12 : 0.62;
  if (random.float() >= again) return [row];
  const second = SECOND[random.integer(SECOND.length)];
  return [row, { ...row, weather_main: second, weather_description: WEATHER[second][0] }];
}

function weatherOf({ wet, cloud }, temp, random) {
  if (wet > 0) return temp < 273 ? "Snow" : wet > 0.85 ? "Thunderstorm" : random.float() < 0.25 ? "Drizzle" : "Rain";
  if (random.float() < 0.03) return ["Mist", "Fog", "Haze", "Smoke", "Squall"][random.integer(5)];
  return cloud < 0.3 ? "Clear" : "Clouds";
}

function volumeAt(hour, weekday, holiday) {
  const bump = (at, spread, height) => height * Math.exp(-(((hour - at) / spread) ** 2) / 2);
  if (holiday || weekday === 0 || weekday === 6) return 350 + bump(14, 4.5, 3900) + bump(20, 3, 700);
  return 320 + bump(7, 1.3, 4600) + bump(13, 4, 3700) + bump(16.5, 1.6, 2700) + bump(21, 2, 900);
}

/** Temperatures of 0 K, one impossible rain. */
function spoil(rows, random) {
  for (let k = 0; k < 10; k++) rows[random.integer(rows.length)].temp = 0;
  rows[random.integer(rows.length)].rain_1h = 9831.3;
}
