import { type RandomStream, randomStream } from "../../core/index.ts";
import { isMarked } from "../../features/index.ts";
import { clamp } from "./climate.ts";
import type { Lake } from "./lake.ts";
import { isHeldOut } from "./locations.ts";
import { RULES } from "./rules.ts";

/** Boxes of land with lakes: region, latitudes, longitudes, share of the lakes. */
const BOXES = [
  [0, -34, 14, -10, 45, 0.08],
  [1, 8, 62, 60, 140, 0.18],
  [2, 37, 69, -9, 40, 0.27],
  [3, 18, 66, -128, -62, 0.3],
  [4, -46, -12, 114, 178, 0.07],
  [5, -52, 8, -78, -38, 0.1],
] as const;

const SIZE_AREAS = [0.05, 1, 20, 400, 12000] as const;
const SIZE_SHARES = [0.25, 0.35, 0.25, 0.12, 0.03] as const;

/** The lakes of a seed: 4,000 of them, in proportion to the land with lakes on each continent, none near a held-out place. */
export function createLakes(seed: number, count = 4000): Lake[] {
  const random = randomStream(seed, "paddle-safety", "lakes");
  return Array.from({ length: count }, () => createLake(random));
}

function createLake(random: RandomStream): Lake {
  for (;;) {
    const lake = drawLake(random);
    if (isMarked(RULES.places!, lake.latitude, lake.longitude) && !isHeldOut(lake.latitude, lake.longitude))
      return lake;
  }
}

function drawLake(random: RandomStream): Lake {
  const [region, south, north, west, east] =
    BOXES[
      pick(
        random,
        BOXES.map((box) => box[5]),
      )
    ]!;
  const latitude = south + (north - south) * random.float();
  const longitude = west + (east - west) * random.float();
  const high = random.float();
  const elevation = Math.round(2600 * high * high * high * high + 350 * random.float());
  const size = pick(random, SIZE_SHARES);
  const area = SIZE_AREAS[size]! * (0.4 + 2.4 * random.float() * random.float());
  const type = lakeType(random, elevation, size);
  const shelter = clamp(
    0.75 - 0.13 * size + 0.25 * (random.float() - 0.5) + (type === 0 || type === 2 ? 0.15 : 0),
    0,
    1,
  );
  const depth = Math.max(
    0.8,
    (2 + 8 * size) * (0.4 + 1.6 * random.float()) * (type === 0 || type === 2 || type === 3 ? 2.2 : 1),
  );
  return {
    latitude,
    longitude,
    elevation,
    region,
    type,
    size,
    area,
    depth,
    shelter,
    windiness: 0.75 + 0.5 * random.float(),
  };
}

function lakeType(random: RandomStream, elevation: number, size: number): number {
  const roll = random.float();
  if (elevation > 1200) return roll < 0.6 ? 0 : roll < 0.75 ? 2 : 6;
  if (elevation < 40) return roll < 0.25 ? 1 : roll < 0.45 ? 4 : roll < 0.65 ? 7 : 5;
  if (size >= 3) return roll < 0.5 ? 3 : 5;
  return roll < 0.3 ? 3 : roll < 0.65 ? 5 : roll < 0.95 ? 6 : 2;
}

function pick(random: RandomStream, shares: readonly number[]): number {
  let left = random.float();
  for (let i = 0; i < shares.length - 1; i++) {
    left -= shares[i]!;
    if (left < 0) return i;
  }
  return shares.length - 1;
}
