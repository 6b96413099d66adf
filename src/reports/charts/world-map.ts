import { COASTLINE } from "./coastline.ts";
import { type ChartText, chart, element, label, type Markup, rounded, tooltip } from "./svg.ts";

export interface MapPin {
  /** Degrees, north and east. */
  readonly latitude: number;
  readonly longitude: number;
  /** One or two characters in the pin. */
  readonly sign: string;
  /** Colour, from 1 to 6; 0 is grey. */
  readonly tone: number;
  /** What the place is, for the tooltip. */
  readonly text: string;
}

/**
 * The Robinson projection (Robinson 1974): by latitude in steps of 5°, how long a parallel is and how far from the equator.
 * Neither areas nor angles are kept, both are bearable everywhere.
 */
const LENGTHS = [
  1, 0.9986, 0.9954, 0.99, 0.9822, 0.973, 0.96, 0.9427, 0.9216, 0.8962, 0.8679, 0.835, 0.7986, 0.7597, 0.7186, 0.6732,
  0.6213, 0.5722, 0.5322,
];
const HEIGHTS = [
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: a value of the table, no logarithm
  0, 0.062, 0.124, 0.186, 0.248, 0.31, 0.372, 0.434, 0.4958, 0.5571, 0.6176, 0.6769, 0.7346, 0.7903, 0.8435, 0.8936,
  0.9394, 0.9761, 1,
];
const WIDTH = 760;
const SCALE = WIDTH / (2 * Math.PI * 0.8487);
const NORTH = 84;
const SOUTH = -58;

/** Where a place lies on the unit map: x from -π·0.8487 to π·0.8487, y upwards. */
export function robinson(longitude: number, latitude: number): readonly [x: number, y: number] {
  const size = Math.min(90, Math.abs(latitude)) / 5;
  const row = Math.min(17, Math.floor(size));
  const between = (table: readonly number[]): number => table[row]! + (size - row) * (table[row + 1]! - table[row]!);
  const y = 1.3523 * between(HEIGHTS) * Math.sign(latitude);
  return [0.8487 * between(LENGTHS) * ((longitude * Math.PI) / 180), y];
}

function place(longitude: number, latitude: number): readonly [x: number, y: number] {
  const [x, y] = robinson(longitude, Math.max(SOUTH, Math.min(NORTH, latitude)));
  return [WIDTH / 2 + x * SCALE, (robinson(0, NORTH)[1] - y) * SCALE + 4];
}

/** Places on a map of the world between 58° S and 84° N. */
export function renderWorldMap(text: ChartText, pins: readonly MapPin[]): Markup {
  const height = Math.ceil(place(0, SOUTH)[1] + 4);
  const land = element("path", { class: "land", d: COASTLINE.map(ringPath).join("") });
  const marks = pins.map(({ latitude, longitude, sign, tone, text: what }) => {
    const [cx, cy] = place(longitude, latitude);
    return element(
      "g",
      {},
      tooltip(what),
      element("circle", { class: `pin tone-${tone}`, cx, cy, r: 9 }),
      label(cx, cy + 3.8, sign, { class: "pin-name", "text-anchor": "middle" }),
    );
  });
  return chart(text, WIDTH, height, [graticule(), land, ...marks].join("")).replace(
    'class="chart"',
    'class="chart map"',
  );
}

function ringPath(ring: string): string {
  const steps = ring.split(" ").map(Number);
  let [longitude, latitude] = [0, 0];
  const points: string[] = [];
  for (let i = 0; i + 1 < steps.length; i += 2) {
    longitude += steps[i]!;
    latitude += steps[i + 1]!;
    const [x, y] = place(longitude / 10, latitude / 10);
    points.push(`${rounded(Math.round(x * 10) / 10)} ${rounded(Math.round(y * 10) / 10)}`);
  }
  return `M${points.join("L")}Z`;
}

/** Every 30th parallel and meridian, so that the roundness is seen. */
function graticule(): Markup {
  const line = (points: readonly (readonly [number, number])[]): string =>
    `M${points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`).join("L")}`;
  const latitudes = [SOUTH, -30, 0, 30, 60, NORTH];
  const parallels = latitudes.map((latitude) => line([place(-180, latitude), place(180, latitude)]));
  const meridians = [-180, -120, -60, 0, 60, 120, 180].map((longitude) =>
    line(Array.from({ length: 15 }, (_, i) => place(longitude, SOUTH + ((NORTH - SOUTH) * i) / 14))),
  );
  return element("path", { class: "sea", d: [...parallels, ...meridians].join("") });
}
