import type { ServerParts } from "../parts.ts";
import { predictTransactions } from "../transactions/predict-transactions.ts";
import type { BatchRequest, BatchResult } from "./batch.ts";

/** Predicts the transactions `from` to `to` (exclusive) of a batch, every kind that it asks for. */
export async function predictChunk(
  parts: Pick<ServerParts, "settings" | "shelf" | "threads">,
  { transactions, types }: BatchRequest,
  from: number,
  to: number,
): Promise<BatchResult[]> {
  const some = transactions.slice(from, to);
  const answers = await Promise.all(types.map((kind) => predictTransactions(parts, kind, some)));
  return some.map((_, i) => {
    const of = answers.map(({ documents, version }, k) => [types[k], { ...documents[i], model_version: version }]);
    return { index: from + i, predictions: Object.fromEntries(of) };
  });
}
