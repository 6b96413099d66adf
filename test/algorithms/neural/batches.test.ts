import { describe, expect, it } from "vitest";
import { Batches } from "../../../src/algorithms/neural/batches.ts";
import type { Encoder } from "../../../src/algorithms/neural/encoder.ts";
import { encodeRows, newEncodedRows, planInputs } from "../../../src/algorithms/neural/encoding.ts";
import { planNetwork } from "../../../src/algorithms/neural/network.ts";
import { planFeed } from "../../../src/algorithms/neural/rows/feed-plan.ts";
import { RowPacker } from "../../../src/algorithms/neural/rows/row-packer.ts";
import { hashState } from "../../../src/core/index.ts";
import { memoryDataset, syntheticTable } from "./memory-dataset.ts";

type Kind = Parameters<typeof syntheticTable>[0];

async function open(kind: Kind, rows: number, batchRows: number) {
  const table = syntheticTable(kind, rows, true);
  const dataset = memoryDataset(table);
  const inputs = planInputs(dataset.features, [[-2, 0, 4], [], [], []], 8);
  const encoder: Encoder = { inputs, network: planNetwork(inputs, [4], dataset.task), centre: 100, spread: 20 };
  const packer = new RowPacker(dataset);
  await packer.catchUp(packer.steps);
  const batches = new Batches(planFeed(packer.packed!, encoder, { train: batchRows, validation: 64 }));
  const close = async () => {
    await batches.close();
    await packer.dispose();
  };
  return { table, encoder, batches, close };
}

/** A hash of what a batch holds: its arrays are filled again. */
async function hashOf({ batches, encoder }: Awaited<ReturnType<typeof open>>, epoch: number, at: number) {
  const batch = await batches.get({ role: "train", shuffle: { seed: 5, epoch } }, at);
  const { rows: count, rawTarget, rawWeight } = batch;
  const { dense, codes0, target, weight } = batch.arrays;
  const arrays = {
    dense: dense!.slice(0, count * encoder.network.dense),
    codes: codes0!.slice(0, count),
    target: target!.slice(0, count),
    weight: weight!.slice(0, count),
    rawTarget: rawTarget.slice(0, count),
    rawWeight: rawWeight.slice(0, count),
  };
  return hashState({ json: { count }, arrays });
}

describe("batches of packed rows", () => {
  it.each(["regression", "binary", "multiclass"] as const)("are the rows of the table for %s", async (kind) => {
    const { table, encoder, batches, close } = await open(kind, 500, 64);
    expect(batches.count("validation")).toBe(2);
    const expected = newEncodedRows(encoder.inputs, 64);
    encodeRows(encoder.inputs, { rows: 500, columns: table.columns }, table.roles.validation.subarray(64), expected);
    const { rows, arrays, rawTarget, rawWeight } = await batches.get({ role: "validation", shuffle: null }, 1);
    expect(rows).toBe(36);
    const width = encoder.network.dense;
    expect(arrays.dense!.slice(0, 36 * width)).toEqual(expected.dense.slice(0, 36 * width));
    expect(arrays.codes0!.slice(0, 36)).toEqual(expected.codes.slice(0, 36));
    const wanted = Array.from(table.roles.validation.subarray(64));
    expect([...rawTarget.subarray(0, 36)]).toEqual(wanted.map((row) => table.target[row]));
    expect([...rawWeight.subarray(0, 36)]).toEqual(wanted.map((row) => table.weight![row]));
    expect([...arrays.weight!.subarray(0, 36)].reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    const { outputs } = encoder.network;
    const targets = [...arrays.target!.subarray(0, 36 * outputs)];
    const value = (row: number): number[] => {
      if (kind === "multiclass") return [0, 1, 2].map((code) => Number(code === table.target[row]));
      return [kind === "regression" ? Math.fround((table.target[row]! - 100) / 20) : table.target[row]!];
    };
    expect(targets).toEqual(wanted.flatMap(value));
    await close();
  });

  it("name every training row once an epoch", async () => {
    const { table, batches, close } = await open("regression", 3000, 256);
    const seen: number[] = [];
    for (let at = 0; at < batches.count("train"); at++) {
      const { rows, rawTarget } = await batches.get({ role: "train", shuffle: { seed: 5, epoch: 2 } }, at);
      seen.push(...rawTarget.subarray(0, rows));
    }
    const order = (values: number[]) => values.sort((a, b) => a - b);
    expect(order(seen)).toEqual(order(Array.from(table.roles.train, (row) => table.target[row]!)));
    await close();
  });

  it("are the same in any order, made by a thread or not", async () => {
    // 60,000 training rows: a thread makes these.
    const made = await open("regression", 100_000, 4096);
    const epoch = [];
    for (let at = 0; at < made.batches.count("train"); at++) epoch.push(await hashOf(made, 0, at));
    expect(new Set(epoch).size).toBe(15);
    expect(await hashOf(made, 1, 3)).not.toBe(epoch[3]);
    for (const at of [9, 10, 2]) expect(await hashOf(made, 0, at), `batch ${at}`).toBe(epoch[at]);
    await made.close();
    const again = await open("regression", 100_000, 4096);
    expect(await hashOf(again, 0, 14)).toBe(epoch[14]);
    await again.close();
  });
});
