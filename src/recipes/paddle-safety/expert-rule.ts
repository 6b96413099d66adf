import { exp } from "../../core/index.ts";
import type { Conditions } from "./columns.ts";

/**
 * The expert's score of some conditions, from 1 (stay ashore) to 5 (ideal), without noise. The expert sees what the table
 * shows: a missing reading is replaced by the best that the others say, so the rule is a function of the 35 features alone and
 * the noise is the only error that a perfect model makes.
 *
 * A day starts at 5 and loses points for each hazard; hazards that make each other worse multiply (cold water under wind,
 * gusts over a long fetch, dark and wave); the dangers that nothing outweighs cap what is left.
 */
export function expertScore(c: Conditions): number {
  const wind = orElse(c.windSpeed, orElse(c.windGust / 1.5, 4));
  const gust = Math.max(wind, orElse(c.windGust, wind * 1.5));
  const wave = orElse(c.waveHeight, waveFrom(wind, c.fetch, c.shelter));
  const water = orElse(c.waterTemperature, c.waterTemperatureNormal);
  const felt = orElse(c.apparentTemperature, c.airTemperature);
  const visibility = orElse(c.visibility, 15);

  const exposure = (1 - 0.6 * c.shelter) * (0.6 + 0.4 * ramp(c.fetch, 1, 12));
  const coldWater = 1 - ramp(water, 8, 21);
  const windLoss = 2.4 * ramp(wind, 3, 11) * exposure;
  const gustLoss = 1.6 * ramp(gust, 5, 16) * (0.5 + 0.5 * ramp(c.fetch, 1, 8));
  const waveLoss = 1.8 * ramp(wave, 0.2, 1.2);
  const coldLoss = coldWater * (0.9 + 1.1 * ramp(wind, 2, 8));
  const feltLoss = 0.7 * (1 - ramp(felt, 4, 16)) + 0.6 * ramp(felt, 32, 41);
  const rainLoss = 0.9 * ramp(orElse(c.precipitation, 0), 0.1, 5);
  const fogLoss = 1.0 * (1 - ramp(visibility, 0.5, 4));
  const darkLoss = c.daylight === 1 ? 0 : 0.9 + 0.5 * ramp(wave, 0.1, 0.6);
  const sunLoss = 0.35 * ramp(c.uvIndex, 6, 11);
  const tideLoss = c.lakeType === 7 ? 0.3 * ramp(wind, 3, 8) : 0;

  const score =
    5 - windLoss - gustLoss - waveLoss - coldLoss - feltLoss - rainLoss - fogLoss - darkLoss - sunLoss - tideLoss;
  return Math.min(soften(score), cap(c, wind, gust, water));
}

/** The highest score that the dangers allow which nothing outweighs. */
function cap(c: Conditions, wind: number, gust: number, water: number): number {
  if (c.thunder === 1 || c.lightningDistance < 10) return 1.2;
  let highest = 5;
  if (gust > 15) highest = Math.min(highest, 1.5);
  if (wind > 11) highest = Math.min(highest, 1.8);
  if (water < 10 && wind > 8) highest = Math.min(highest, 2);
  if (c.airTemperature < 0) highest = Math.min(highest, 2);
  if (water < 5) highest = Math.min(highest, 2.2);
  if (gust > 11 && c.fetch > 8) highest = Math.min(highest, 2.4);
  if (c.daylight === 0) highest = Math.min(highest, 3);
  if (Number.isNaN(c.windSpeed) && Number.isNaN(c.windGust)) highest = Math.min(highest, 3);
  return highest;
}

/** Bends scores below 2 so that they approach 1 and never pass it. */
function soften(score: number): number {
  return score >= 2 ? score : 1 + exp(score - 2);
}

/** m of wave that a wind (m/s) raises over a fetch (km): the fetch-limited law of JONSWAP, less in shelter. */
export function waveFrom(wind: number, fetch: number, shelter: number): number {
  return 0.0161 * wind * Math.sqrt(fetch) * (1 - 0.5 * shelter);
}

/** 0 up to `from`, 1 from `to` on, straight between. */
export function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

function orElse(value: number, fallback: number): number {
  return Number.isNaN(value) ? fallback : value;
}

/** Standard deviation of the noise in the middle of the scale. */
export const NOISE = 0.2;

/** The widest that the noise reaches, in standard deviations: it is a sum of four uniform numbers. */
export const NOISE_REACH = 2 / Math.sqrt(1 / 3);

/**
 * Standard deviation of the noise on a score: 0.2, less near the ends, so that no score is ever cut off at 1 or 5 and the
 * best possible squared error is exactly the mean of this, squared.
 */
export function noiseAt(score: number): number {
  return Math.min(NOISE, (score - 1) / NOISE_REACH, (5 - score) / NOISE_REACH);
}
