import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { runHere } from "../support/run-here.ts";

const HOUR = 3_600_000;
const WEATHER = ["Clear", "Clouds", "Rain", "Snow"];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-traffic-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function run(argv: readonly string[], input = "") {
  const env = { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache"), CI: "1" };
  const { code, stdout, stderr } = await runHere([...argv, "--json"], { cwd, input, env });
  expect(code, stderr).toBe(0);
  return { document: JSON.parse(stdout), notices: stderr };
}

/** A made-up interstate by the hour: weather in words, a holiday named in its first hour only, times twice, a gap, a reading of 0 K. */
function interstate(): string {
  const random = randomStream(1, "interstate");
  const lines = ["holiday,temp,rain_1h,clouds_all,weather_main,weather_description,date_time,traffic_volume"];
  let weather = 0;
  for (let hour = 0; hour < 24 * 70; hour++) {
    const time = new Date(Date.UTC(2016, 4, 1) + hour * HOUR);
    if (random.float() < 0.15) weather = random.integer(WEATHER.length);
    if (hour > 700 && hour < 740) continue;
    const holiday = time.getUTCDate() === 30;
    const busy = time.getUTCDay() % 6 !== 0 && !holiday;
    const height = (busy ? 5000 : 2500) * (0.4 + Math.sin((Math.PI * time.getUTCHours()) / 24) ** 2);
    const volume = Math.round(height * (weather > 1 ? 0.8 : 1) + 100 * random.normal());
    const temperature = hour === 300 ? 0 : 285 + 5 * Math.sin(hour / 24);
    const at = time.toISOString().slice(0, 19).replace("T", " ");
    const name = holiday && time.getUTCHours() === 0 ? "Memorial Day" : "None";
    const words = `sky number ${random.integer(30)}`;
    const row = (kind: string) => `${name},${temperature},0,40,${kind},${words},${at},${volume}`;
    lines.push(row(WEATHER[weather]!));
    if (random.float() < 0.1) lines.push(row(WEATHER[random.integer(WEATHER.length)]!));
  }
  return `${lines.join("\n")}\n`;
}

/** Speeds of many sensors, a column each, by five minutes; 0 where one failed. */
function network(sensors: number, steps: number): string {
  const random = randomStream(2, "network");
  const names = Array.from({ length: sensors }, (_, k) => String(716_328 + 37 * k));
  const lines = [`,${names.join(",")}`];
  const slow = names.map(() => 10 + 30 * random.float());
  for (let step = 0; step < steps; step++) {
    const rush = Math.exp(-((((step % 288) / 12 - 8) / 2) ** 2));
    const time = new Date(Date.UTC(2012, 2, 1) + step * 300_000).toISOString().slice(0, 19).replace("T", " ");
    const speeds = slow.map((depth) => (random.float() < 0.02 ? 0 : 65 - depth * rush + random.normal()));
    lines.push(`${time},${speeds.map((speed) => speed.toFixed(3)).join(",")}`);
  }
  return `${lines.join("\n")}\n`;
}

const testOf = (document: { algorithms: { name: string; metrics: { test: Record<string, number> } }[] }) =>
  Object.fromEntries(document.algorithms.map(({ name, metrics }) => [name, metrics.test]));

describe("tables of traffic that others publish", () => {
  it("weather in words, holidays and doubled times are learnt from", async () => {
    writeFileSync(join(cwd, "interstate.csv"), interstate());
    const args = ["--data", "interstate.csv", "--algorithms", "xgboost,gru,seasonal,persistence,ensemble"];
    const quick = [
      "--rounds",
      "80",
      "--epochs",
      "2",
      "--set",
      "gru.units=8",
      "--backend",
      "cpu",
      "--refit",
      "never",
      "--report",
      "none",
    ];
    const { document, notices } = await run(["train", "--recipe", "highway-traffic", ...args, ...quick]);
    expect(notices).toMatch(/holiday is taken as known ahead/);
    expect(notices).toMatch(/weather_main becomes a number for each of its 4 texts/);
    expect(notices).toMatch(/weather_description is left out/);
    expect(notices).toMatch(/rows are of the same time as another and were averaged/);
    const test = testOf(document);
    expect(test.xgboost!.rmse).toBeLessThan(0.8 * test.persistence!.rmse!);
    expect(test.gru!.rmse).toBeLessThan(test.persistence!.rmse!);
    expect(test.ensemble!.coverage).toBeGreaterThan(0.75);

    const rows = interstate().trim().split("\n");
    const recent = `${[rows[0], ...rows.slice(-60)].join("\n")}\n`;
    writeFileSync(join(cwd, "recent.csv"), recent);
    const { document: predicted } = await run(["predict", "--model", "highway-traffic", "--data", "recent.csv"]);
    const made = JSON.stringify(predicted);
    expect(made).toContain("2016-07-10T00:00:00");
  }, 600_000);

  it("a column for each of 207 sensors is a series each, with failed readings", async () => {
    writeFileSync(join(cwd, "network.csv"), network(207, 420));
    const args = ["--data", "network.csv", "--algorithms", "xgboost,persistence", "--rounds", "60"];
    const quick = ["--refit", "never", "--sample-size", "8000", "--report", "none"];
    const { document, notices } = await run(["train", "--recipe", "highway-traffic", ...args, ...quick]);
    expect(notices).toMatch(/207 series, a step every 5 min/);
    const test = testOf(document);
    expect(test.xgboost!.mae).toBeLessThan(3);
    expect(test.xgboost!.coverage).toBeGreaterThan(0.75);
  }, 600_000);
});
