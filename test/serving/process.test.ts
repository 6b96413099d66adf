import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOUSE, type Served, servedFolder, trainHouses } from "./models.ts";

let served: Served;
beforeAll(async () => {
  served = await servedFolder();
  await trainHouses(served.modelsDir);
});
afterAll(() => served.close());

// The built command line without its launcher, which would build it anew while other tests use it.
const MAIN = new URL("../../dist/cli/main.js", import.meta.url).href;
const LAUNCH = `import(${JSON.stringify(MAIN)}).then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })`;

interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

interface Serving extends Running {
  readonly url: string;
  /** Waits for a text on stderr. */
  saw(text: string): Promise<void>;
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, ["-e", LAUNCH, "--", "serve", ...args], { cwd: served.folder });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk) => {
      text[name] += String(chunk);
    });
  return { child, finished: once(child, "close").then(([code]) => ({ code, ...text })) };
}

async function serve(...args: string[]): Promise<Serving> {
  const running = start(["--port", "0", "--threads", "1", ...args]);
  let said = "";
  running.child.stderr!.on("data", (chunk) => {
    said += String(chunk);
  });
  const saw = async (text: string): Promise<void> => {
    while (!said.includes(text)) {
      if (running.child.exitCode !== null) throw new Error(`it ended: ${said}`);
      await Promise.race([once(running.child.stderr!, "data"), once(running.child, "exit")]);
    }
  };
  await saw("Ctrl-C stops");
  return { ...running, url: /on (http:\/\/127\.0\.0\.1:\d+);/.exec(said)![1]!, saw };
}

function predict(url: string, rows: readonly object[]): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${url}/v1/models/houses/predict`, { method: "POST", headers, body: JSON.stringify({ rows }) });
}

/** Sends a request but for its last bytes, and waits until it counts as under way. */
async function beginRequest(url: string, body: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket
    .on("error", () => {})
    .on("data", (chunk) => {
      text += String(chunk);
    });
  const head = ["POST /v1/models/houses/predict HTTP/1.1", "Host: here", "Content-Type: application/json"];
  socket.write([...head, `Content-Length: ${body.length}`, "", body[0]].join("\r\n"));
  while (!(await (await fetch(`${url}/metrics`)).text()).includes("kaayko_predictions_in_flight 1"));
  return { socket, answer: once(socket, "close").then(() => text) };
}

describe("kaayko serve", () => {
  it("answers what is under way before it ends on SIGTERM, and logs JSON without the rows", async () => {
    const { url, child, finished, saw } = await serve("--model", "houses");
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const body = JSON.stringify({ rows: [{ ...HOUSE, city: "Atlantis" }] });
    const half = await beginRequest(url, body);
    const large = predict(
      url,
      Array.from({ length: 20_000 }, () => HOUSE),
    );
    child.kill("SIGTERM");
    await saw("Finishing the requests under way");
    half.socket.write(body.slice(1));
    expect(await half.answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"predictions":\[\{"prediction":/);
    const reply = await large;
    expect([reply.status, ((await reply.json()) as { predictions: unknown[] }).predictions.length]).toEqual([
      200, 20_000,
    ]);
    const { code, stdout, stderr } = await finished;
    expect(code, stderr).toBe(143);
    expect(stdout).toBe("");
    expect(stderr).not.toContain("Atlantis");
    const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => JSON.parse(line)).filter(({ status }) => status === 200)).toHaveLength(2);
    await expect(fetch(url)).rejects.toThrow();
  });

  it("ends at once on a second signal", async () => {
    const { url, child, finished, saw } = await serve("--log-level", "silent");
    const { socket } = await beginRequest(url, "{}");
    child.kill("SIGINT");
    await saw("Finishing the requests under way");
    child.kill("SIGINT");
    expect((await finished).code).toBe(130);
    socket.destroy();
  });

  it.each([
    ["a model that there is none of", ["--model", "horses"], "horses"],
    ["a host of the outside", ["--host", "0.0.0.0"], "127.0.0.1"],
    ["no port", ["--port", "x"], "port"],
  ])("refuses %s with exit code 2", async (_what, args, text) => {
    const { code, stderr } = await start(args).finished;
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(text);
  });
});

it("loses no request while models are swapped under load", async () => {
  const server = await served.start({ threads: 1 });
  const url = await server.listen({ port: 0 });
  await trainHouses(served.modelsDir, "houses", 2);
  const prices = new Map<string, Set<number>>();
  let going = true;
  const load = Array.from({ length: 6 }, async (_, client) => {
    let asked = 0;
    for (; going; asked++) {
      const reply = await predict(
        url,
        Array.from({ length: client < 2 ? 800 : 1 }, () => HOUSE),
      );
      expect(reply.status).toBe(200);
      const { model_version, predictions } = (await reply.json()) as {
        model_version: string;
        predictions: { prediction: number }[];
      };
      const seen = prices.get(model_version) ?? new Set();
      for (const { prediction } of predictions) seen.add(prediction);
      prices.set(model_version, seen);
    }
    return asked;
  });
  for (const level of [3, 4]) {
    await fetch(`${url}/models/houses/reload`, { method: "POST" });
    await trainHouses(served.modelsDir, "houses", level);
  }
  const last = await fetch(`${url}/models/houses/reload`, { method: "POST" });
  expect(await last.json()).toMatchObject({ model_version: "4", changed: true });
  expect((await (await predict(url, [HOUSE])).json()) as object).toMatchObject({ model_version: "4" });
  going = false;
  for (const asked of await Promise.all(load)) expect(asked).toBeGreaterThan(5);
  // Every answer is of one version, and each version has one price for the house.
  expect(prices.size).toBeGreaterThanOrEqual(3);
  for (const seen of prices.values()) expect(seen.size).toBe(1);
});
