import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSource } from "../../../src/data/index.ts";
import { createServer, type TrainResult, train } from "../../../src/index.ts";
import { createModelPredictor, forecastDays, widening } from "../../../src/models/index.ts";
import { adaptDaily } from "../../../src/recipes/transactions/daily-source.ts";
import { transactionsCashflow } from "../../../src/recipes/transactions/index.ts";

let folder: string;
let trained: TrainResult;
const modelsDir = () => join(folder, "models");

/** Three years: wages on the 28th, rent on the 1st, shopping on Saturdays. */
function writeYears(path: string): void {
  const lines = ["date,type,description,amount"];
  for (let day = 0; day < 1096; day++) {
    const date = new Date(Date.UTC(2022, 0, 1 + day));
    const text = date.toISOString().slice(0, 10);
    if (date.getUTCDate() === 28) lines.push(`${text},income,wages,3000`);
    if (date.getUTCDate() === 1) lines.push(`${text},expense,rent,1000`);
    if (date.getUTCDay() === 6) lines.push(`${text},expense,shopping,${150 + (day % 5)}`);
    lines.push(`${text},expense,coffee,${3 + (day % 3)}`);
  }
  writeFileSync(path, lines.join("\n"));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-cashflow-"));
  const data = join(folder, "years.csv");
  writeYears(data);
  trained = await train({
    ...transactionsCashflow.settings,
    recipe: "transactions-cashflow",
    task: "regression",
    target: transactionsCashflow.target,
    algorithms: ["ridge", "baseline"],
    report: "none",
    checkpointsDir: null,
    modelsDir: modelsDir(),
    data,
    threads: 1,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("cash flow", () => {
  it("is summed by day, days without payments too", async () => {
    const path = join(folder, "few.csv");
    writeFileSync(
      path,
      "date,type,description,amount\n2024-01-03T08:00:00Z,expense,a,5\n2024-01-01T09:00:00Z,income,b,20\n2024-01-01T10:00:00Z,expense,c,-7.5\n",
    );
    const reader = await (await adaptDaily(await openSource(path))).open();
    const batch = (await reader.next())!;
    await reader.close();
    expect(batch.columns.map((column) => ("values" in column ? [...column.values] : []))[1]).toEqual([12.5, 0, -5]);
  });

  it("learns the month and the week", () => {
    const { test } = trained.document.algorithms[0]!.metrics;
    expect(trained.document.champion).toBe("ridge");
    expect(test!.r2).toBeGreaterThan(0.9);
    expect(test!.coverage).toBeGreaterThan(0.85);
  });

  it("goes on behind the last day, with bands of any level and seasons that sum up", async () => {
    const predictor = await createModelPredictor(trained.model!);
    const forecast = await forecastDays(predictor, 365, 0.9);
    expect([forecast.dates[0], forecast.dates.length]).toEqual(["2025-01-01", 365]);
    const at = (date: string) => forecast.values[forecast.dates.indexOf(date)]!;
    expect(at("2025-03-28")).toBeGreaterThan(2000);
    expect(at("2025-07-01")).toBeLessThan(-700);
    expect(at("2025-05-10")).toBeLessThan(-100);
    const { trend, weekly, monthly, yearly } = forecast.components as Record<string, readonly number[]>;
    forecast.values.forEach((value, day) => {
      expect(trend![day]! + weekly![day]! + monthly![day]! + yearly![day]!).toBeCloseTo(value, 6);
    });
    const narrow = await forecastDays(predictor, 365, 0.5);
    const wide = await forecastDays(predictor, 365, 0.99);
    const width = ({ upper, lower }: typeof narrow) => upper.reduce((sum, high, day) => sum + high - lower[day]!, 0);
    expect(width(narrow)).toBeLessThan(width(forecast));
    expect(width(forecast)).toBeLessThan(width(wide));
    const widthOn = (forecast: typeof narrow, day: number) => forecast.upper[day]! - forecast.lower[day]!;
    expect(widthOn(forecast, 364) / widthOn(forecast, 0)).toBeCloseTo(widening(1096, 365) / widening(1096, 1), 9);
    await predictor.dispose();
  });

  it("has bands that widen with the days ahead, the more the fewer days are known", () => {
    const year = Array.from({ length: 365 }, (_, i) => widening(90, i + 1));
    expect(year.every((wider, i) => wider > (year[i - 1] ?? 1))).toBe(true);
    // A line through 90 days, a year ahead: the textbook's standard error over that of its last day.
    expect(year[364]).toBeCloseTo(
      Math.sqrt((1 + 1 / 90 + (12 * 410 ** 2) / 90 ** 3) / (1 + 1 / 90 + (12 * 45 ** 2) / 90 ** 3)),
      12,
    );
    expect(widening(2000, 365)).toBeLessThan(1.01);
    expect(widening(Number.POSITIVE_INFINITY, 365)).toBe(1);
  });

  it("is served", async () => {
    const server = await createServer({ modelsDir: modelsDir(), threads: 1, drainDelayMs: 0, logLevel: "silent" });
    await server.verify();
    const ask = (payload: object) => server.app.inject({ method: "POST", url: "/forecast/cashflow", payload });
    const reply = await ask({ days_ahead: 30, confidence_level: 0.8 });
    expect(reply.statusCode, reply.body).toBe(200);
    const { forecast_dates, predicted_amounts, confidence_bands, seasonal_components, model_version } = reply.json();
    expect([forecast_dates.length, predicted_amounts.length, model_version]).toEqual([30, 30, "1"]);
    expect(confidence_bands.lower.every((low: number, day: number) => low <= confidence_bands.upper[day])).toBe(true);
    expect(Object.keys(seasonal_components).sort()).toEqual(["monthly", "trend", "weekly", "yearly"]);
    expect((await ask({ days_ahead: 1, include_seasonal: false })).json().seasonal_components).toBeNull();
    for (const wrong of [{ days_ahead: 366 }, { days_ahead: 5, confidence_level: 0.4 }, {}])
      expect((await ask(wrong)).statusCode).toBe(422);
    await server.drain();
  });
});
