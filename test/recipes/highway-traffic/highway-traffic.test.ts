import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnNamed, type NumberColumn, type StringColumn } from "../../../src/core/index.ts";
import { openSource } from "../../../src/data/index.ts";
import { drawTable } from "../../../src/recipes/highway-traffic/generate.ts";
import { highwayTraffic } from "../../../src/recipes/highway-traffic/index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-highway-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function adapted(path: string) {
  const source = await highwayTraffic.adapt!(await openSource(path));
  const { columns, remarks } = await source.describe();
  const reader = await source.open();
  const batch = (await reader.next())!;
  await reader.close();
  const numbers = (name: string) => [...(columnNamed(batch.columns, name) as NumberColumn).values];
  return { names: columns.map(({ name }) => name), remarks, batch, numbers };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("the highway-traffic recipe", () => {
  it("reads PeMS' columns under its own names", async () => {
    const header = "\ufeff5 Minutes,Lane 1 Flow (Veh/5 Minutes),# Lane Points,% Observed\n";
    const { names, numbers } = await adapted(
      write("pems.csv", `${header}13/01/2016 0:00,12,1,100\n13/01/2016 0:05,9,1,0\n`),
    );
    expect(names).toEqual(["timestamp", "flow"]);
    expect(numbers("timestamp")).toEqual([Date.UTC(2016, 0, 13), Date.UTC(2016, 0, 13, 0, 5)]);
    expect(numbers("flow")).toEqual([12, 9]);
  });

  it("reads volumes with weather and holidays, and leaves its own columns as they are", async () => {
    const metro = "holiday,temp,date_time,traffic_volume\nNew Years Day,270.1,2013-01-01 00:00:00,1439\n";
    const { names, remarks } = await adapted(write("metro.csv", metro));
    expect(names.sort()).toEqual(["flow", "holiday", "temp", "timestamp"]);
    expect(remarks).toEqual(["Column date_time is read as timestamp.", "Column traffic_volume is read as flow."]);
    const own = "timestamp,flow,speed\n2024-01-01T00:00,5,60\n";
    expect((await adapted(write("own.csv", own))).names).toEqual(["timestamp", "flow", "speed"]);
  });

  it("reads a column for each sensor as a row for each reading, also where the times have no name", async () => {
    const rows = "2012-03-01 00:00:00,64.4,0\n2012-03-01 00:05:00,62.7,67.6\n";
    for (const header of ["at,773869,767541", ",773869,767541"]) {
      const { names, remarks, batch, numbers } = await adapted(
        write(`wide ${header.length}.csv`, `${header}\n${rows}`),
      );
      expect(names).toEqual(["timestamp", "sensor", "flow"]);
      expect(remarks![0]).toMatch(/^2 columns of numbers are read as flow, their names as sensor, .* as timestamp\.$/);
      expect(numbers("flow")).toEqual([64.4, 62.7, 0, 67.6].map(Math.fround));
      const { codes, dictionary } = columnNamed(batch.columns, "sensor") as StringColumn;
      expect([...codes].map((code) => dictionary[code - 1])).toEqual(["773869", "773869", "767541", "767541"]);
    }
    const numbered = `,at,773869,767541\n${rows.replace(/^2012/gm, "7,2012")}`;
    expect((await adapted(write("numbered.csv", numbered))).batch.rows).toBe(4);
  });

  it("makes the same road for the same seed: rushes, nights, failed readings", () => {
    const batch = drawTable(5 * 288 * 3, 1);
    expect(drawTable(5 * 288 * 3, 1)).toEqual(batch);
    expect(drawTable(5 * 288 * 3, 2)).not.toEqual(batch);
    const flow = Array.from((columnNamed(batch.columns, "flow") as NumberColumn).values);
    const mean = (hour: number) => {
      const found = flow.filter((value, row) => Math.floor(row / 5) % 288 === hour * 12 && !Number.isNaN(value));
      return found.reduce((sum, value) => sum + value, 0) / found.length;
    };
    expect(mean(17)).toBeGreaterThan(3 * mean(3));
    expect(flow.some(Number.isNaN)).toBe(true);
  });

  const published = fileURLToPath(new URL("../../../../shared/data/pems_flow/train.csv", import.meta.url));
  it.skipIf(!existsSync(published))("reads the published lane", async () => {
    const { names, batch } = await adapted(published);
    expect(names).toEqual(["timestamp", "flow"]);
    expect(batch.rows).toBeGreaterThan(1000);
  });
});
