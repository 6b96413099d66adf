import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { runHere } from "../support/run-here.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const DAYS = 30;

let cwd: string;
// biome-ignore lint/suspicious/noExplicitAny: documents are what another program sees
let trained: any;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-forecast-"));
  writeFileSync(join(cwd, "flows.csv"), table(0, 24 * DAYS));
  writeFileSync(join(cwd, "later.csv"), table(24 * DAYS, 24 * (DAYS + 10)));
  const series = ["--task", "forecast", "--target", "flow", "--time", "at", "--group", "road", "--horizon", "3"];
  const common = ["--data", "flows.csv", "--test", "later.csv", "--name", "flows", "--rounds", "150"];
  const algorithms = ["--algorithms", "xgboost,seasonal,persistence,ensemble"];
  trained = await json(["train", ...series, ...common, ...algorithms]);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Two roads by the hour with a daily pattern, noise of deviation 3, and a reading in 50 that is missing; not in order. */
function table(from: number, to: number): string {
  const random = randomStream(from, "flows");
  const lines: string[] = [];
  for (let hour = from; hour < to; hour++)
    for (const [road, height] of [
      ["A1", 100],
      ["B2", 40],
    ] as const) {
      const flow = height * (1.5 + Math.sin((2 * Math.PI * hour) / 24)) + 3 * random.normal();
      const at = new Date(START + hour * HOUR).toISOString();
      if (random.float() < 0.98) lines.push(`${at},${road},${flow.toFixed(2)}`);
    }
  return `at,road,flow\n${lines.reverse().join("\n")}\n`;
}

async function run(argv: readonly string[], input = "") {
  const env = { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache"), CI: "1" };
  return runHere(argv, { cwd, input, env });
}

async function json(argv: readonly string[], input = "") {
  const { code, stdout, stderr } = await run([...argv, "--json"], input);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe("forecasts of series", () => {
  it("are learnt for every step ahead, better than naive ones, with intervals that hold", () => {
    const test = Object.fromEntries(
      trained.algorithms.map(({ name, metrics }: { name: string; metrics: { test: object } }) => [name, metrics.test]),
    );
    expect(["xgboost", "ensemble"]).toContain(trained.champion);
    expect(test.xgboost.mae).toBeLessThan(4);
    expect(test.persistence.mae).toBeGreaterThan(3 * test.xgboost.mae);
    expect(test.seasonal.mae).toBeGreaterThan(test.xgboost.mae);
    expect(test.ensemble.rmse).toBeLessThan(1.01 * test.xgboost.rmse);
    expect(test.ensemble.coverage).toBeGreaterThan(0.84);
    expect(test.ensemble.coverage).toBeLessThan(0.96);
    expect(trained.algorithms[0].steps.map(({ step }: { step: number }) => step)).toEqual([1, 2, 3]);
  });

  it("go on from the last reading of every series", async () => {
    const { predictions } = await json(["predict", "--model", "flows", "--data", "later.csv"]);
    expect(predictions.map(({ road, step }: { road: string; step: number }) => `${road} ${step}`)).toEqual([
      "A1 1",
      "A1 2",
      "A1 3",
      "B2 1",
      "B2 2",
      "B2 3",
    ]);
    for (const { road, at, prediction, lower, upper } of predictions) {
      const hour = (Date.parse(at) - START) / HOUR;
      const truth = (road === "A1" ? 100 : 40) * (1.5 + Math.sin((2 * Math.PI * hour) / 24));
      expect(Math.abs(prediction - truth)).toBeLessThan(12);
      expect(lower).toBeLessThan(prediction);
      expect(upper).toBeGreaterThan(prediction);
    }
  });

  it("take rows from a pipe, and every point of a table", async () => {
    const rows = readFileSync(join(cwd, "later.csv"), "utf8").split("\n").slice(1, 200).filter(Boolean);
    const objects = rows.map((line) => {
      const [at, road, flow] = line.split(",");
      return JSON.stringify({ at, road, flow: Number(flow) });
    });
    const { predictions } = await json(["predict", "--model", "flows"], objects.join("\n"));
    expect(predictions).toHaveLength(6);
    const all = await json(["predict", "--model", "flows", "--data", "later.csv", "--all-origins"]);
    expect(all.predictions.length).toBeGreaterThan(3 * 2 * 200);
    const judged = await json(["evaluate", "--model", "flows", "--data", "later.csv"]);
    expect(judged.metrics.mae).toBeLessThan(5);
  });

  it("say what is wrong with a series", async () => {
    writeFileSync(join(cwd, "short.csv"), "at,flow\n2024-01-01,1\n2024-01-02,2\n2024-01-03,4\n");
    writeFileSync(
      join(cwd, "flat.csv"),
      `at,flow\n${Array.from({ length: 40 }, (_, i) => `${2000 + i}-01-01,5`).join("\n")}\n`,
    );
    writeFileSync(join(cwd, "timeless.csv"), "flow,n\n1,2\n2,3\n3,5\n");
    writeFileSync(join(cwd, "mixed.csv"), "at,flow\n2024-01-01 00:00,1\n01.01.2024 00:05,2\n2024-01-01 00:10,3\n");
    writeFileSync(join(cwd, "word.csv"), "at,flow\n2024-01-01,1\n2024-01-02,broken\n2024-01-03,4\n");
    const common = ["--task", "forecast", "--target", "flow", "--algorithms", "persistence"];
    const errors = await Promise.all(
      ["short", "flat", "timeless", "mixed", "word"].map(
        async (name) => (await run(["train", "--data", `${name}.csv`, ...common])).stderr,
      ),
    );
    expect(errors[0]).toMatch(/must have at least 13 steps/);
    expect(errors[1]).toMatch(/two different values/);
    expect(errors[2]).toMatch(/must be a column of times/);
    expect(errors[3]).toMatch(/Write all times alike.*"2024-01-01 00:00" and "01.01.2024 00:05"/);
    expect(errors[4]).toMatch(/must hold numbers, got text such as "broken" in 1 of 3 rows/);
  });
});
