import type { HeldOutLocation } from "../../core/index.ts";
import { LAKE_SIZES, LAKE_TYPES, REGIONS } from "./columns.ts";
import type { Lake } from "./lake.ts";

/** A place by which models are judged and from whose surroundings no training row comes. */
export interface NamedLake extends HeldOutLocation {
  readonly lake: Lake;
}

/** 17 lakes and coasts over all continents where people paddle; area, depth and height as gazetteers give them. */
export const LOCATIONS: readonly NamedLake[] = [
  place("Lake Tahoe", "United States", "north-america", 39.1, -120.04, 1897, "alpine", "large", 496, 300, 0.3),
  place(
    "Apostle Islands",
    "United States",
    "north-america",
    46.95,
    -90.66,
    183,
    "glacial",
    "inland-sea",
    82100,
    147,
    0.2,
  ),
  place("Moraine Lake", "Canada", "north-america", 51.32, -116.18, 1884, "alpine", "pond", 0.5, 14, 0.9),
  place("Lake Titicaca", "Peru", "south-america", -15.84, -69.95, 3812, "alpine", "inland-sea", 8372, 107, 0.25),
  place("Nahuel Huapi", "Argentina", "south-america", -40.95, -71.5, 764, "glacial", "large", 530, 157, 0.35),
  place("Lagoa da Conceição", "Brazil", "south-america", -27.6, -48.45, 0, "lagoon", "medium", 19.7, 2.8, 0.5),
  place("Lake Bled", "Slovenia", "europe", 46.36, 14.09, 475, "glacial", "small", 1.45, 18, 0.8),
  place("Loch Ness", "United Kingdom", "europe", 57.3, -4.45, 16, "glacial", "medium", 56, 132, 0.5),
  place("Lake Inari", "Finland", "europe", 68.97, 27.6, 118, "lowland", "large", 1040, 14, 0.4),
  place("Entebbe, Lake Victoria", "Uganda", "africa", 0.05, 32.46, 1134, "lowland", "inland-sea", 68800, 40, 0.3),
  place("Cape Maclear, Lake Malawi", "Malawi", "africa", -14.02, 34.85, 474, "lowland", "inland-sea", 29600, 292, 0.3),
  place("Langebaan Lagoon", "South Africa", "africa", -33.12, 18.05, 0, "tidal", "medium", 40, 3, 0.5),
  place("Phewa Lake", "Nepal", "asia", 28.21, 83.95, 742, "reservoir", "small", 4.4, 8.6, 0.75),
  place("Lake Biwa", "Japan", "asia", 35.3, 136.08, 85, "lowland", "large", 670, 41, 0.3),
  place("Lake Toba", "Indonesia", "asia", 2.62, 98.8, 905, "crater", "large", 1130, 216, 0.35),
  place("Lake Taupo", "New Zealand", "oceania", -38.8, 175.9, 356, "crater", "large", 616, 110, 0.3),
  place("Sydney Harbour", "Australia", "oceania", -33.85, 151.25, 0, "bay", "medium", 55, 13, 0.55),
];

/** Degrees around a held-out place in which no training lake lies. */
const DISTANCE = 1;

/** Whether a point is too near to a held-out place for a training lake. */
export function isHeldOut(latitude: number, longitude: number): boolean {
  return LOCATIONS.some(
    (place) => Math.abs(place.latitude - latitude) < DISTANCE && Math.abs(place.longitude - longitude) < DISTANCE,
  );
}

function place(
  name: string,
  country: string,
  region: (typeof REGIONS)[number],
  latitude: number,
  longitude: number,
  elevation: number,
  type: (typeof LAKE_TYPES)[number],
  size: (typeof LAKE_SIZES)[number],
  area: number,
  depth: number,
  shelter: number,
): NamedLake {
  const lake: Lake = {
    latitude,
    longitude,
    elevation,
    region: REGIONS.indexOf(region),
    type: LAKE_TYPES.indexOf(type),
    size: LAKE_SIZES.indexOf(size),
    area,
    depth,
    shelter,
    windiness: 1,
  };
  return { name, country, continent: region, latitude, longitude, lake };
}
