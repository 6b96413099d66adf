import { createModelPredictor, type Model, type ModelPredictor } from "../../models/index.ts";
import { Transferred } from "../../parallel/index.ts";
import { Problem, type ProblemParts } from "../problem.ts";
import { answerRows, parseRows } from "./answer-rows.ts";

/** Rows to be predicted, as they came. */
export interface InferenceRequest {
  readonly sha256: string;
  readonly body: Uint8Array;
  readonly maxRows: number;
}

/** Predictions as they go out, or why there are none. */
export type InferenceReply = { readonly rows: number; readonly body: Uint8Array } | { readonly problem: ProblemParts };

const predictors = new Map<string, Promise<ModelPredictor>>();

/** Takes a model in. What is wrong with it is said by the first prediction. */
export function load({ sha256, model }: { readonly sha256: string; readonly model: Model }): void {
  const predictor = createModelPredictor(model);
  predictor.catch(() => {});
  predictors.set(sha256, predictor);
}

export async function drop({ sha256 }: { readonly sha256: string }): Promise<void> {
  const predictor = predictors.get(sha256);
  predictors.delete(sha256);
  await predictor?.then(
    (loaded) => loaded.dispose(),
    () => {},
  );
}

export function ping(): true {
  return true;
}

/** Rows as JSON → the array of predictions as JSON. */
export function answerJson({ sha256, body, maxRows }: InferenceRequest): Promise<unknown> {
  return answering(async () => {
    const rows = parseRows(body, maxRows);
    const predictions = await answerRows(await predictorOf(sha256), rows);
    return { rows: rows.length, body: new TextEncoder().encode(JSON.stringify(predictions)) };
  });
}

/** Rows as an Arrow IPC stream → the stream of their predictions. */
export function answerArrow({ sha256, body, maxRows }: InferenceRequest): Promise<unknown> {
  return answering(async () => {
    const { answerArrow: answer } = await import("./answer-arrow.ts");
    return answer(await predictorOf(sha256), body, maxRows);
  });
}

async function answering(work: () => Promise<{ rows: number; body: Uint8Array }>): Promise<unknown> {
  try {
    const reply = await work();
    return new Transferred(reply, [reply.body.buffer as ArrayBuffer]);
  } catch (error) {
    if (error instanceof Problem) return { problem: error.parts };
    throw error;
  }
}

function predictorOf(sha256: string): Promise<ModelPredictor> {
  const predictor = predictors.get(sha256);
  if (predictor === undefined) throw new Error("the model must be loaded first");
  return predictor;
}
