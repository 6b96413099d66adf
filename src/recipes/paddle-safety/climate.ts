import type { RandomStream } from "../../core/index.ts";
import type { Conditions } from "./columns.ts";
import { waveFrom } from "./expert-rule.ts";
import type { Lake } from "./lake.ts";

/** Days before each month of a year of 365. */
const MONTH_STARTS = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;

/** Draws an hour at a lake into `c`: calendar, then air, wind, water and sky, each agreeing with what came before. */
export function drawConditions(c: Conditions, lake: Lake, random: RandomStream): void {
  placeLake(c, lake);
  drawCalendar(c, random);
  const warmth = drawAir(c, lake, random);
  drawWind(c, lake, random);
  drawSky(c, random);
  drawWater(c, lake, warmth, random);
  loseReadings(c, random);
}

function placeLake(c: Conditions, lake: Lake): void {
  c.latitude = lake.latitude;
  c.longitude = lake.longitude;
  c.elevation = lake.elevation;
  c.region = lake.region;
  c.lakeType = lake.type;
  c.lakeSize = lake.size;
  c.area = lake.area;
  c.depth = lake.depth;
  c.shelter = lake.shelter;
}

function drawCalendar(c: Conditions, random: RandomStream): void {
  c.dayOfYear = 1 + Math.floor(unit(random) * 365);
  let month = 1;
  while (MONTH_STARTS[month]! < c.dayOfYear) month++;
  c.month = month;
  // People ask by day more often than by night: the mean of two draws leans to the middle of the day.
  c.hour = Math.floor(12 * (unit(random) + unit(random)));
  c.weekend = unit(random) < 2 / 7 ? 1 : 0;
  const northern = c.latitude >= 0 ? c.month : ((c.month + 5) % 12) + 1;
  c.season = Math.floor((northern % 12) / 3);
  c.timeOfDay = c.hour < 6 || c.hour >= 22 ? 0 : c.hour < 12 ? 1 : c.hour < 18 ? 2 : 3;
  c.daylight = sunHeight(c) > -0.05 ? 1 : 0;
}

/** Sine of the sun's height over the horizon at local solar time. */
function sunHeight(c: Conditions): number {
  const declination = -0.409 * wave((c.dayOfYear + 10) / 365 + 0.25);
  const phi = (c.latitude * Math.PI) / 180;
  return sine(phi) * sine(declination) - cosine(phi) * cosine(declination) * wave(c.hour / 24 + 0.25);
}

/** Air of the place, season and hour; returns how far it is from normal, in °C, for the water to follow slowly. */
function drawAir(c: Conditions, lake: Lake, random: RandomStream): number {
  const away = Math.abs(lake.latitude);
  const summer = seasonPhase(c);
  const annual = 28.5 - 0.0074 * away * away - 0.0055 * lake.elevation;
  const swing = 0.25 * away * summer;
  const anomaly = 4.2 * bell(random);
  const sun = sunHeight(c);
  c.airTemperature = annual + swing + anomaly + 5 * (sun - 0.2);
  c.airTemperatureChange = 2.2 * wave((c.hour - 9) / 24 + 0.25) + 1.3 * bell(random);
  c.humidity = clamp(68 - 1.1 * anomaly - 9 * sun + 17 * bell(random), 8, 100);
  c.dewPoint = Math.min(35, c.airTemperature - (100 - c.humidity) / 5);
  c.pressure = 1014 + 8.5 * bell(random);
  return anomaly;
}

function drawWind(c: Conditions, lake: Lake, random: RandomStream): void {
  const low = clamp((1016 - c.pressure) / 12, -1, 2.5);
  const breeze = 1.2 * Math.max(0, sunHeight(c));
  const draw = unit(random);
  // A log-logistic law of shape 2: calm most of the time, with the long tail that gales need.
  const base = Math.sqrt(Math.max(0, 1 / (1 - 0.985 * draw) - 1)) * 0.85;
  const wind = lake.windiness * (1 - 0.35 * lake.shelter) * (1.6 + base * (2.2 + 0.9 * low) + breeze);
  c.windSpeed = clamp(wind, 0, 32);
  c.windGust =
    c.windSpeed * (1.15 + 0.75 * unit(random) * unit(random)) +
    0.6 * unit(random) +
    Math.max(0, low) * 0.8 * unit(random);
  c.windDirection = Math.floor(360 * unit(random));
  c.fetch = Math.min(60, Math.sqrt(lake.area) * (0.3 + 0.9 * unit(random)));
  c.waveHeight = Math.min(8, waveFrom(c.windSpeed, c.fetch, lake.shelter) * (0.85 + 0.3 * unit(random)));
}

function drawSky(c: Conditions, random: RandomStream): void {
  const wet = clamp((c.humidity - 60) / 40 + (1012 - c.pressure) / 30, 0, 1.3);
  c.cloudCover = clamp(100 * (0.15 + 0.65 * wet + 0.25 * bell(random)), 0, 100);
  c.precipitation = unit(random) < 0.35 * wet ? 9 * unit(random) * unit(random) * unit(random) * (0.4 + wet) + 0.1 : 0;
  const unstable = c.airTemperature > 17 && c.humidity > 62 ? 0.05 * (c.airTemperature - 17) * wet : 0.004;
  c.thunder = c.precipitation > 0.3 && unit(random) < unstable ? 1 : 0;
  const near = unit(random);
  c.lightningDistance =
    c.thunder === 1 ? 1 + 14 * near : near < 0.02 * wet ? 8 + 1500 * (0.02 * wet - near) : Number.NaN;
  const fog = c.humidity > 93 && c.windSpeed < 3 ? unit(random) : 1;
  c.visibility = clamp(30 * fog * fog * (1 - 0.06 * c.precipitation) * (0.5 + 0.5 * unit(random)), 0.05, 40);
  c.uvIndex = Math.max(0, 12.5 * Math.max(0, sunHeight(c)) * (1 - 0.007 * c.cloudCover) * (1 + 0.00006 * c.elevation));
  const chill = 0.45 * Math.max(0, c.windSpeed - 1.3) * clamp((18 - c.airTemperature) / 18, 0, 1.4);
  const sultry = 0.09 * Math.max(0, c.humidity - 40) * clamp((c.airTemperature - 22) / 10, 0, 1.2);
  c.apparentTemperature = c.airTemperature - chill + sultry;
}

function drawWater(c: Conditions, lake: Lake, anomaly: number, random: RandomStream): void {
  const away = Math.abs(lake.latitude);
  const inertia = 1 / (1 + lake.depth / 25);
  const normal =
    27.5 - 0.0072 * away * away - 0.0045 * lake.elevation + 0.2 * away * seasonPhase(c, 30) * (0.45 + 0.55 * inertia);
  c.waterTemperatureNormal = clamp(normal, 0, 33);
  c.waterTemperature = clamp(normal + 0.45 * anomaly * inertia + 1.1 * bell(random), 0, 35);
}

/** Sensors fail, some together: the anemometer takes the gust along. */
function loseReadings(c: Conditions, random: RandomStream): void {
  const lost = random.uint32();
  if ((lost & 63) === 0) c.windGust = Number.NaN;
  if ((lost & 255) === 1) {
    c.windSpeed = Number.NaN;
    c.windGust = Number.NaN;
  }
  if (((lost >>> 8) & 31) === 0) c.waveHeight = Number.NaN;
  if (((lost >>> 13) & 31) === 0) c.waterTemperature = Number.NaN;
  if (((lost >>> 18) & 63) === 0) c.visibility = Number.NaN;
  if (((lost >>> 24) & 63) === 0) c.apparentTemperature = Number.NaN;
  if (((lost >>> 30) & 3) === 3 && ((lost >>> 2) & 15) === 0) c.precipitation = Number.NaN;
}

/** 1 in the middle of the hemisphere's summer, -1 in the middle of its winter, `lag` days later for water. */
function seasonPhase(c: Conditions, lag = 0): number {
  const phase = wave((c.dayOfYear - 200 - lag) / 365 + 0.25);
  return c.latitude >= 0 ? phase : -phase;
}

function unit(random: RandomStream): number {
  return random.uint32() / 4294967296;
}

/** A bell of standard deviation 1 that never leaves ±3.5: the sum of four uniform numbers. */
export function bell(random: RandomStream): number {
  return (unit(random) + unit(random) + unit(random) + unit(random) - 2) * 1.7320508075688772;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** sin(2πt) by a polynomial of our own: the platform's last bit may change between releases, and the file's bytes with it. */
function wave(t: number): number {
  const turn = t - Math.floor(t);
  const half = turn < 0.5 ? turn : turn - 0.5;
  const x = (half < 0.25 ? half : 0.5 - half) * 2 * Math.PI;
  const z = x * x;
  const value = x * (1 - (z / 6) * (1 - (z / 20) * (1 - (z / 42) * (1 - (z / 72) * (1 - z / 110)))));
  return turn < 0.5 ? value : -value;
}

function sine(radians: number): number {
  return wave(radians / (2 * Math.PI));
}

function cosine(radians: number): number {
  return wave(radians / (2 * Math.PI) + 0.25);
}
