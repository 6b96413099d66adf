import { type JsonObject, KaaykoError } from "../../core/index.ts";
import { dayForecastJson, forecastDays } from "../../models/index.ts";
import type { ServerParts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { useTransactionModel } from "./predict-transactions.ts";

/** What clients ask of the days ahead; the schema has filled in defaults. */
export interface CashflowRequest {
  readonly days_ahead: number;
  readonly confidence_level: number;
  readonly include_seasonal: boolean;
}

/** The days behind the last one that the model was made from. @throws Problem 503 where there is no model that can */
export async function forecastCashflow(parts: Pick<ServerParts, "shelf">, asked: CashflowRequest): Promise<JsonObject> {
  return useTransactionModel(parts, "cashflow", async ({ predictor, stored }) => {
    try {
      const forecast = await forecastDays(predictor, asked.days_ahead, asked.confidence_level);
      return { ...dayForecastJson(forecast, asked.include_seasonal), model_version: stored.version };
    } catch (error) {
      if (!(error instanceof KaaykoError) || error.kind !== "input") throw error;
      throw new Problem({ status: 503, detail: `The model for cashflow cannot answer: ${error.message}.` });
    }
  });
}
