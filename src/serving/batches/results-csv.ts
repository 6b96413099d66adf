import type { JsonObject, JsonValue } from "../../core/index.ts";
import { TRANSACTION_KINDS, type TransactionKind } from "../transactions/transaction.ts";
import type { BatchResult } from "./batch.ts";

type Cells = Readonly<Record<string, (prediction: JsonObject) => JsonValue | undefined>>;

const COLUMNS: Record<TransactionKind, Cells> = {
  category: {
    predicted_category: (one) => one.predicted_category,
    confidence_score: (one) => one.confidence_score,
  },
  amount: {
    predicted_amount: (one) => one.predicted_amount,
    amount_lower: (one) => (one.confidence_interval as JsonObject).lower,
    amount_upper: (one) => (one.confidence_interval as JsonObject).upper,
  },
  anomaly: {
    is_anomaly: (one) => one.is_anomaly,
    anomaly_score: (one) => one.anomaly_score,
    anomaly_reasons: (one) => (one.anomaly_reasons as JsonValue[]).join("; "),
  },
};

/** Results as CSV (RFC 4180): `index`, and the columns of every kind that was asked for. */
export function resultsCsv(results: readonly BatchResult[]): string {
  const asked = TRANSACTION_KINDS.filter((kind) => results.some(({ predictions }) => predictions[kind] !== undefined));
  const names = asked.flatMap((kind) => Object.keys(COLUMNS[kind]));
  const lines = results.map(({ index, predictions }) => {
    const cells = asked.flatMap((kind) =>
      Object.values(COLUMNS[kind]).map((cell) => cellText(cell(predictions[kind]!))),
    );
    return [String(index), ...cells].join(",");
  });
  return `${[["index", ...names].join(","), ...lines].join("\r\n")}\r\n`;
}

function cellText(value: JsonValue | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
