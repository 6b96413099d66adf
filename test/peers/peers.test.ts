import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Dataset, PeerRequest, Task } from "../../src/core/index.ts";
import { pythonPeers } from "../../src/peers/index.ts";
import { makeDataset, REGRESSION } from "../training/doubles.ts";

const FAKE = fileURLToPath(new URL("./fake-python.mjs", import.meta.url));
const PYTHON = process.env.KAAYKO_PEERS_PYTHON ?? "python3";
const REAL = spawnSync(PYTHON, ["-c", "import sklearn"], { stdio: "ignore" }).status === 0;
const BINARY: Task = { kind: "binary", target: "y", classes: ["no", "yes"] };
const CLASSES: Task = { kind: "multiclass", target: "y", classes: ["a", "b", "c"] };

function request(dataset: Dataset, python = FAKE, signal = new AbortController().signal): PeerRequest {
  return { learn: dataset, judge: dataset, role: "test", threads: 1, seed: 1, limit: 120, signal, python };
}

/** A forecast of two steps ahead: the hour, and a window of four readings. */
function forecastDataset(): Dataset {
  const series = Float32Array.from({ length: 60 }, (_, i) => i);
  const ends = Uint32Array.from({ length: 50 }, (_, i) => i + 4);
  const target = Float64Array.from({ length: 100 }, (_, i) => 4 + Math.floor(i / 2) + (i % 2));
  const plain = makeDataset({ kind: "forecast", target: "y", horizon: 2 });
  const table = {
    rows: 50,
    columns: [{ kind: "numeric", name: "hour", values: new Float32Array(50) }],
    parts: [{ kind: "windows", name: "past", steps: 4, channels: 1, series, ends }],
  } as const;
  let given = false;
  const batch = { table, rows: Uint32Array.of(3, 7), target, weight: null };
  return {
    ...plain,
    features: [plain.features[0]!],
    parts: [{ name: "past", kind: "windows", size: { steps: 4, channels: 1 } }],
    rows: { train: 2, validation: 0, test: 2 },
    stream: async () => {
      given = false;
      const next = async () => {
        const batchNow = given ? null : batch;
        given = true;
        return batchNow;
      };
      return { next, position: () => ({}), seek: async () => {}, close: async () => {} };
    },
  };
}

const TEMPORARY = process.env.TMPDIR;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-peers-"));
  process.env.TMPDIR = folder;
});
afterEach(() => {
  delete process.env.FAKE_PYTHON;
  if (TEMPORARY === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TEMPORARY;
  rmSync(folder, { recursive: true, force: true });
});

describe("other programs", () => {
  it("are those that Python has and we know", async () => {
    expect(await pythonPeers.find(FAKE)).toEqual({ linear: "fake 1.0" });
    await expect(pythonPeers.find("/nowhere/python")).rejects.toThrow(/Cannot run --list with \/nowhere\/python/);
  });

  it("are given the rows of each role as they are", async () => {
    const dataset = makeDataset(REGRESSION);
    const { predictions, rowsPerSecond } = await pythonPeers.fit("linear", request(dataset));
    const { table, rows } = await dataset.examples("test");
    const column = table.columns[0]!;
    if (column.kind !== "numeric") throw new Error("not a number");
    expect([...predictions]).toEqual([...rows!].map((row) => Math.fround(column.values[row]!)));
    expect(rowsPerSecond).toBe(dataset.rows.train);
  });

  it("are given windows and every step ahead of a forecast", async () => {
    const { predictions } = await pythonPeers.fit("linear", request(forecastDataset()));
    // The last readings of the windows that end before steps 7 and 11.
    expect([...predictions]).toEqual([6, 6, 10, 10]);
  });

  it.each([
    ["failing", /it must come to an end, got ValueError: no such luck/],
    ["short", /there must be 24 numbers, got 23/],
  ])("are refused where they are %s, and leave nothing behind", async (how, message) => {
    process.env.FAKE_PYTHON = how;
    await expect(pythonPeers.fit("linear", request(makeDataset(REGRESSION)))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("end when nobody waits for them any more", async () => {
    const stopping = new AbortController();
    stopping.abort();
    const fit = pythonPeers.fit("linear", request(makeDataset(REGRESSION), FAKE, stopping.signal));
    await expect(fit).rejects.toThrow(/Cannot run linear/);
  });

  it.skipIf(!REAL).each([REGRESSION, BINARY, CLASSES])("learn in a real Python: %j", async (task) => {
    const dataset = makeDataset(task);
    const { predictions } = await pythonPeers.fit("linear", request(dataset, PYTHON));
    const { target, rows } = await dataset.examples("test");
    const classes = task.kind === "multiclass" ? 3 : 1;
    expect(predictions.length).toBe(rows!.length * classes);
    const wrong = [...rows!].filter((row, i) => {
      const own = predictions.subarray(i * classes, (i + 1) * classes);
      if (task.kind === "regression") return Math.abs(own[0]! - target[row]!) > 0.6;
      return target[row] !== (classes === 1 ? Number(own[0]! >= 0.5) : own.indexOf(Math.max(...own)));
    });
    expect(wrong.length).toBeLessThan(8);
  });
});
