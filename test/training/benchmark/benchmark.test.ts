import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { baseline } from "../../../src/algorithms/baseline/index.ts";
import type { BenchmarkResult, PeerBench } from "../../../src/core/index.ts";
import { runTraining, type TrainingOptions } from "../../../src/training/index.ts";
import { broken, type Disk, newDisk, openSession, preparationOf, SILENT, settings, toy } from "../doubles.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-benchmark-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SPEEDS = { trainSeconds: 2, rowsPerSecond: 1000, millisecondsPerRow: 0.5 };

/** One that knows the truth, one that fails, one that is not installed. */
const PEERS: PeerBench = {
  programs: ["oracle", "failing", "absent"].map((name) => ({ name, title: name, tasks: ["regression"] })),
  find: async () => ({ oracle: "oracle 1.2", failing: "failing 3" }),
  fit: async (name, { judge, role }) => {
    if (name === "failing") throw new Error("out of luck");
    const { target, rows } = await judge.examples(role);
    return { predictions: Float64Array.from(rows!, (row) => target[row]!), ...SPEEDS };
  },
};

function options(
  disk: Disk,
  values: Record<string, unknown> = {},
  more: Partial<TrainingOptions> = {},
): TrainingOptions {
  return {
    settings: settings({ modelsDir: join(folder, "models"), benchmark: "results.json", report: "none", ...values }),
    session: openSession(disk),
    algorithms: { toy: async () => toy, baseline: async () => baseline, broken: async () => broken },
    observer: SILENT,
    preparation: preparationOf(),
    peers: PEERS,
    ...more,
  };
}

/** What an interruption must not change: everything but times. */
function judged({ entries, ...rest }: BenchmarkResult): unknown {
  return {
    ...rest,
    entries: entries.map(({ trainSeconds: _, rowsPerSecond: __, millisecondsPerRow: ___, ...entry }) => entry),
  };
}

describe("a benchmark", () => {
  it("puts models, references and other programs side by side on the same rows", async () => {
    const { benchmark, algorithms } = await runTraining(options(newDisk(), { algorithms: ["toy"] }));
    expect(algorithms.map(({ name }) => name)).toEqual(["toy", "baseline"]);
    const { entries, ...facts } = benchmark!;
    expect(facts).toMatchObject({ schemaVersion: 1, role: "test", rows: 24, metric: "rmse", reference: "baseline" });
    expect(entries.map(({ name, kind, program }) => [name, kind, program])).toEqual([
      ["toy", "model", "kaayko"],
      ["baseline", "reference", "kaayko"],
      ["peer.oracle", "peer", "oracle 1.2"],
      ["peer.failing", "peer", "failing 3"],
    ]);
    const [own, reference, oracle, failing] = entries;
    expect(own!.metrics).toEqual(algorithms[0]!.metrics.test);
    const gain = (reference!.metrics.rmse! - own!.metrics.rmse!) / reference!.metrics.rmse!;
    expect(own!.betterThanReference).toBeCloseTo(gain, 12);
    expect(oracle).toMatchObject({ ...SPEEDS, metrics: { rmse: 0, mae: 0, r2: 1 }, betterThanReference: 1 });
    expect(failing).toMatchObject({ error: "out of luck", metrics: {}, trainSeconds: null, rowsPerSecond: null });
    for (const { rowsPerSecond, millisecondsPerRow, modelBytes } of [own!, reference!]) {
      expect(rowsPerSecond).toBeGreaterThan(0);
      expect(millisecondsPerRow).toBeGreaterThan(0);
      expect(modelBytes).toBeGreaterThan(0);
    }
  });

  it("keeps predictions beside the truth, row by row", async () => {
    const { benchmark } = await runTraining(options(newDisk()));
    const { axis, x, actual, lines } = benchmark!.drawn!;
    expect(axis).toBe("row");
    // The double's stream gives ten rows at a time: those are measured.
    expect(x).toEqual(Array.from(actual, (_, i) => i + 1));
    expect(actual).toEqual([...actual].sort((a, b) => a! - b!));
    expect(lines.map(({ name }) => name)).toEqual(["toy", "baseline", "peer.oracle"]);
    expect(lines.find(({ name }) => name === "peer.oracle")!.values).toEqual(actual);
  });

  it("measures the peers that are asked for, or none", async () => {
    const kinds = async (peers: string[]) =>
      (await runTraining(options(newDisk(), { peers }))).benchmark!.entries.map(({ name }) => name);
    expect(await kinds(["oracle"])).toEqual(["toy", "baseline", "broken", "peer.oracle"]);
    expect(await kinds(["none"])).toEqual(["toy", "baseline", "broken"]);
  });

  it("says of a model that could not be trained why", async () => {
    const { benchmark } = await runTraining(options(newDisk()));
    const entry = benchmark!.entries.find(({ name }) => name === "broken");
    expect(entry).toMatchObject({ error: "its library is not installed", rowsPerSecond: null, trainSeconds: null });
  });

  it("ends the same when it is interrupted behind every step", async () => {
    const golden = await runTraining(options(newDisk()));
    const disk = newDisk();
    for (let processes = 1; ; processes++) {
      let asked = 0;
      const document = await runTraining(options(disk, {}, { stop: () => (asked++ === 0 ? "SIGINT" : null) }));
      expect(processes).toBeLessThan(200);
      if (document.status !== "completed") continue;
      expect(judged(document.benchmark!)).toEqual(judged(golden.benchmark!));
      expect(document.modelSha256).toBe(golden.modelSha256);
      break;
    }
    const steps = disk.events.filter(({ type }) => type === "step").map(({ stage, step }) => `${stage} ${step}`);
    expect(new Set(steps).size).toBe(steps.length);
  });
});
