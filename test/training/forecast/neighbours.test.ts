import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { randomStream, resolveParameters } from "../../../src/core/index.ts";
import { openSource } from "../../../src/data/index.ts";
import { createFilePreparation, TRAINING_PARAMETERS } from "../../../src/training/index.ts";

const SERIES = 6;
const STEPS = 1000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-neighbours-"));
  writeFileSync(join(folder, "flows.csv"), flows());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Series of which each follows the next one two steps later; the last is noise. */
function flows(): string {
  const random = randomStream(9, "flows");
  const values: number[][] = Array.from({ length: SERIES }, () => []);
  for (let step = 0; step < STEPS; step++)
    for (let series = SERIES - 1; series >= 0; series--)
      values[series]!.push((values[series + 1]?.[step - 2] ?? 0) + random.normal());
  const rows = values.flatMap((own, series) =>
    own.map((value, step) => `${new Date(step * 300_000).toISOString()},s${series},${value.toFixed(3)}`),
  );
  return `at,sensor,flow\n${rows.join("\n")}\n`;
}

async function prepare(given: Readonly<Record<string, string | number>>) {
  const all = { task: "forecast", target: "flow", horizon: 4, data: join(folder, "flows.csv"), ...given };
  const settings = resolveParameters(TRAINING_PARAMETERS, all, "setting");
  const preparation = createFilePreparation(openSource);
  const loader = await preparation.createLoader(settings, "needed");
  while (!(await loader.step()).done);
  const fitter = await preparation.createFitter(await loader.product(), settings, []);
  while (!(await fitter.step()).done);
  return fitter.product();
}

it("a forecast sees the readings of other series where they help, in its windows and columns", async () => {
  const { dataset, pipeline, notices } = await prepare({});
  expect(dataset.parts![0]!.size).toEqual({ steps: 12, channels: 5 });
  expect(pipeline.series!.neighbours).toHaveLength(SERIES);
  expect(pipeline.series!.neighbours![0]).toContain(1);
  expect(dataset.features.map(({ name }) => name)).toContain("flow of neighbour 4");
  expect(notices.join("\n")).toMatch(/Each series also sees the readings of 4 others: .* \d+ % less/);
});

it("a forecast looks at each series alone where it is told so", async () => {
  const { dataset, pipeline, notices } = await prepare({ neighbours: "none" });
  expect(dataset.parts![0]!.size).toEqual({ steps: 12, channels: 1 });
  expect(pipeline.series!.neighbours).toBeUndefined();
  expect(notices.join("\n")).not.toContain("others");
});

it("folds choose neighbours by what the first of them may learn from: too little here", async () => {
  const { pipeline } = await prepare({ folds: 4 });
  expect(pipeline.series!.neighbours).toBeUndefined();
});
