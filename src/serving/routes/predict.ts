import { performance } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import { predictJson } from "../inference/predict.ts";
import type { ServerParts } from "../parts.ts";
import { MODEL_PARAMS } from "../schemas/model-name.ts";
import { json, problems } from "../schemas/responses.ts";

/** The registered media type of Arrow's streaming format. */
const ARROW_TYPE = "application/vnd.apache.arrow.stream";
const ARROW_MEDIA = { [ARROW_TYPE]: { schema: { type: "string", format: "binary" } } };

const ANSWER = json("Predictions in the order of the rows", {
  model: { type: "string" },
  model_version: { type: "string" },
  processing_time_ms: { type: "number" },
  predictions: { type: "array", items: { type: "object" } },
});

const SCHEMA = {
  tags: ["predictions"],
  summary: "Predict rows with any model",
  description:
    "A row names every input of the model; null where the value is missing. Other keys are ignored. Rows as an Arrow IPC " +
    "stream are answered with one.",
  params: MODEL_PARAMS,
  body: {
    content: {
      "application/json": {
        schema: {
          type: "object",
          required: ["rows"],
          additionalProperties: false,
          properties: { rows: { type: "array", items: { type: "object" } } },
        },
      },
      ...ARROW_MEDIA,
    },
  },
  response: {
    200: {
      description: "Predictions in the order of the rows",
      content: { ...ANSWER.content, ...ARROW_MEDIA },
    },
    ...problems(400, 404, 413, 415, 422, 429, 503),
  },
} as const;

/** `POST /v1/models/{name}/predict`. */
export function addPredictRoute(
  app: FastifyInstance,
  { shelf, threads, inFlight, metrics, settings }: ServerParts,
): void {
  app.register(async (scope) => {
    // What is in the body is for whoever predicts: a thread, for a large one.
    scope.removeAllContentTypeParsers();
    const types = ["application/json", ARROW_TYPE];
    scope.addContentTypeParser(types, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { name: string } }>(
      "/v1/models/:name/predict",
      { schema: SCHEMA, validatorCompiler: () => () => true, onRequest: inFlight.enter },
      inFlight.holding(async (request, reply) => {
        const begun = performance.now();
        const { name } = request.params as { name: string };
        const body = (request.body as Buffer | undefined) ?? new Uint8Array(0);
        return shelf.use(name, async (model) => {
          if (request.headers["content-type"]?.startsWith(ARROW_TYPE)) {
            const answer = await threads.answer("answerArrow", model.stored, { body, maxRows: settings.maxRows });
            metrics.rows.inc({ model: name }, answer.rows);
            reply.headers({
              "x-model-version": model.stored.version,
              "x-processing-time-ms": millisecondsSince(begun),
            });
            return reply.type(ARROW_TYPE).send(Buffer.from(answer.body.buffer, 0, answer.body.byteLength));
          }
          const { rows, predictions } = await predictJson(model, body, settings.maxRows, threads);
          metrics.rows.inc({ model: name }, rows);
          return reply.type("application/json").send(envelope(name, model.stored.version, begun, predictions));
        });
      }),
    );
  });
}

/** The answer around predictions that are JSON already. */
function envelope(name: string, version: string, begun: number, predictions: string | Uint8Array): string | Buffer {
  const head = JSON.stringify({ model: name, model_version: version, processing_time_ms: millisecondsSince(begun) });
  const start = `${head.slice(0, -1)},"predictions":`;
  if (typeof predictions === "string") return `${start}${predictions}}`;
  return Buffer.concat([Buffer.from(start), predictions, Buffer.from("}")]);
}

/** With three decimals. */
export function millisecondsSince(begun: number): number {
  return Math.round((performance.now() - begun) * 1000) / 1000;
}
