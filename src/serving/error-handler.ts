import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { pointerPart } from "./json-pointer.ts";
import { type FieldError, PROBLEM_TYPE, Problem, type ProblemParts, problemDocument } from "./problem.ts";

const MAX_FIELD_ERRORS = 100;

/** What fastify's own refusals of a request become. */
const REFUSALS: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, detail: "The body is larger than this server takes." },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, detail: "This route does not take a body of that content type." },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, detail: "The body must be JSON; it is empty." },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, detail: "The body must be valid JSON." },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, detail: "The body must be as long as its Content-Length says." },
  FST_ERR_BAD_URL: { status: 400, detail: "The path must be well-formed." },
  FST_ERR_MAX_PARAM_LENGTH: { status: 404, detail: "There is no such route." },
};

/** Answers every error of an app with a problem document. What is not the client's doing is logged and not told. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const parts = partsOf(error);
    if (parts.status >= 500 && !(error instanceof Problem)) request.log.error({ err: error }, "request failed");
    return sendProblem(request, reply, parts);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, { status: 404, detail: "There is no such route." }),
  );
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, parts: ProblemParts): FastifyReply {
  if (parts.retryAfter !== undefined) reply.header("retry-after", String(parts.retryAfter));
  if (parts.allow !== undefined) reply.header("allow", parts.allow);
  return reply
    .code(parts.status)
    .type(PROBLEM_TYPE)
    .serializer((document: unknown) => JSON.stringify(document))
    .send(problemDocument(parts, request.id));
}

/** Answers what is not even HTTP. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const detail = { 431: "The headers are too large.", 408: "The request took too long.", 400: "This is not HTTP." };
  const body = JSON.stringify(problemDocument({ status, detail: detail[status] }, "none"));
  socket.end(
    `HTTP/1.1 ${status} Error\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function partsOf(error: FastifyError | Problem): ProblemParts {
  if (error instanceof Problem) return error.parts;
  if (error.validation !== undefined) {
    const context = error.validationContext ?? "body";
    return { status: 422, detail: `The ${context} does not fit its schema.`, errors: fieldErrors(error, context) };
  }
  const refusal = Object.hasOwn(REFUSALS, error.code ?? "") ? REFUSALS[error.code] : undefined;
  if (refusal !== undefined) return refusal;
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return { status, detail: "The request cannot be understood." };
  return { status: 500, detail: "The server failed. Its log says why, under the id of this request." };
}

function fieldErrors({ validation }: FastifyError, context: string): FieldError[] {
  return validation!.slice(0, MAX_FIELD_ERRORS).map(({ instancePath, params, message }) => {
    const extra = params.missingProperty ?? params.additionalProperty;
    const path = `${instancePath}${extra === undefined ? "" : `/${pointerPart(String(extra))}`}`;
    const shown = context === "body" ? path : path.slice(1);
    return { path: shown.slice(0, 200), message: message ?? "is not valid" };
  });
}
