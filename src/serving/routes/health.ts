import { statfs } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { performance } from "node:perf_hooks";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { JsonObject } from "../../core/index.ts";
import type { ServerParts } from "../parts.ts";
import { Problem } from "../problem.ts";
import { json, problems } from "../schemas/responses.ts";
import { millisecondsSince } from "./predict.ts";

const CHECK = {
  type: "object",
  required: ["status", "latency_ms"],
  properties: { status: { type: "string", enum: ["ok", "failed"] }, latency_ms: { type: "number" } },
};

const WHOLE = json("The whole state", {
  status: { type: "string", enum: ["ok", "starting", "draining", "degraded"] },
  uptime_s: { type: "number" },
  models: { type: "object" },
  checks: { type: "object", additionalProperties: CHECK },
  cpu: { type: "object" },
  memory: { type: "object" },
  disk: { type: ["object", "null"] },
});
const PROBE = json("Yes", { status: { type: "string" } });

/** How long a dependency may take to answer. */
const PATIENCE_MS = 2000;

/** `/health` and its probes. */
export function addHealthRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { lifecycle } = parts;
  const probe = (url: string, summary: string, holds: () => boolean): void => {
    const schema = { tags: ["health"], summary, response: { 200: PROBE, ...problems(503) } };
    app.get(url, { schema, logLevel: "warn" }, async () => {
      if (!holds()) throw new Problem({ status: 503, detail: `The server is ${lifecycle.phase}.`, retryAfter: 1 });
      return { status: "ok" };
    });
  };
  probe("/health/live", "Alive", () => true);
  probe("/health/startup", "Started: every model was verified", () => lifecycle.phase !== "starting");
  probe("/health/ready", "Ready for requests", () => lifecycle.phase === "ready");
  const schema = {
    tags: ["health"],
    summary: "The whole state, with the latency of each dependency",
    response: { 200: WHOLE, 503: WHOLE },
  };
  app.get("/health", { schema }, async (_request, reply) => sendHealth(reply, parts));
}

async function sendHealth(
  reply: FastifyReply,
  { lifecycle, shelf, threads, settings }: ServerParts,
): Promise<JsonObject> {
  const entries = shelf.entries();
  const checks: Record<string, JsonObject> = {
    models_folder: await check(() => statfs(settings.modelsDir)),
    inference_threads: await check(() => threads.ping()),
  };
  const failed = entries.some(({ state }) => state === "failed") || Object.values(checks).some(isFailed);
  const status = lifecycle.phase !== "ready" ? lifecycle.phase : failed ? "degraded" : "ok";
  reply.code(status === "ok" || status === "degraded" ? 200 : 503);
  const count = (wanted: string): number => entries.filter(({ state }) => state === wanted).length;
  return {
    status,
    uptime_s: Math.round(performance.now() - lifecycle.startedAt) / 1000,
    models: { loaded: count("loaded"), unloaded: count("unloaded"), failed: count("failed") },
    checks,
    ...machine(),
    disk: await diskOf(settings.modelsDir),
  };
}

async function check(ask: () => Promise<unknown>): Promise<JsonObject> {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
  });
  const status = await Promise.race([ask(), late]).then(
    () => "ok",
    () => "failed",
  );
  clearTimeout(timer);
  return { status, latency_ms: millisecondsSince(begun) };
}

function isFailed({ status }: JsonObject): boolean {
  return status === "failed";
}

function machine(): JsonObject {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpu: { cores: availableParallelism(), load_1m: loadavg()[0]!, user_s: user / 1e6, system_s: system / 1e6 },
    memory: { rss_bytes: rss, heap_used_bytes: heapUsed, external_bytes: external },
  };
}

async function diskOf(folder: string): Promise<JsonObject | null> {
  const found = await statfs(folder).catch(() => null);
  if (found === null) return null;
  return { free_bytes: found.bavail * found.bsize, total_bytes: found.blocks * found.bsize };
}
