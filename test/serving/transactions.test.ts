import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KaaykoServer, train } from "../../src/index.ts";
import { type Served, servedFolder } from "./models.ts";

const CATEGORIES = ["food", "rent", "travel", "pets"];
const SHOPS: Record<string, string> = {
  food: "corner bakery",
  rent: "monthly rent",
  travel: "night train",
  pets: "cat, dog",
};

function transaction(i: number) {
  const category = CATEGORIES[i % 4]!;
  const amount = 10 * (1 + (i % 4)) + (i % 3);
  return { date: `2026-0${1 + (i % 9)}-1${i % 10}`, type: "expense", description: SHOPS[category]!, amount };
}

let served: Served;
let server: KaaykoServer;
beforeAll(async () => {
  served = await servedFolder();
  const rows = Array.from({ length: 240 }, (_, i) => ({
    ...transaction(i),
    category: CATEGORIES[i % 4]!,
    odd: i % 8 === 0,
  }));
  const shared = { modelsDir: served.modelsDir, checkpointsDir: null, algorithms: ["xgboost"], rounds: 10, threads: 1 };
  await train({ ...shared, data: rows.map(({ odd: _, ...row }) => row), target: "category", name: "category" });
  await train({
    ...shared,
    data: rows.map(({ odd: _, ...row }) => row),
    target: "amount",
    name: "transactions-amount",
    interval: 0.9,
  });
  const flagged = rows.map(({ category: _, ...row }) => row);
  await train({
    ...shared,
    algorithms: ["tail-probability"],
    rounds: null,
    data: flagged,
    target: "odd",
    task: "anomaly",
    name: "anomaly",
  });
  server = await served.start();
});
afterAll(() => served.close());

const post = (url: string, payload: object, on = server) => on.app.inject({ method: "POST", url, payload });

async function finished(id: string, on = server) {
  for (;;) {
    const status = (await on.app.inject(`/batch/status/${id}`)).json();
    if (status.status === "completed" || status.status === "failed") return status;
    await sleep(20);
  }
}

describe("a transaction", () => {
  it("is given its category with the best three", async () => {
    const reply = await post("/predict/category", transaction(2));
    expect(reply.statusCode, reply.body).toBe(200);
    const { predicted_category, confidence_score, top_predictions } = reply.json();
    expect(predicted_category).toBe("travel");
    expect(top_predictions).toHaveLength(3);
    expect(top_predictions[0]).toEqual({ category: "travel", confidence_score });
    const scores = top_predictions.map((one: { confidence_score: number }) => one.confidence_score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(reply.json()).toMatchObject({ model_version: "1", processing_time_ms: expect.any(Number) });
  });

  it("is given an amount within an interval", async () => {
    const { amount: _, ...unknown } = { ...transaction(2), category: "travel", payment_method: null };
    const { predicted_amount, confidence_interval } = (await post("/predict/amount", unknown)).json();
    expect(predicted_amount).toBeGreaterThan(25);
    expect(confidence_interval.lower).toBeLessThan(predicted_amount + 1);
    expect(confidence_interval.upper).toBeGreaterThan(confidence_interval.lower);
  });

  it("is told from an odd one", async () => {
    const reply = (await post("/predict/anomaly", transaction(0))).json();
    expect(reply).toMatchObject({ is_anomaly: expect.any(Boolean), anomaly_reasons: expect.any(Array) });
    expect(reply.anomaly_score).toBeGreaterThanOrEqual(0);
    expect(reply.anomaly_score).toBeLessThanOrEqual(1);
  });

  it.each([
    ["/date", { date: "yesterday" }],
    ["/type", { type: "gift" }],
    ["/description", { description: 7 }],
    ["/amount", { amount: "7" }],
    ["/more", { more: 1 }],
  ])("is refused for %s", async (path, change) => {
    const reply = await post("/predict/category", { ...transaction(1), ...change });
    expect([reply.statusCode, reply.json().errors[0].path]).toEqual([422, path]);
  });

  it("whose JSON names a prototype is refused, and none is reached", async () => {
    const payload = JSON.stringify(transaction(1)).replace("{", '{"__proto__":{"polluted":1},');
    const headers = { "content-type": "application/json" };
    const reply = await server.app.inject({ method: "POST", url: "/predict/category", headers, payload });
    expect(reply.statusCode).toBe(400);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

it("says 503 while a model is absent", async () => {
  const days = await post("/forecast/cashflow", { days_ahead: 30 });
  expect([days.statusCode, days.json().detail]).toEqual([503, expect.stringContaining("no model for cashflow")]);
  expect((await post("/forecast/cashflow", { days_ahead: 400 })).json().errors[0].path).toBe("/days_ahead");
  const empty = await servedFolder();
  const bare = await empty.start();
  for (const kind of ["category", "amount", "anomaly"])
    expect((await post(`/predict/${kind}`, transaction(1), bare)).statusCode).toBe(503);
  const batch = { transactions: [transaction(1)], prediction_types: ["anomaly"] };
  expect((await post("/predict/batch", batch, bare)).statusCode).toBe(503);
  await empty.close();
});

describe("a batch", () => {
  const transactions = Array.from({ length: 600 }, (_, i) => transaction(i));

  it("is predicted in the background, as JSON and as CSV, the same as one by one", async () => {
    const submitted = await post("/predict/batch", {
      transactions,
      prediction_types: ["category", "amount", "anomaly"],
    });
    expect([submitted.statusCode, submitted.json().status]).toEqual([202, "queued"]);
    const { job_id } = submitted.json();
    expect(await finished(job_id)).toMatchObject({
      status: "completed",
      total: 600,
      processed: 600,
      progress: 1,
      error: null,
    });
    const { results } = (await server.app.inject(`/batch/results/${job_id}`)).json();
    expect(results).toHaveLength(600);
    for (const i of [0, 299, 599])
      for (const kind of ["category", "amount", "anomaly"]) {
        const { processing_time_ms: _, ...alone } = (await post(`/predict/${kind}`, transactions[i]!)).json();
        expect(results[i]).toMatchObject({ index: i, [kind]: alone });
      }
    const csv = await server.app.inject({ url: `/batch/results/${job_id}`, headers: { accept: "text/csv" } });
    expect(csv.headers["content-type"]).toContain("text/csv");
    const lines = csv.body.trimEnd().split("\r\n");
    expect(lines).toHaveLength(601);
    expect(lines[0]).toBe(
      "index,predicted_category,confidence_score,predicted_amount,amount_lower,amount_upper,is_anomaly,anomaly_score,anomaly_reasons",
    );
    expect(lines[3]!.split(",").slice(0, 2)).toEqual(["2", "travel"]);
  });

  it("outlives its server: finished ones have their results, others are taken up again", async () => {
    const first = await served.start();
    const submit = async () =>
      (await post("/predict/batch", { transactions, prediction_types: ["category"] }, first)).json().job_id as string;
    const [done, stopped] = [await submit(), await submit()];
    await finished(done, first);
    await first.drain();
    const second = await served.start();
    expect((await second.app.inject(`/batch/results/${done}`)).json().results).toHaveLength(600);
    expect(await finished(stopped, second)).toMatchObject({ status: "completed", processed: 600 });
    await rm(join(served.folder, ".batches", done, "results.json"));
    expect((await second.app.inject(`/batch/results/${done}`)).statusCode).toBe(500);
  });

  it("that is unknown or has no results yet is said to be so", async () => {
    for (const id of ["7", "00000000-0000-4000-8000-000000000000", "..%2f..%2fmodels"])
      expect((await server.app.inject(`/batch/status/${id}`)).statusCode).toBe(404);
    const { job_id } = (await post("/predict/batch", { transactions, prediction_types: ["category"] })).json();
    expect((await server.app.inject(`/batch/results/${job_id}`)).statusCode).toBe(409);
    await finished(job_id);
  });

  it.each([
    ["/transactions", { transactions: [] }],
    ["/transactions/0/type", { transactions: [{ ...transaction(1), type: "gift" }] }],
    ["/prediction_types/0", { prediction_types: ["weather"] }],
  ])("is refused for %s", async (path, change) => {
    const body = { transactions: [transaction(1)], prediction_types: ["category"], ...change };
    const reply = await post("/predict/batch", body);
    expect([reply.statusCode, reply.json().errors[0].path]).toEqual([422, path]);
  });
});
