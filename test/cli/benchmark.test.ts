import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../support/run-here.ts";

const PYTHON = fileURLToPath(new URL("../peers/fake-python.mjs", import.meta.url));
const HOUR = 3_600_000;

let cwd: string;
// biome-ignore lint/suspicious/noExplicitAny: documents are what another program sees
let printed: any;

const env = () => ({ HOME: cwd, KAAYKO_CACHE: join(cwd, "cache"), CI: "1" });
const read = (name: string) => readFileSync(join(cwd, name), "utf8");

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-benchmark-"));
  const lines = Array.from({ length: 24 * 30 }, (_, hour) => {
    const flow = 100 + 50 * Math.sin((2 * Math.PI * hour) / 24) + ((hour * 7) % 11);
    return `${new Date(Date.UTC(2024, 0, 1) + hour * HOUR).toISOString()},${flow.toFixed(2)}`;
  });
  writeFileSync(join(cwd, "flows.csv"), `at,flow\n${lines.join("\n")}\n`);
  const table = ["--data", "flows.csv", "--task", "forecast", "--target", "flow", "--horizon", "2"];
  const args = [
    "benchmark",
    ...table,
    "--algorithms",
    "xgboost",
    "--rounds",
    "20",
    "--refit",
    "never",
    "--python",
    PYTHON,
    "--json",
  ];
  const { code, stdout, stderr } = await runHere(args, { cwd, env: env() });
  expect(code, stderr).toBe(0);
  printed = JSON.parse(stdout);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Every number in it. */
function numbersIn(value: unknown): unknown[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe("kaayko benchmark", () => {
  it("writes results that other programs read, with references and peers", () => {
    const results = JSON.parse(read("benchmark_results.json"));
    expect(results).toMatchObject({
      schemaVersion: 1,
      kind: "benchmark",
      task: "forecast",
      target: "flow",
      metric: "rmse",
      role: "test",
      run: printed.run,
      champion: printed.champion,
    });
    const names = results.entries.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["xgboost", "persistence", "seasonal", "peer.linear"]));
    expect(["persistence", "seasonal"]).toContain(results.reference);
    expect(results.entries[0].steps.map(({ step }: { step: number }) => step)).toEqual([1, 2]);
    expect(numbersIn(results).every(Number.isFinite)).toBe(true);
    // The fake peer repeats the last reading, as persistence does.
    const [peer, naive] = ["peer.linear", "persistence"].map((name) =>
      results.entries.find((entry: { name: string }) => entry.name === name),
    );
    expect(peer.metrics.rmse).toBeCloseTo(naive.metrics.rmse, 4);
    expect(peer.program).toBe("fake 1.0");
  });

  it("draws the forecasts against the truth, on a page that loads nothing", () => {
    const { drawn } = JSON.parse(read("benchmark_results.json"));
    expect(drawn).toMatchObject({ axis: "time", step: 2, series: null });
    expect(drawn.x[1] - drawn.x[0]).toBe(HOUR);
    const own = drawn.lines.find(({ name }: { name: string }) => name === "xgboost");
    expect(own.low.length).toBe(drawn.x.length);
    own.values.forEach((value: number, i: number) => {
      expect(own.low[i]).toBeLessThanOrEqual(value);
      expect(own.high[i]).toBeGreaterThanOrEqual(value);
    });
    const page = read("benchmark_results.html");
    for (const title of ["Benchmark", "Predictions against the truth", "XGBoost against the truth"])
      expect(page).toContain(title);
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  });

  it("prints the same where the run is gone on with after its end, and writes the files again", async () => {
    const results = read("benchmark_results.json");
    rmSync(join(cwd, "benchmark_results.json"));
    const { code, stdout } = await runHere(["resume", printed.run, "--json"], { cwd, env: env() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(printed);
    expect(read("benchmark_results.json")).toBe(results);
  });

  it("shows a person the comparison and where it was written", async () => {
    const { stdout } = await runHere(["resume", printed.run], { cwd, env: env() });
    expect(stdout).toMatch(/better by/);
    expect(stdout).toMatch(/reference/);
    expect(stdout).toContain("Results: benchmark_results.json, drawn in benchmark_results.html");
  });
});
