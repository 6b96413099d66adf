import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import swagger from "@fastify/swagger";
import { type FastifyInstance, fastify, LogController } from "fastify";
import { KaaykoError } from "../core/index.ts";
import { listModels } from "../models/index.ts";
import { BatchQueue } from "./batches/batch-queue.ts";
import { folderBatchStore } from "./batches/batch-store.ts";
import { predictChunk } from "./batches/predict-chunk.ts";
import { handleErrors, refuseConnection, sendProblem } from "./error-handler.ts";
import { InFlight } from "./in-flight.ts";
import { InferenceThreads } from "./inference/inference-threads.ts";
import { watchMethods } from "./method-not-allowed.ts";
import { ModelShelf } from "./models/model-shelf.ts";
import { LOOPBACK_HOSTS, type ServerOptions, type ServerSettings, settingsOf } from "./options.ts";
import type { Lifecycle, ServerParts } from "./parts.ts";
import { addBatchRoutes } from "./routes/batches.ts";
import { addDocumentRoutes } from "./routes/documents.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addModelRoutes } from "./routes/models.ts";
import { addPredictRoute } from "./routes/predict.ts";
import { addTransactionRoutes } from "./routes/transactions.ts";
import { createServerMetrics } from "./server-metrics.ts";

export interface KaaykoServer {
  /** The fastify app, for `inject` and for routes of one's own before `listen`. */
  readonly app: FastifyInstance;
  /**
   * Listens; probes and documents answer at once, `/health/ready` once `verified` has resolved.
   *
   * @param options.port default 8080; 0 takes a free one
   * @param options.host default 127.0.0.1
   * @returns the address, as a URL
   * @throws KaaykoError (usage) for a host that is not this machine's loopback
   */
  listen(options?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /**
   * Loads and verifies the models; the server is ready then. Asked again, it waits for the same.
   *
   * @throws KaaykoError where a model that was named cannot be served
   */
  verify(): Promise<void>;
  /** Not ready from now on; resolves once requests under way are answered and everything is closed. Safe to call twice. */
  drain(): Promise<void>;
}

/** Makes a server of the models in a folder. Nothing listens and no model is loaded yet. */
export async function createServer(options: ServerOptions): Promise<KaaykoServer> {
  const settings = settingsOf(options);
  const app = createApp(settings);
  const parts = createParts(app, settings);
  await addRoutes(app, parts);
  await app.ready();
  let verifying: Promise<void> | undefined;
  let draining: Promise<void> | undefined;
  return {
    app,
    listen: ({ port = 8080, host = "127.0.0.1" } = {}) => listen(app, host, port),
    verify: () => {
      verifying ??= verifyModels(parts);
      return verifying;
    },
    drain: () => {
      draining ??= drain(app, parts);
      return draining;
    },
  };
}

function createApp({ logLevel, logStream, maxBodyBytes }: ServerSettings): FastifyInstance {
  const app = fastify({
    logger: { level: logLevel, stream: logStream, base: null },
    // One line a request is written below, once it is answered.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    // Late requests of kept connections are answered too, with `Connection: close`.
    return503OnClosing: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 256 },
    requestIdHeader: false,
    genReqId: ({ headers }) => requestId(headers["x-request-id"]),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true, strict: false } },
    exposeHeadRoutes: true,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (_error, request, reply) =>
      void sendProblem(request, reply as never, { status: 400, detail: "The path must be well-formed." }),
  });
  // What is sent is what the handlers made; schemas of answers are only for the description.
  app.setSerializerCompiler(() => (document) => JSON.stringify(document));
  app.decorateRequest("place", null);
  handleErrors(app);
  return app;
}

/** The client's own id of a request where it is harmless in a log and a header, else a new one. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[A-Za-z0-9._:-]{1,64}$/.test(given) ? given : randomUUID();
}

function createParts(app: FastifyInstance, settings: ServerSettings): ServerParts {
  const lifecycle: Lifecycle = { phase: "starting", startedAt: performance.now() };
  const threads = new InferenceThreads(settings.threads);
  const shelf = new ModelShelf({
    modelsDir: settings.modelsDir,
    names: settings.models,
    capacity: settings.maxModels,
    onFailure: (model, error) => app.log.error({ model, err: error }, "model cannot be loaded"),
    onUnload: (sha256) => threads.forget(sha256),
  });
  const runChunk = predictChunk.bind(null, { settings, shelf, threads });
  const batches = new BatchQueue(folderBatchStore(settings.batchesDir), runChunk, (batch, error) =>
    app.log.error({ batch, err: error }, "batch failed"),
  );
  const inFlight = new InFlight(settings.maxInFlight);
  const metrics = createServerMetrics({
    models: () =>
      shelf
        .entries()
        .flatMap(({ name, version, sha256 }) => (sha256 === null ? [] : [{ name, version: version!, sha256 }])),
    inFlight: () => inFlight.count,
    ready: () => lifecycle.phase === "ready",
  });
  return { settings, shelf, threads, batches, inFlight, metrics, lifecycle };
}

async function addRoutes(app: FastifyInstance, parts: ServerParts): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "kaayko",
        version: "1",
        description: "Predictions of trained models. Errors are problem documents (RFC 9457).",
      },
    },
  });
  observeRequests(app, parts);
  const refuseOtherMethods = watchMethods(app);
  addPredictRoute(app, parts);
  addTransactionRoutes(app, parts);
  addBatchRoutes(app, parts);
  addModelRoutes(app, parts);
  addHealthRoutes(app, parts);
  addDocumentRoutes(app, parts);
  refuseOtherMethods();
}

/** Counts, times and logs every request; nothing of its contents. */
function observeRequests(app: FastifyInstance, { metrics, lifecycle }: ServerParts): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  app.addHook("onSend", async (_request, reply) => {
    // Or the connection would stay open, and with it the process, until it has been idle for long.
    if (lifecycle.phase === "draining") reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "none";
    const { statusCode: status, elapsedTime } = reply;
    metrics.requests.inc({ route, method, status: String(status) });
    metrics.seconds.observe({ route, method }, elapsedTime / 1000);
    request.log.info({ method, route, status, ms: Math.round(elapsedTime * 1000) / 1000 }, "request");
  });
}

async function verifyModels({ settings, shelf, batches, lifecycle }: ServerParts): Promise<void> {
  const found = settings.models ?? [...new Set((await listModels(settings.modelsDir)).map(({ name }) => name))];
  for (const name of found) {
    const loading = shelf.reload(name);
    if (settings.models === null) await loading.catch(() => {});
    else await loading.catch((error: Error) => Promise.reject(notServed(name, error)));
  }
  await batches.open();
  if (lifecycle.phase === "starting") lifecycle.phase = "ready";
}

function notServed(name: string, error: Error): KaaykoError {
  return new KaaykoError({
    action: `serve the model ${name}`,
    rule: error.message,
    remedy: "kaayko models list shows those that there are.",
    kind: "input",
    cause: error,
  });
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  if (!(LOOPBACK_HOSTS as readonly string[]).includes(host))
    throw new KaaykoError({
      action: "listen",
      rule: "the host must be this machine's own (127.0.0.1)",
      got: host,
      remedy: "There is no authentication yet: put a proxy that has some in front.",
      kind: "usage",
    });
  return app.listen({ host, port });
}

async function drain(
  app: FastifyInstance,
  { lifecycle, threads, shelf, batches, settings }: ServerParts,
): Promise<void> {
  lifecycle.phase = "draining";
  // Clients that keep connections are told to let them go, so that none is closed under a request that is being sent.
  if (await hasConnections(app)) await sleep(settings.drainDelayMs);
  await app.close();
  await batches.close();
  await threads.close();
  await shelf.close();
}

function hasConnections({ server }: FastifyInstance): Promise<boolean> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count > 0)));
}
