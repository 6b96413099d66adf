import { expect, it } from "vitest";
import { openCsv } from "../../../src/data/formats/csv/index.ts";
import { openJsonLines } from "../../../src/data/formats/jsonl/index.ts";
import { temporaryFiles } from "./text-tables.ts";

const files = temporaryFiles();
const MIXED = /^Some times of at have a zone and some have none: these are taken as UTC/;

it.each([
  ["all with a zone", ["2024-03-31T01:00:00Z", "2024-03-31 03:00 +02:00"], []],
  ["none with a zone, days among them", ["2024-03-31 01:00", "2024-03-31"], []],
  ["some with a zone", ["2024-03-31", "2024-03-31 01:00", "2024-03-31T01:00:00Z"], [expect.stringMatching(MIXED)]],
  ["some with a zone, in a column of texts", ["2024-03-31 01:00", "2024-03-31T01:00:00Z", "never"], []],
])("times of a table are remarked on where they are of two kinds: %s", async (_, times, expected) => {
  const csv = files.file("times.csv", `at,n\n${times.map((time, i) => `${time},${i}\n`).join("")}`);
  const lines = files.file("times.jsonl", times.map((at, n) => `${JSON.stringify({ at, n })}\n`).join(""));
  expect((await (await openCsv(csv)).describe()).remarks ?? []).toEqual(expected);
  expect((await (await openJsonLines(lines)).describe()).remarks ?? []).toEqual(expected);
});
