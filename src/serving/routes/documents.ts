import type { FastifyInstance } from "fastify";
import type { JsonObject } from "../../core/index.ts";
import { renderDocsPage } from "../docs-page.ts";
import type { ServerParts } from "../parts.ts";

const text = (description: string, type: string): object => ({
  description,
  content: { [type]: { schema: { type: "string" } } },
});

/** `/metrics`, `/docs` and `/docs/json`. */
export function addDocumentRoutes(app: FastifyInstance, { metrics }: ServerParts): void {
  const { registry } = metrics;
  const metricsSchema = {
    tags: ["operations"],
    summary: "Metrics for Prometheus",
    response: { 200: text("Prometheus' text format", "text/plain") },
  };
  app.get("/metrics", { schema: metricsSchema, logLevel: "warn" }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  const pageSchema = {
    tags: ["operations"],
    summary: "This description as a page",
    response: { 200: text("A page without scripts", "text/html") },
  };
  app.get("/docs", { schema: pageSchema }, async (_request, reply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
      .header("x-content-type-options", "nosniff")
      .send(renderDocsPage(app.swagger() as unknown as JsonObject)),
  );
  const jsonSchema = {
    tags: ["operations"],
    summary: "This description as OpenAPI 3.1",
    response: { 200: { description: "OpenAPI", content: { "application/json": { schema: { type: "object" } } } } },
  };
  app.get("/docs/json", { schema: jsonSchema }, async () => app.swagger());
}
