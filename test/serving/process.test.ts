import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginRequest, readAnswer } from "./half-request.ts";
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

describe("kaayko serve", () => {
  it("answers what is under way before it ends on SIGTERM, and logs JSON without the rows", async () => {
    const { url, child, finished, saw } = await serve("--model", "houses");
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const body = JSON.stringify({ rows: [{ ...HOUSE, city: "Atlantis" }] });
    const small = await beginRequest(url, body);
    const large = await beginRequest(url, JSON.stringify({ rows: Array.from({ length: 20_000 }, () => HOUSE) }), 2);
    child.kill("SIGTERM");
    await saw("Finishing the requests under way");
    for (const { finish } of [small, large]) finish();
    for (const [{ answer }, rows] of [
      [small, 1],
      [large, 20_000],
    ] as const) {
      const { status, document } = readAnswer(await answer);
      expect([status, document.predictions.length]).toEqual([200, rows]);
    }
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
  const asked = new Array<number>(6).fill(0);
  let going = true;
  const load = asked.map(async (_, client) => {
    for (; going; asked[client]!++) {
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
  });
  const ended = Promise.all(load);
  /** Until every client was answered twice: the second time it had asked after this call. */
  const answered = async (): Promise<void> => {
    const before = [...asked];
    while (asked.some((count, client) => count < before[client]! + 2)) await Promise.race([sleep(2), ended]);
  };
  await answered();
  for (const level of [3, 4]) {
    await fetch(`${url}/models/houses/reload`, { method: "POST" });
    await answered();
    await trainHouses(served.modelsDir, "houses", level);
  }
  const last = await fetch(`${url}/models/houses/reload`, { method: "POST" });
  expect(await last.json()).toMatchObject({ model_version: "4", changed: true });
  expect((await (await predict(url, [HOUSE])).json()) as object).toMatchObject({ model_version: "4" });
  await answered();
  going = false;
  await ended;
  for (const count of asked) expect(count).toBeGreaterThan(5);
  // Every answer is of one version, and each version has one price for the house.
  expect([...prices.keys()].sort()).toEqual(["1", "2", "3", "4"]);
  for (const seen of prices.values()) expect(seen.size).toBe(1);
});
