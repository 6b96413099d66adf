import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/index.ts";
import { BATCH_STATES, type BatchResult, type BatchStatus, MAX_BATCH_TRANSACTIONS } from "../batches/batch.ts";
import { resultsCsv } from "../batches/results-csv.ts";
import type { ServerParts } from "../parts.ts";
import { json, problems } from "../schemas/responses.ts";
import { TRANSACTION_ANSWERS } from "../schemas/transactions.ts";
import { useTransactionModel } from "../transactions/predict-transactions.ts";
import {
  TRANSACTION_KINDS,
  type Transaction,
  type TransactionKind,
  transactionSchema,
} from "../transactions/transaction.ts";

const STATE = { type: "string", enum: BATCH_STATES };
const JOB = { job_id: { type: "string", format: "uuid" }, status: STATE };
const JOB_PARAMS = {
  type: "object",
  required: ["job_id"],
  properties: { job_id: { type: "string", maxLength: 100 } },
};

const SUBMIT_SCHEMA = {
  tags: ["transactions"],
  summary: "Predict many transactions in the background",
  body: {
    type: "object",
    required: ["transactions", "prediction_types"],
    additionalProperties: false,
    properties: {
      transactions: { type: "array", minItems: 1, maxItems: MAX_BATCH_TRANSACTIONS, items: transactionSchema(false) },
      prediction_types: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        items: { type: "string", enum: TRANSACTION_KINDS },
      },
    },
  },
  response: { 202: json("Kept, and predicted in its turn", JOB), ...problems(400, 413, 415, 422, 429, 503) },
};

const STATUS_SCHEMA = {
  operationId: "batchStatus",
  tags: ["transactions"],
  summary: "Where a batch stands",
  params: JOB_PARAMS,
  response: {
    200: json("Its progress", {
      ...JOB,
      total: { type: "integer" },
      processed: { type: "integer" },
      progress: { type: "number", minimum: 0, maximum: 1 },
      created_at: { type: "string" },
      error: { type: ["string", "null"] },
    }),
    ...problems(400, 404, 422),
  },
};

/** How programs that read the document find their batch again. */
const JOB_ID = { job_id: "$response.body#/job_id" };
const SUBMIT_LINKS = {
  202: {
    status: { operationId: "batchStatus", parameters: JOB_ID, description: "Where this batch stands" },
    results: { operationId: "batchResults", parameters: JOB_ID, description: "Its results, once it is completed" },
  },
};

const ANSWER_OF_ONE = Object.fromEntries(
  TRANSACTION_KINDS.map((kind) => [kind, { type: "object", properties: TRANSACTION_ANSWERS[kind] }]),
);
const RESULTS = json("One result a transaction, in their order", {
  ...JOB,
  results: {
    type: "array",
    items: { type: "object", required: ["index"], properties: { index: { type: "integer" }, ...ANSWER_OF_ONE } },
  },
});
const RESULTS_SCHEMA = {
  operationId: "batchResults",
  tags: ["transactions"],
  summary: "The results of a batch",
  description: "CSV where `Accept` prefers `text/csv`.",
  params: JOB_PARAMS,
  response: {
    200: { ...RESULTS, content: { ...RESULTS.content, "text/csv": { schema: { type: "string" } } } },
    ...problems(400, 404, 409, 422),
  },
};

interface SubmitBody {
  readonly transactions: Transaction[];
  readonly prediction_types: TransactionKind[];
}

type OfJob = { Params: { job_id: string } };

/** `/predict/batch`, `/batch/status/{job_id}` and `/batch/results/{job_id}`. */
export function addBatchRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { batches } = parts;
  const submit = { schema: SUBMIT_SCHEMA, links: SUBMIT_LINKS };
  app.post<{ Body: SubmitBody }>("/predict/batch", submit, async ({ body }, reply) => {
    const { transactions, prediction_types: types } = body;
    for (const kind of types) await useTransactionModel(parts, kind, async () => {});
    const { id, state } = await batches.submit({ transactions, types });
    return reply.code(202).send({ job_id: id, status: state });
  });
  app.get<OfJob>("/batch/status/:job_id", { schema: STATUS_SCHEMA }, async ({ params }) =>
    statusDocument(batches.status(params.job_id)),
  );
  app.get<OfJob>("/batch/results/:job_id", { schema: RESULTS_SCHEMA }, async ({ params, headers }, reply) => {
    const results = await batches.results(params.job_id);
    if (prefersCsv(headers.accept)) return reply.type("text/csv; charset=utf-8").send(resultsCsv(results));
    return { job_id: params.job_id, status: "completed", results: results.map(resultDocument) };
  });
}

function statusDocument({ id, state, total, processed, createdAt, reason }: BatchStatus): JsonObject {
  const progress = state === "completed" ? 1 : processed / total;
  return { job_id: id, status: state, total, processed, progress, created_at: createdAt, error: reason };
}

function resultDocument({ index, predictions }: BatchResult): JsonObject {
  return { index, ...predictions };
}

/** Whether CSV is named before JSON and anything. */
function prefersCsv(accept = ""): boolean {
  const types = accept.split(",").map((type) => type.split(";")[0]!.trim().toLowerCase());
  return types.find((type) => ["text/csv", "application/json", "*/*"].includes(type)) === "text/csv";
}
