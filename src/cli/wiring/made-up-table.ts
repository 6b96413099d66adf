import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Column, type RandomStream, randomStream } from "../../core/index.ts";
import { createWriter } from "../../data/index.ts";

export const MADE_UP_TARGET = "price";
const CITIES = ["Bergen", "Lyon", "Porto", "Turin", "Utrecht"];
const CITY_VALUE = [30, 0, 12, -8, 21];
const MISSING = 0.03;

/**
 * Writes a small synthetic table of houses, the same for the same rows and seed: numbers, a category, missing values, and a
 * price that follows from them with some noise. For trying things out; nothing in it is real.
 */
export async function writeMadeUpTable(path: string, rows: number, seed: number): Promise<{ sha256: string }> {
  const stream = randomStream(seed, "made-up table");
  const column = (name: string): Column & { values: Float64Array } => ({
    kind: "numeric",
    name,
    values: new Float64Array(rows),
  });
  const [area, bedrooms, age, distance, price] = ["area", "bedrooms", "age", "distance", MADE_UP_TARGET].map(
    column,
  ) as [
    ReturnType<typeof column>,
    ReturnType<typeof column>,
    ReturnType<typeof column>,
    ReturnType<typeof column>,
    ReturnType<typeof column>,
  ];
  const codes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    area.values[row] = Math.round(40 + 160 * stream.float());
    bedrooms.values[row] = 1 + Math.min(5, Math.floor(area.values[row]! / 40));
    age.values[row] = stream.integer(100);
    distance.values[row] = Math.round(300 * stream.float()) / 10;
    codes[row] = 1 + stream.integer(CITIES.length);
    price.values[row] = priceOf(area.values[row]!, age.values[row]!, distance.values[row]!, codes[row]!, stream);
    if (stream.float() < MISSING) age.values[row] = Number.NaN;
  }
  const city: Column = { kind: "categorical", name: "city", codes, dictionary: CITIES };
  const columns = [area, bedrooms, age, distance, city, price];
  await mkdir(dirname(path), { recursive: true });
  const writer = await createWriter(
    path,
    columns.map(({ name, kind }) => ({ name, kind, physical: "synthetic" })),
  );
  try {
    await writer.write({ firstRow: 0, rows, columns });
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return {
    sha256: createHash("sha256")
      .update(await readFile(path))
      .digest("hex"),
  };
}

/** Thousands. Old houses lose value until they become charming; distance matters less for large ones. */
function priceOf(area: number, age: number, distance: number, code: number, stream: RandomStream): number {
  const charm = age > 80 ? 25 : 0;
  const value =
    50 + 2.1 * area - 0.4 * age + charm - (distance * 120) / area + CITY_VALUE[code - 1]! + 8 * stream.normal();
  return Math.round(value * 10) / 10;
}
