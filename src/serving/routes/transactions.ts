import { performance } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import type { ServerParts } from "../parts.ts";
import { json, problems } from "../schemas/responses.ts";
import { FORECAST_ANSWER, FORECAST_BODY, PROVENANCE, TRANSACTION_ANSWERS } from "../schemas/transactions.ts";
import { type CashflowRequest, forecastCashflow } from "../transactions/forecast-cashflow.ts";
import { predictTransactions } from "../transactions/predict-transactions.ts";
import { TRANSACTION_KINDS, type Transaction, transactionSchema } from "../transactions/transaction.ts";
import { millisecondsSince } from "./predict.ts";

/** `/predict/category`, `/predict/amount`, `/predict/anomaly` and `/forecast/cashflow`. */
export function addTransactionRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { inFlight } = parts;
  const problemsOfAll = problems(400, 413, 415, 422, 429, 503);
  for (const kind of TRANSACTION_KINDS) {
    const schema = {
      tags: ["transactions"],
      summary: `Predict the ${kind} of a transaction`,
      body: transactionSchema(kind !== "amount"),
      response: { 200: json("The prediction", { ...TRANSACTION_ANSWERS[kind], ...PROVENANCE }), ...problemsOfAll },
    };
    const answer = inFlight.holding(async ({ body }) => {
      const begun = performance.now();
      const { version, documents } = await predictTransactions(parts, kind, [body as Transaction]);
      return { ...documents[0]!, model_version: version, processing_time_ms: millisecondsSince(begun) };
    });
    app.post(`/predict/${kind}`, { schema, onRequest: inFlight.enter }, answer);
  }
  const schema = {
    tags: ["transactions"],
    summary: "Forecast the cash flow of each of the next days",
    body: FORECAST_BODY,
    response: { 200: json("The forecast", FORECAST_ANSWER), ...problemsOfAll },
  };
  const forecast = inFlight.holding(async ({ body }) => forecastCashflow(parts, body as CashflowRequest));
  app.post("/forecast/cashflow", { schema, onRequest: inFlight.enter }, forecast);
}
