import type { ServedModel } from "../models/load-served-model.ts";
import { answerRows, parseRows } from "./answer-rows.ts";
import type { InferenceThreads } from "./inference-threads.ts";

/** Work up to this long is done where it arrives; more would hold up other requests. */
const INLINE_MICROSECONDS = 500;
/** Bodies up to this size are parsed where they arrive. */
const INLINE_BYTES = 32_768;

/** Predictions as JSON text. */
export interface JsonPredictions {
  readonly rows: number;
  /** An array, one object a row. */
  readonly predictions: string | Uint8Array;
}

/**
 * Predicts rows of JSON. A few rows of a fast model are predicted at once; everything else goes to a thread, which parses,
 * predicts and writes JSON.
 *
 * @throws Problem 400 or 422
 */
export async function predictJson(
  model: ServedModel,
  body: Uint8Array,
  maxRows: number,
  threads: InferenceThreads,
): Promise<JsonPredictions> {
  if (body.length <= INLINE_BYTES) {
    const rows = parseRows(body, maxRows);
    if (rows.length * model.oneRowMicroseconds <= INLINE_MICROSECONDS)
      return { rows: rows.length, predictions: JSON.stringify(await answerRows(model.predictor, rows)) };
  }
  const reply = await threads.answer("answerJson", model.stored, { body, maxRows });
  return { rows: reply.rows, predictions: reply.body };
}
