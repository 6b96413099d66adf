import { describe, expect, it } from "vitest";
import { COASTLINE } from "../../../src/reports/charts/coastline.ts";
import { renderWorldMap, robinson } from "../../../src/reports/charts/world-map.ts";

/** Whether a place lies in a ring (even-odd rule). */
function contains(ring: string, longitude: number, latitude: number): boolean {
  const steps = ring.split(" ").map(Number);
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < steps.length; i += 2) {
    [x, y] = [x + steps[i]!, y + steps[i + 1]!];
    points.push([x / 10, y / 10]);
  }
  let inside = false;
  for (const [i, [x1, y1]] of points.entries()) {
    const [x2, y2] = points.at(i - 1)!;
    if (y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

describe("the map of the world", () => {
  it.each([
    ["Madrid", -3.7, 40.4, true],
    ["Ulaanbaatar", 106.9, 47.9, true],
    ["Alice Springs", 133.9, -23.7, true],
    ["Brasília", -47.9, -15.8, true],
    ["Yakutsk", 129.7, 62, true],
    ["Anadyr's hinterland, behind the date line", -175, 66.5, true],
    ["the middle of the Atlantic", -35, 25, false],
    ["the middle of the Pacific", -140, 0, false],
    ["Baffin Bay", -65, 73, false],
    ["the Tasman Sea", 160, -38, false],
  ])("has %s where it is", (_name, longitude, latitude, land) => {
    expect(COASTLINE.some((ring) => contains(ring, longitude, latitude))).toBe(land);
  });

  it("keeps every point on the globe, and no edge crosses half of it", () => {
    for (const ring of COASTLINE) {
      const steps = ring.split(" ").map(Number);
      let [x, y] = [0, 0];
      for (let i = 0; i < steps.length; i += 2) {
        if (i > 0) expect(Math.abs(steps[i]!)).toBeLessThan(1800);
        [x, y] = [x + steps[i]!, y + steps[i + 1]!];
        expect(Math.abs(x)).toBeLessThanOrEqual(1800);
        expect(Math.abs(y)).toBeLessThanOrEqual(900);
      }
    }
    expect(Buffer.byteLength(JSON.stringify(COASTLINE))).toBeLessThan(60_000);
  });

  it("projects as Robinson's table says", () => {
    expect(robinson(0, 0)).toEqual([0, 0]);
    expect(robinson(180, 0)[0]).toBeCloseTo(0.8487 * Math.PI, 10);
    expect(robinson(90, 90)[0]).toBeCloseTo(0.8487 * 0.5322 * (Math.PI / 2), 10);
    expect(robinson(0, -90)[1]).toBeCloseTo(-1.3523, 10);
    expect(robinson(0, 42.5)[1]).toBeCloseTo((1.3523 * (0.4958 + 0.5571)) / 2, 10);
  });

  it("puts a pin for each place, north above south and west before east", () => {
    const pin = (longitude: number, latitude: number) => ({ longitude, latitude, sign: "1", tone: 1, text: "<b>" });
    const text = { id: "map", title: "map", description: "" };
    const map = renderWorldMap(text, [pin(-100, 50), pin(100, -50), pin(0, 90)]);
    const places = [...map.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);
    expect(places).toHaveLength(3);
    expect(places[0]![0]!).toBeLessThan(places[1]![0]!);
    expect(places[0]![1]!).toBeLessThan(places[1]![1]!);
    expect(places[2]![1]!).toBeGreaterThanOrEqual(0);
    expect(map.includes("<b>")).toBe(false);
  });
});
