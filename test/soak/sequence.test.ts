import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { loadAlgorithm } from "../../src/algorithms/index.ts";
import { loadTensorflow, tensorflowStatus } from "../../src/backends/index.ts";
import { randomStream, resolveParameters, type Task } from "../../src/core/index.ts";
import { collectGarbage } from "../../src/parallel/index.ts";
import { makeWindowDataset } from "../training/window-dataset.ts";

const MODELS = ["lstm", "gru", "tcn", "transformer", "seq2seq"];
const TASK: Task = { kind: "forecast", target: "flow", horizon: 2 };
const STEPS = Number(process.env.KAAYKO_SOAK_STEPS ?? 20_000);
const KILLS = Number(process.env.KAAYKO_SOAK_KILLS ?? 20);
const READY = tensorflowStatus().state === "ready";
const PROGRAM = fileURLToPath(new URL("../crash/children/sequence.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kaayko-sequence-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("sequence models", () => {
  it.skipIf(!READY).each(MODELS)("%s stays as large as it was over many steps", async (name) => {
    const algorithm = await loadAlgorithm(name);
    const given = { units: 16, epochs: 100_000, patience: 100_000, batchSize: 32 };
    const parameters = resolveParameters(algorithm.parameters, given, "setting");
    const dataset = makeWindowDataset(TASK);
    const context = { dataset, parameters, seed: 1, threads: 1, backend: "tensorflow", notify: () => {} } as const;
    const trainer = await algorithm.createTrainer(context);
    const { binding } = loadTensorflow(1);
    const walk = async (steps: number): Promise<{ tensors: number; resident: number }> => {
      for (let i = 0; i < steps; i++) await trainer.step();
      collectGarbage();
      return { tensors: binding.getNumOfTensors(), resident: process.memoryUsage.rss() };
    };
    const early = await walk(STEPS / 20);
    const late = await walk(STEPS - STEPS / 20);
    await trainer.dispose();
    expect(late.tensors).toBe(early.tensors);
    expect(late.resident).toBeLessThan(1.03 * early.resident);
  });

  it.each(MODELS)("%s, killed at random steps, ends in the same bytes", async (name) => {
    const undisturbed = await run(name, join(folder, `${name}-whole.json`), Number.POSITIVE_INFINITY);
    const file = join(folder, `${name}-killed.json`);
    const random = randomStream(KILLS, name);
    let hash = "";
    let kills = 0;
    while (hash === "") {
      // About as many kills as asked for: a run has some 120 steps.
      hash = await run(name, file, kills++ < KILLS ? 1 + random.integer(8) : Number.POSITIVE_INFINITY);
    }
    expect(kills).toBeGreaterThan(1);
    expect(hash).toBe(undisturbed);
  });
});

/** Trains in a process of its own, killed after some steps. Resolves with the model's hash, empty where it was killed. */
async function run(name: string, file: string, steps: number): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, name, file], { stdio: ["ignore", "pipe", "inherit"] });
  let hash = "";
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("hash ")) hash = line.slice(5);
    else if (++seen === steps) child.kill("SIGKILL");
  }
  return hash;
}
