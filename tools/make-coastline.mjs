// Writes src/reports/charts/coastline.ts from Natural Earth's land of the world at 1:110 million (public domain), as the npm package
// world-atlas (ISC) ships it. Run where the package was unpacked:
//   npm install --no-save --ignore-scripts world-atlas@2.0.2 && node tools/make-coastline.mjs && npx biome format --write src/reports
import { readFileSync, writeFileSync } from "node:fs";

const source = process.argv[2] ?? new URL("../node_modules/world-atlas/land-110m.json", import.meta.url);
const target = process.argv[3] ?? new URL("../src/reports/charts/coastline.ts", import.meta.url);

/** Degrees by which a line may be off, and square degrees that an island must have. */
const TOLERANCE = 0.15;
const SMALLEST = 0.6;
/** Nothing south of it is drawn: Antarctica would take a fifth of the map. */
const SOUTH = -58;

const { arcs, transform, objects } = JSON.parse(readFileSync(source, "utf8"));

const lines = arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
  });
});
const lineOf = (index) => (index < 0 ? [...lines[~index]].reverse() : lines[index]);
const ringOf = (indices) => indices.flatMap((index, i) => (i === 0 ? lineOf(index) : lineOf(index).slice(1)));
const geometries = objects.land.type === "GeometryCollection" ? objects.land.geometries : [objects.land];
const rings = geometries.flatMap(({ type, arcs: parts }) => (type === "Polygon" ? parts : parts.flat()).map(ringOf));

/** Rings that cross the date line (a step of more than half the world) come apart there. */
function partedAtDateLine(ring) {
  let turn = 0;
  const unrolled = ring.map(([x, y], i) => {
    if (i > 0 && Math.abs(x - ring[i - 1][0]) > 180) turn += x < ring[i - 1][0] ? 360 : -360;
    return [x + turn, y];
  });
  return [-360, 0, 360]
    .map((shift) =>
      clipped(
        clipped(
          unrolled.map(([x, y]) => [x + shift, y]),
          180,
          1,
        ),
        -180,
        -1,
      ),
    )
    .filter((part) => part.length > 3);
}

/** What of a ring lies on one side of a meridian (Sutherland and Hodgman 1974). */
function clipped(ring, meridian, side) {
  const inside = ([x]) => (meridian - x) * side >= 0;
  return ring.flatMap((point, i) => {
    const before = ring.at(i - 1);
    const share = (meridian - before[0]) / (point[0] - before[0]);
    const crossing = [meridian, before[1] + share * (point[1] - before[1])];
    return [...(inside(point) === inside(before) ? [] : [crossing]), ...(inside(point) ? [point] : [])];
  });
}

const area = (ring) =>
  Math.abs(
    ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0),
  ) / 2;

/** Leaves out points that lie near the line between those that stay (Douglas and Peucker 1973). */
function simplified(points) {
  if (points.length < 3) return points;
  const [a, b] = [points[0], points.at(-1)];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const distance = ([x, y]) =>
    length === 0
      ? Math.hypot(x - a[0], y - a[1])
      : Math.abs((b[0] - a[0]) * (a[1] - y) - (a[0] - x) * (b[1] - a[1])) / length;
  let farthest = 0;
  points.forEach((point, i) => {
    if (i > 0 && i < points.length - 1 && distance(point) > (farthest === 0 ? TOLERANCE : distance(points[farthest])))
      farthest = i;
  });
  if (farthest === 0) return [a, b];
  return [...simplified(points.slice(0, farthest + 1)), ...simplified(points.slice(farthest)).slice(1)];
}

const texts = rings
  .flatMap(partedAtDateLine)
  .filter((ring) => Math.max(...ring.map(([, y]) => y)) > SOUTH && area(ring) > SMALLEST)
  .map((ring) => simplified([...ring, ring[0]]))
  .filter((ring) => ring.length > 3)
  .map((ring) => {
    let [x, y] = [0, 0];
    return ring
      .slice(0, -1)
      .flatMap(([longitude, latitude]) => {
        const [nextX, nextY] = [Math.round(longitude * 10), Math.round(latitude * 10)];
        const step = [nextX - x, nextY - y];
        [x, y] = [nextX, nextY];
        return step;
      })
      .join(" ");
  });

writeFileSync(
  target,
  `// Written by tools/make-coastline.mjs from Natural Earth's land at 1:110 million (public domain). Do not edit.

/** The land of the world but Antarctica: a text a ring, pairs of longitude and latitude in tenths of a degree, each relative to the last. */
export const COASTLINE: readonly string[] = ${JSON.stringify(texts)};
`,
);
