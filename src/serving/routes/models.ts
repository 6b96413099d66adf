import type { FastifyInstance } from "fastify";
import type { JsonObject, JsonValue } from "../../core/index.ts";
import { outputColumns } from "../../models/index.ts";
import type { ServedModel } from "../models/load-served-model.ts";
import { createHealthCheck } from "../models/model-health.ts";
import type { ShelfEntry } from "../models/model-shelf.ts";
import type { ServerParts } from "../parts.ts";
import { MODEL_PARAMS } from "../schemas/model-name.ts";
import { json, problems } from "../schemas/responses.ts";

const NAMED = { model: { type: "string" }, model_version: { type: "string" }, model_sha256: { type: "string" } };
const TEXT_OR_NULL = { type: ["string", "null"] };
const COLUMNS = {
  type: "array",
  items: {
    type: "object",
    required: ["name", "kind"],
    properties: { name: { type: "string" }, kind: { type: "string" } },
  },
};

const STATUS_SCHEMA = {
  tags: ["models"],
  summary: "Served models and their versions",
  response: {
    200: json("Every model that was asked for, by name", {
      models: {
        type: "array",
        items: {
          type: "object",
          required: ["name", "state", "version", "sha256"],
          properties: {
            name: { type: "string" },
            state: { type: "string", enum: ["loaded", "unloaded", "failed"] },
            version: TEXT_OR_NULL,
            sha256: TEXT_OR_NULL,
            algorithm: TEXT_OR_NULL,
            task: TEXT_OR_NULL,
            loaded_at: TEXT_OR_NULL,
            one_row_microseconds: { type: ["number", "null"] },
          },
        },
      },
    }),
  },
};

const INFO_SCHEMA = {
  tags: ["models"],
  summary: "Schema, metrics and metadata of a model",
  params: MODEL_PARAMS,
  response: {
    200: json("The model", {
      ...NAMED,
      algorithm: { type: "string" },
      task: { type: "string" },
      target: { type: "string" },
      inputs: COLUMNS,
      outputs: COLUMNS,
      metrics: { type: "object" },
      metadata: { type: "object" },
    }),
    ...problems(400, 404, 422, 503),
  },
};

const RELOAD_SCHEMA = {
  tags: ["models"],
  summary: "Load the newest version of a model and swap it in",
  description: "Requests under way finish with the version that they began with. On an error nothing is swapped.",
  params: MODEL_PARAMS,
  response: {
    200: json("What is served from now on", { ...NAMED, changed: { type: "boolean" } }),
    ...problems(400, 404, 413, 415, 422, 503),
  },
};

const HEALTH_SCHEMA = {
  tags: ["models"],
  summary: "Hash, golden prediction and speed of each model in memory",
  description:
    "Reads each from disk again. Takes some tenths of a second a model; asked again within ten seconds, it says the same.",
  response: {
    200: json("Every model in memory", {
      models: {
        type: "array",
        items: {
          type: "object",
          required: ["name", "version", "hash", "golden", "one_row_microseconds", "rows_per_second"],
          properties: {
            name: { type: "string" },
            version: TEXT_OR_NULL,
            hash: { type: "string", enum: ["verified", "differs", "failed"] },
            golden: {
              type: ["boolean", "null"],
              description: "The same bits as when it was saved; null where none were kept",
            },
            one_row_microseconds: { type: ["number", "null"] },
            rows_per_second: { type: ["number", "null"] },
          },
        },
      },
    }),
  },
};

type Named = { Params: { name: string } };

/** `/models/status`, `/models/health`, `/models/{name}/info`, `/models/{name}/reload`. */
export function addModelRoutes(app: FastifyInstance, { shelf }: ServerParts): void {
  app.get("/models/status", { schema: STATUS_SCHEMA }, async () => ({ models: shelf.entries().map(statusOf) }));
  const health = createHealthCheck(shelf);
  app.get("/models/health", { schema: HEALTH_SCHEMA }, async () => ({ models: await health() }));
  app.get<Named>("/models/:name/info", { schema: INFO_SCHEMA }, async ({ params }) =>
    shelf.use(params.name, (model) => infoOf(params.name, model)),
  );
  app.post<Named>("/models/:name/reload", { schema: RELOAD_SCHEMA }, async ({ params, log }) => {
    const { model, changed } = await shelf.reload(params.name);
    log.info({ model: params.name, version: model.stored.version, changed }, "model reloaded");
    return { ...namesOf(params.name, model), changed };
  });
}

function statusOf({ name, state, version, sha256, model }: ShelfEntry): JsonObject {
  return {
    name,
    state,
    version,
    sha256,
    algorithm: model?.stored.model.content.algorithm ?? null,
    task: model?.stored.model.task.kind ?? null,
    loaded_at: model?.loadedAt ?? null,
    one_row_microseconds: model === null ? null : Math.round(model.oneRowMicroseconds),
  };
}

function infoOf(name: string, model: ServedModel): JsonObject {
  const { model: content, metadata } = model.stored;
  return {
    ...namesOf(name, model),
    algorithm: content.content.algorithm,
    task: content.task.kind,
    target: content.task.target,
    inputs: model.predictor.inputs.map(({ name: input, kind }) => ({ name: input, kind })),
    outputs: outputColumns(content.task).map(({ name: output, kind }) => ({ name: output, kind })),
    metrics: objectOf(metadata.metrics),
    metadata: publicMetadata(metadata),
  };
}

function namesOf(name: string, { stored }: ServedModel): JsonObject {
  return { model: name, model_version: stored.version, model_sha256: stored.modelSha256 };
}

/** Metadata without what tells of the machine where the model was trained: its request holds paths. */
function publicMetadata(metadata: JsonObject): JsonObject {
  const kept = ["schemaVersion", "savedAt", "algorithm", "task", "target", "rows", "seed", "importance", "imported"];
  return Object.fromEntries(kept.flatMap((key) => (Object.hasOwn(metadata, key) ? [[key, metadata[key]!]] : [])));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
