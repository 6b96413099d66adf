import type { JsonObject, Predictor, Role, TextExplanation } from "../../core/index.ts";
import { targetWidth } from "../../core/index.ts";
import { compactExamples } from "../compact.ts";
import type { PreparedData } from "../preparation.ts";
import type { Work } from "../sequence.ts";
import { judgeLabels } from "./judged-labels.ts";
import { labelPairs } from "./label-pairs.ts";
import { textErrors } from "./text-errors.ts";

/** Rows that are looked at: the first of the role. */
const MOST_TEXTS = 5000;

export interface TextReportRequest {
  readonly prepared: PreparedData;
  readonly role: Role;
  readonly thresholds: readonly number[] | undefined;
  createPredictor(): Promise<Predictor>;
}

/** Predicts texts once, and says which labels come together and which errors are worth reading: one step. */
export async function createTextReport(request: TextReportRequest): Promise<Work> {
  let texts: TextExplanation | null = null;
  return {
    version: 1,
    step: async () => {
      texts = await report(request);
      return { done: true, step: 1, total: 1, unit: "block" };
    },
    getState: () => ({ json: {}, arrays: {} }),
    setState: () => {},
    result: async () => ({ json: { texts: texts as unknown as JsonObject }, arrays: {} }),
  };
}

async function report({
  prepared,
  role,
  thresholds,
  createPredictor,
}: TextReportRequest): Promise<TextExplanation | null> {
  const { dataset, texts } = prepared;
  const { task } = dataset;
  const stream = await dataset.stream(role, { batchRows: MOST_TEXTS, shuffle: null });
  try {
    const batch = await stream.next();
    if (batch === null || texts === undefined) return null;
    const { table, target } = compactExamples(batch, targetWidth(task));
    const judged = judgeLabels(task, await predictOnce(createPredictor, table), target, thresholds);
    const cells = await texts(role, table.rows);
    const pairs = task.kind === "multilabel" ? { pairs: labelPairs(judged) } : {};
    return { rows: table.rows, ...pairs, errors: textErrors(judged, cells) };
  } finally {
    await stream.close();
  }
}

async function predictOnce(
  create: TextReportRequest["createPredictor"],
  table: Parameters<Predictor["predict"]>[0],
): Promise<Float64Array> {
  const predictor = await create();
  try {
    return await predictor.predict(table);
  } finally {
    await predictor.dispose();
  }
}
