import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createServer, type KaaykoServer } from "../../src/index.ts";
import { HOUSE, type Served, servedFolder, trainHouses } from "./models.ts";

let served: Served;
let server: KaaykoServer;
beforeAll(async () => {
  served = await servedFolder();
  await trainHouses(served.modelsDir);
  await mkdir(join(served.modelsDir, "broken", "1"), { recursive: true });
  await writeFile(join(served.modelsDir, "broken", "1", "model.json"), "{");
  server = await served.start();
});
afterAll(() => served.close());

const get = (url: string) => server.app.inject({ method: "GET", url });
const predict = (on = server) =>
  on.app.inject({ method: "POST", url: "/v1/models/houses/predict", payload: { rows: [HOUSE] } });

it("lists models, those that cannot be loaded too", async () => {
  const { models } = (await get("/models/status")).json();
  expect(models).toEqual([
    expect.objectContaining({ name: "broken", state: "failed", version: null }),
    expect.objectContaining({
      name: "houses",
      state: "loaded",
      version: "1",
      algorithm: "xgboost",
      task: "regression",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
  ]);
  const broken = await server.app.inject({ method: "POST", url: "/v1/models/broken/predict", payload: { rows: [] } });
  expect(broken.statusCode).toBe(503);
  expect(broken.body).not.toContain(served.folder);
});

it("tells what a model takes and gives, and nothing of the machine where it was trained", async () => {
  const reply = await get("/models/houses/info");
  expect(reply.json()).toMatchObject({
    model: "houses",
    model_version: "1",
    target: "price",
    inputs: [
      { name: "area", kind: "numeric" },
      { name: "city", kind: "categorical" },
      { name: "built", kind: "date" },
    ],
    outputs: [{ name: "prediction", kind: "numeric" }],
    metrics: { test: { rmse: expect.any(Number) } },
  });
  expect(reply.body).not.toContain(served.folder);
  expect((await get("/models/horses/info")).statusCode).toBe(404);
});

it("checks hash, golden prediction and speed of each model, from disk", async () => {
  const health = async () => (await get("/models/health")).json().models;
  const [checked, again] = await Promise.all([health(), health()]);
  expect(checked).toEqual([expect.objectContaining({ name: "houses", version: "1", hash: "verified", golden: true })]);
  expect(checked[0].rows_per_second).toBeGreaterThan(0);
  expect(again).toEqual(checked);
});

it("serves no model that predicts other bits than when it was saved", async () => {
  const folder = await servedFolder();
  await trainHouses(folder.modelsDir);
  const path = join(folder.modelsDir, "houses", "1", "golden.json");
  const golden = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...golden, predictions: golden.predictions.replace(/^../, "00") }));
  const wary = await folder.start();
  expect((await predict(wary)).statusCode).toBe(503);
  expect(folder.log.join("")).toContain("what it did when it was saved");
  await folder.close();
});

it("swaps in the newest version on demand", async () => {
  const before = (await predict()).json();
  const same = await server.app.inject({ method: "POST", url: "/models/houses/reload" });
  expect(same.json()).toMatchObject({ model_version: "1", changed: false });
  await trainHouses(served.modelsDir, "houses", 3);
  expect((await predict()).json().predictions).toEqual(before.predictions);
  const swapped = await server.app.inject({ method: "POST", url: "/models/houses/reload" });
  expect(swapped.json()).toMatchObject({ model_version: "2", changed: true });
  const after = (await predict()).json();
  expect(after.model_version).toBe("2");
  expect(after.predictions[0].prediction / before.predictions[0].prediction).toBeCloseTo(3, 1);
});

it("keeps what it serves where the newest version is damaged", async () => {
  const { model_version } = (await predict()).json();
  await mkdir(join(served.modelsDir, "houses", "99"));
  await writeFile(join(served.modelsDir, "houses", "99", "model.json"), "{}");
  const reload = await server.app.inject({ method: "POST", url: "/models/houses/reload" });
  expect(reload.statusCode).toBe(503);
  expect((await predict()).json().model_version).toBe(model_version);
});

it("forgets the model that was not used for longest, and loads it again when it is asked for", async () => {
  const folder = await servedFolder();
  await trainHouses(folder.modelsDir, "houses", 1);
  await trainHouses(folder.modelsDir, "twins", 1);
  await trainHouses(folder.modelsDir, "villas", 5);
  const small = await folder.start({ maxModels: 1 });
  const states = async () =>
    (await small.app.inject("/models/status")).json().models.map(({ state }: { state: string }) => state);
  expect(await states()).toEqual(["unloaded", "unloaded", "loaded"]);
  expect((await predict(small)).statusCode).toBe(200);
  // Equal contents are one model in memory.
  expect(await states()).toEqual(["loaded", "loaded", "unloaded"]);
  await folder.close();
});

it("is ready once its models are verified and until it drains", async () => {
  const starting = await createServer({
    modelsDir: served.modelsDir,
    models: ["houses"],
    logLevel: "silent",
    threads: 1,
  });
  const status = async (url: string) => (await starting.app.inject(url)).statusCode;
  expect([await status("/health/live"), await status("/health/startup"), await status("/health/ready")]).toEqual([
    200, 503, 503,
  ]);
  expect((await starting.app.inject("/health")).json().status).toBe("starting");
  await expect(starting.verify()).rejects.toThrow("cannot be loaded");
  await starting.drain();
  await starting.drain();
  expect([(await get("/health/startup")).statusCode, (await get("/health/ready")).statusCode]).toEqual([200, 200]);
  // A thread that has yet to start may be too late for the first answer.
  const whole = async () => (await get("/health")).json();
  await expect
    .poll(whole, { timeout: 300_000 })
    .toMatchObject({ checks: { models_folder: { status: "ok" }, inference_threads: { status: "ok" } } });
  expect(await whole()).toMatchObject({
    status: "degraded",
    models: { loaded: 1, failed: 1 },
    checks: {
      models_folder: { latency_ms: expect.any(Number) },
      inference_threads: { latency_ms: expect.any(Number) },
    },
    memory: { rss_bytes: expect.any(Number) },
    disk: { free_bytes: expect.any(Number) },
  });
});

it("counts what it does", async () => {
  await predict();
  const reply = await get("/metrics");
  expect(reply.headers["content-type"]).toContain("text/plain");
  for (const line of [
    /^kaayko_http_requests_total\{route="\/v1\/models\/:name\/predict",method="POST",status="200"\} [1-9]/m,
    /^kaayko_http_request_seconds_bucket\{le="0.001",route="\/v1\/models\/:name\/predict",method="POST"\} \d+/m,
    /^kaayko_predicted_rows_total\{model="houses"\} [1-9]/m,
    /^kaayko_model_info\{model="houses",version="2",sha256="[0-9a-f]{64}"\} 1/m,
    /^kaayko_ready 1/m,
    /^nodejs_eventloop_lag_seconds /m,
    /^process_resident_memory_bytes \d/m,
  ])
    expect(reply.body).toMatch(line);
});

it("logs each request without what is in it, under the client's id where that is harmless", async () => {
  served.log.length = 0;
  const headers = { "x-request-id": "order-7" };
  const payload = { rows: [{ ...HOUSE, city: "Atlantis" }] };
  const reply = await server.app.inject({
    method: "POST",
    url: "/v1/models/houses/predict?secret=1",
    payload,
    headers,
  });
  expect(reply.headers["x-request-id"]).toBe("order-7");
  expect(JSON.parse(served.log.at(-1)!)).toMatchObject({
    reqId: "order-7",
    route: "/v1/models/:name/predict",
    status: 200,
  });
  expect(served.log.join("")).not.toMatch(/Atlantis|secret/);
  const bad = await server.app.inject({ url: "/health", headers: { "x-request-id": "a\u00e9 b" } });
  expect(bad.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

it("answers unknown routes with 404 and other methods with 405 and those that there are", async () => {
  expect((await get("/nothing")).json()).toMatchObject({ status: 404 });
  for (const [method, url, allow] of [
    ["DELETE", "/v1/models/houses/predict", "POST"],
    ["POST", "/metrics", "GET, HEAD"],
    ["PUT", "/health/ready", "GET, HEAD"],
    ["QUERY" as "PUT", "/models/houses/info", "GET, HEAD"],
  ] as const) {
    const reply = await server.app.inject({ method, url });
    expect([reply.statusCode, reply.headers.allow, reply.json().status]).toEqual([405, allow, 405]);
  }
});

it("describes itself as OpenAPI 3.1 and as a page that loads nothing", async () => {
  const document = (await get("/docs/json")).json();
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(["/v1/models/{name}/predict", "/models/status", "/health", "/metrics", "/docs"]),
  );
  const { links } = document.paths["/predict/batch"].post.responses["202"];
  const operations = Object.values<{ get?: { operationId?: string } }>(document.paths).map(
    (path) => path.get?.operationId,
  );
  for (const { operationId } of Object.values<{ operationId: string }>(links))
    expect(operations).toContain(operationId);
  const page = await get("/docs");
  expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  for (const path of Object.keys(document.paths)) expect(page.body).toContain(path);
  expect(page.body).not.toMatch(/<script|src=|https?:\/\//);
});

it("listens on this machine only", async () => {
  await expect(server.listen({ host: "0.0.0.0", port: 0 })).rejects.toThrow("this machine's own");
});
