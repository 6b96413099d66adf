import type { JsonObject, JsonValue } from "../../core/index.ts";
import { predictJson } from "../inference/predict.ts";
import type { ServedModel } from "../models/load-served-model.ts";
import type { ServerParts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { modelNamesOf, type Transaction, type TransactionKind } from "./transaction.ts";

/** Predictions of transactions, with the version of the model that made them. */
export interface TransactionAnswers {
  readonly version: string;
  /** One a transaction, in their order. */
  readonly documents: readonly JsonObject[];
}

type Predictions = Pick<ServerParts, "shelf" | "threads" | "settings">;

/**
 * Predicts one kind of thing for transactions.
 *
 * @throws Problem 503 where its model is absent or cannot say it, 422 where the model refuses a transaction
 */
export async function predictTransactions(
  { shelf, threads, settings }: Predictions,
  kind: TransactionKind,
  transactions: readonly Transaction[],
): Promise<TransactionAnswers> {
  return useTransactionModel({ shelf }, kind, async (model) => {
    const body = Buffer.from(JSON.stringify({ rows: transactions.map((one) => rowOf(model, one)) }));
    const { predictions } = await predictJson(model, body, settings.maxRows, threads);
    const text = typeof predictions === "string" ? predictions : Buffer.from(predictions).toString();
    const outputs = JSON.parse(text) as JsonObject[];
    return { version: model.stored.version, documents: outputs.map((output) => DOCUMENTS[kind](output, model)) };
  });
}

/** @throws Problem 503 where no model of the kind can be used */
export async function useTransactionModel<T>(
  { shelf }: Pick<ServerParts, "shelf">,
  kind: TransactionKind | "cashflow",
  work: (model: ServedModel) => Promise<T>,
): Promise<T> {
  for (const name of modelNamesOf(kind)) {
    const found = await shelf.has(name);
    if (found) return shelf.use(name, work);
  }
  throw new Problem({
    status: 503,
    detail: `There is no model for ${kind} yet: train one of the recipe "transactions".`,
  });
}

/** A transaction as the model's inputs; what it does not say is missing. */
function rowOf(model: ServedModel, transaction: Transaction): JsonObject {
  const known = new Map<string, JsonValue>(Object.entries(transaction));
  return Object.fromEntries(model.predictor.inputs.map(({ name }) => [name, known.get(name) ?? null]));
}

const DOCUMENTS: Record<TransactionKind, (output: JsonObject, model: ServedModel) => JsonObject> = {
  category: categoryDocument,
  amount: amountDocument,
  anomaly: anomalyDocument,
};

const TOP = 3;

function categoryDocument(output: JsonObject): JsonObject {
  const prefix = "probability_";
  const ranked = Object.entries(output)
    .flatMap(([key, value]) =>
      key.startsWith(prefix) ? [{ category: key.slice(prefix.length), value: Number(value) }] : [],
    )
    .sort((a, b) => b.value - a.value)
    .slice(0, TOP)
    .map(({ category, value }) => ({ category, confidence_score: value }));
  if (ranked.length === 0) throw cannotSay("category", "it is not of several classes");
  const predicted = output.prediction as string;
  const own = Number(output[`${prefix}${predicted}`]);
  return { predicted_category: predicted, confidence_score: own, top_predictions: ranked };
}

function amountDocument({ prediction, lower, upper }: JsonObject): JsonObject {
  if (typeof prediction !== "number" || typeof lower !== "number" || typeof upper !== "number")
    throw cannotSay("amount", "it was trained without --interval");
  return { predicted_amount: prediction, confidence_interval: { lower, upper } };
}

function anomalyDocument(output: JsonObject, { stored }: ServedModel): JsonObject {
  const score = output.anomaly_score;
  const { classes } = stored.model.task;
  if (typeof score !== "number" || classes === undefined) throw cannotSay("anomaly", "it gives no score");
  const reasons = Array.isArray(output.reasons) ? output.reasons : [];
  return { is_anomaly: output.prediction === classes[1], anomaly_score: score, anomaly_reasons: reasons.map(String) };
}

function cannotSay(kind: string, why: string): Problem {
  return new Problem({ status: 503, detail: `The model for ${kind} cannot answer: ${why}.` });
}
