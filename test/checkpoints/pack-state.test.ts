import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRun, memoryStore, readLatest } from "../../src/checkpoints/index.ts";
import { StatePacker } from "../../src/checkpoints/pack-state.ts";
import { hashState, type State } from "../../src/core/index.ts";

const lease = { heartbeatMs: 100_000_000 };

describe("deltas", () => {
  it("give back every state that was committed, whatever grew, shrank, changed its type or came and went", async () => {
    const array = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      length: fc.integer({ min: 0, max: 400 }),
      seed: fc.integer({ min: 0, max: 2 }),
      wide: fc.boolean(),
      grows: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(array, { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        async (commits) => {
          const store = memoryStore();
          const session = await createRun(store, { run: {}, lease, policy: { keep: { last: 2, best: false } } });
          for (const [step, parts] of commits.entries()) {
            const arrays = Object.fromEntries(
              parts.map(({ name, length, seed, wide }) => {
                const value = (_: unknown, i: number): number => i * 3 + seed;
                return [name, wide ? Float64Array.from({ length }, value) : Uint16Array.from({ length }, value)];
              }),
            );
            const appendOnly = [...new Set(parts.filter((part) => part.grows).map((part) => part.name))];
            const state: State = { json: { step }, arrays, appendOnly };
            await session.commit({ stage: "train", step }, state);
            await session.flush();
            expect(hashState((await readLatest(store, session.runId))!.state)).toBe(hashState(state));
          }
          await session.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("write little for an array that grows, and few segments", async () => {
    const store = memoryStore();
    const session = await createRun(store, { run: {}, lease });
    let most = 0;
    let total = 0;
    for (let step = 1; step <= 200; step++) {
      const trees = new Float32Array(1000 * step).map((_, i) => i);
      const table = new Float64Array(50_000);
      await session.commit({ stage: "train", step }, { json: {}, arrays: { trees, table }, appendOnly: ["trees"] });
      total += (await session.flush())!.bytes;
      const { manifest } = (await import("../../src/checkpoints/manifest.ts")).readManifest(
        (await store.read(`${session.runId}/manifests/1-${step}.json`, 1e9))!,
        { token: 1, sequence: step },
      );
      if (manifest.kind === "state")
        most = Math.max(most, manifest.arrays.find((array) => array.name === "trees")!.segments.length);
    }
    await session.close();
    expect(most).toBeLessThanOrEqual(9);
    // All of it every time would be 80 MB of trees and 80 MB of the table.
    expect(total).toBeLessThan(20e6);
  });

  it("take nothing for granted of an array under a known name", () => {
    const packer = new StatePacker();
    const pack = (a: Float64Array): number => {
      const packed = packer.pack({ json: {}, arrays: { a }, appendOnly: ["a"] });
      packer.accept([{ name: "a", segments: [{ blob: "x", offset: 0, count: a.length }] }]);
      return packed.arrays[0]!.fresh.length / 8;
    };
    const shared = new Float64Array(new SharedArrayBuffer(800));
    pack(shared.subarray(0, 50));
    pack(shared.subarray(0, 50));
    expect(pack(shared.subarray(0, 60))).toBe(10);
    expect(pack(shared.subarray(0, 60))).toBe(10);
    // The same memory, used again for another object's array.
    shared[3] = 1;
    expect(pack(shared.subarray(0, 70))).toBe(70);
  });
});
