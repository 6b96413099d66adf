import { tableFromArrays, tableFromIPC, tableToIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createModelPredictor, findModel, type KaaykoServer, predictRows } from "../../src/index.ts";
import { beginRequest, readAnswer } from "./half-request.ts";
import { HOUSE, type Served, servedFolder, trainHouses, trainSold } from "./models.ts";

let served: Served;
let server: KaaykoServer;
beforeAll(async () => {
  served = await servedFolder();
  await trainHouses(served.modelsDir);
  await trainSold(served.modelsDir);
  server = await served.start({ maxBodyBytes: 300_000, maxRows: 5000 });
});
afterAll(() => served.close());

function post(name: string, payload: string | Buffer | object, type = "application/json") {
  const url = `/v1/models/${name}/predict`;
  const body = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  return server.app.inject({ method: "POST", url, headers: { "content-type": type }, payload: body });
}

/** What the library predicts for the same rows. */
async function expected(name: string, rows: readonly object[]) {
  const { model } = await findModel(name, served.modelsDir);
  const predictor = await createModelPredictor(model);
  const predictions = await predictRows(predictor, rows);
  await predictor.dispose();
  return predictions;
}

const PROBLEM = {
  type: "about:blank",
  title: expect.any(String),
  instance: expect.stringMatching(/^urn:kaayko:request:/),
};

describe("a prediction", () => {
  it("is what the library predicts, in the order of the rows, on the event loop and on a thread", async () => {
    const many = Array.from({ length: 2000 }, (_, i) => ({
      ...HOUSE,
      area: 20 + (i % 60),
      city: i % 7 ? "Oslo" : null,
    }));
    for (const rows of [[HOUSE], [HOUSE, { ...HOUSE, area: null }], many]) {
      const reply = await post("houses", { rows });
      expect(reply.statusCode, reply.body.slice(0, 300)).toBe(200);
      expect(reply.headers["content-type"]).toContain("application/json");
      expect(reply.json()).toEqual({
        model: "houses",
        model_version: "1",
        processing_time_ms: expect.any(Number),
        predictions: await expected("houses", rows),
      });
    }
  });

  it("of classes has their probabilities", async () => {
    const rows = [{ area: 40, city: "Oslo" }];
    const reply = await post("sold", { rows });
    expect(reply.json().predictions).toEqual(await expected("sold", rows));
    expect(reply.json().predictions[0]).toMatchObject({ prediction: "true", probability: expect.any(Number) });
  });

  it("of no rows is none", async () => {
    expect((await post("houses", { rows: [] })).json().predictions).toEqual([]);
  });

  it("takes columns of any name and reaches no prototype", async () => {
    const text = `{"rows":[{"area":80,"city":"Oslo","built":"1999-05-01","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]}`;
    const reply = await post("houses", text);
    expect(reply.statusCode).toBe(200);
    expect(reply.json().predictions).toEqual(await expected("houses", [HOUSE]));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("rows as an Arrow stream", () => {
  const ARROW = "application/vnd.apache.arrow.stream";

  it("are answered with the predictions of the same rows as JSON", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => ({ area: 20 + (i % 60), city: i % 3 ? "Oslo" : null, more: i }));
    const table = tableFromArrays({
      area: rows.map(({ area }) => area),
      city: rows.map(({ city }) => city),
      more: rows.map(({ more }) => more),
    });
    const reply = await post("sold", Buffer.from(tableToIPC(table, "stream")), ARROW);
    expect(reply.statusCode, reply.body.slice(0, 300)).toBe(200);
    expect([reply.headers["content-type"], reply.headers["x-model-version"]]).toEqual([ARROW, "1"]);
    const answer = tableFromIPC(reply.rawPayload).toArray();
    expect(answer.map((row) => row.toJSON())).toEqual(await expected("sold", rows));
    const none = Buffer.from(tableToIPC(table.slice(0, 0), "stream"));
    expect(tableFromIPC((await post("sold", none, ARROW)).rawPayload).numRows).toBe(0);
  });

  it("are refused where they are damaged, lack an input or are too many", async () => {
    const bytes = Buffer.from(tableToIPC(tableFromArrays({ area: [1, 2], city: ["Oslo", "Lyon"] }), "stream"));
    const lacking = Buffer.from(tableToIPC(tableFromArrays({ area: [1, 2] }), "stream"));
    const many = Buffer.from(tableToIPC(tableFromArrays({ area: new Float64Array(6000) }), "stream"));
    for (const body of [bytes.subarray(0, 90), Buffer.from("not Arrow"), Buffer.alloc(0), lacking, many]) {
      const reply = await post("sold", body, ARROW);
      expect([reply.statusCode, reply.json().status]).toEqual([422, 422]);
    }
    for (let position = 0; position < bytes.length; position += 7) {
      const changed = Buffer.from(bytes);
      changed[position]! ^= 0xff;
      expect([200, 422]).toContain((await post("sold", changed, ARROW)).statusCode);
    }
  });
});

describe("a refusal", () => {
  it.each([
    [400, "no JSON", "houses", "{rows", undefined],
    [400, "an empty body", "houses", "", undefined],
    [400, "UTF-8 that is none", "houses", Buffer.from([0x22, 0xff, 0x22]), undefined],
    [400, "too many levels", "houses", `{"rows":${"[".repeat(90)}${"]".repeat(90)}}`, undefined],
    [404, "an unknown model", "horses", '{"rows":[]}', undefined],
    [404, "a path for a name", "..%2Fhouses", '{"rows":[]}', undefined],
    [413, "a body over the limit", "houses", `{"rows":[${" ".repeat(400_000)}]}`, undefined],
    [415, "a foreign content type", "houses", "<rows/>", "application/xml"],
    [422, "no object", "houses", "[]", undefined],
    [422, "no rows", "houses", "{}", undefined],
    [422, "an unknown key", "houses", '{"rows":[],"row":1}', undefined],
    [422, "too many rows", "houses", `{"rows":[${"{},".repeat(5000)}{}]}`, undefined],
  ] as const)("is %i for %s", async (status, _what, name, body, type) => {
    const reply = await post(name, body, type);
    expect(reply.headers["content-type"]).toContain("application/problem+json");
    expect(reply.json()).toMatchObject({ ...PROBLEM, status, detail: expect.any(String) });
    expect(reply.statusCode).toBe(status);
    expect(reply.body).not.toContain(served.folder);
    expect(reply.body).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it("names the path of each field, the same from the event loop and from a thread", async () => {
    const faulty = [{ area: "large", city: "Oslo", built: "1999-05-01" }, { city: {}, built: "soon", area: 3 }, 7];
    const filler = Array.from({ length: 1500 }, () => HOUSE);
    for (const rows of [
      [HOUSE, ...faulty],
      [HOUSE, ...faulty, ...filler],
    ]) {
      const reply = await post("houses", { rows });
      expect(reply.statusCode).toBe(422);
      expect(reply.json().errors.map(({ path }: { path: string }) => path)).toEqual([
        "/rows/1/area",
        "/rows/2/city",
        "/rows/2/built",
        "/rows/3",
      ]);
    }
  });

  it("names what a row lacks", async () => {
    const reply = await post("houses", { rows: [{ area: 80, town: "Oslo", built: null }] });
    expect(reply.json().errors).toEqual([{ path: "/rows/0/city", message: expect.stringContaining("it must have") }]);
  });
});

it("refuses predictions beyond those that it may have under way", async () => {
  const small = await served.start({ maxInFlight: 2 });
  const url = await small.listen({ port: 0 });
  const body = JSON.stringify({ rows: Array.from({ length: 2000 }, () => HOUSE) });
  const ask = () =>
    fetch(`${url}/v1/models/houses/predict`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  // Two whose last bytes are still to come hold both places, for as long as it takes.
  const first = await beginRequest(url, body, 1, ["Connection: close"]);
  const second = await beginRequest(url, body, 2, ["Connection: close"]);
  const statuses = await Promise.all(Array.from({ length: 6 }, async () => (await ask()).status));
  expect(statuses).toEqual([429, 429, 429, 429, 429, 429]);
  for (const { finish } of [first, second]) finish();
  for (const { answer } of [first, second]) {
    const { status, document } = readAnswer(await answer);
    expect([status, document.predictions.length]).toEqual([200, 2000]);
  }
  expect((await ask()).status).toBe(200);
});
