import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bestTags, ChainSums, isInside } from "../../../src/algorithms/crf/chain.ts";
import { crf } from "../../../src/algorithms/crf/crf.ts";
import { type Dataset, hashState, resolveParameters, type Task, type Trainer } from "../../../src/core/index.ts";
import { completeTagging, createMemoryDataset, createTruthEncoder, ROLE } from "../../../src/data/index.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { taggedTable } from "./tagged-table.ts";

/** All sequences of tags, with what they score; those that no chain allows have none. */
function sequences(tags: number, count: number, transitions: Float32Array, scores: Float64Array) {
  const found: { path: number[]; score: number }[] = [];
  const extend = (path: number[], score: number) => {
    const token = path.length;
    if (token === count) return void found.push({ path, score });
    for (let tag = 0; tag < tags; tag++) {
      const before = path.at(-1);
      if (isInside(tag) && (before === undefined || (before !== tag && before !== tag - 1))) continue;
      const step = transitions[(before ?? tags) * tags + tag]!;
      extend([...path, tag], score + step + scores[token * tags + tag]!);
    }
  };
  extend([], 0);
  return found;
}

const CHAIN = fc
  .record({ types: fc.integer({ min: 1, max: 2 }), count: fc.integer({ min: 1, max: 4 }) })
  .chain(({ types, count }) => {
    const tags = 1 + 2 * types;
    const number = fc.integer({ min: -300, max: 300 }).map((n) => n / 100);
    const array = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    return fc.record({
      tags: fc.constant(tags),
      count: fc.constant(count),
      transitions: array((tags + 1) * tags).map((values) => Float32Array.from(values)),
      scores: array(count * tags).map((values) => Float64Array.from(values)),
    });
  });

describe("the chain", () => {
  it("finds the best of all sequences", () => {
    fc.assert(
      fc.property(CHAIN, ({ tags, count, transitions, scores }) => {
        const all = sequences(tags, count, transitions, scores);
        const path = new Uint16Array(count);
        bestTags({ tags, transitions, attributes: new Float32Array(0) }, scores, count, path);
        const found = all.find((one) => one.path.every((tag, token) => tag === path[token]))!;
        expect(found.score).toBeCloseTo(Math.max(...all.map(({ score }) => score)), 9);
      }),
    );
  });

  it("sums over all sequences", () => {
    fc.assert(
      fc.property(CHAIN, ({ tags, count, transitions, scores }) => {
        const all = sequences(tags, count, transitions, scores).map((one) => ({ ...one, weight: Math.exp(one.score) }));
        const total = all.reduce((sum, { weight }) => sum + weight, 0);
        const expected = new Float64Array((tags + 1) * tags);
        const shares = scores.slice();
        new ChainSums(tags).add(transitions, shares, count, expected);
        const share = (of: (path: number[]) => number) =>
          all.reduce((sum, { path, weight }) => sum + of(path) * weight, 0) / total;
        for (let i = 0; i < count * tags; i++)
          expect(shares[i]).toBeCloseTo(
            share((path) => Number(path[Math.floor(i / tags)] === i % tags)),
            9,
          );
        for (let step = 0; step < tags * tags; step++) {
          const taken = (path: number[]) =>
            path.filter((tag, token) => token > 0 && path[token - 1]! * tags + tag === step).length;
          expect(expected[step]).toBeCloseTo(share(taken), 9);
        }
      }),
    );
  });
});

const { loaded, table } = taggedTable(120);
const task: Task = completeTagging({ kind: "tagging", target: "tags" }, [loaded]);

function dataset(): Dataset {
  const columnOf = (name: string) => loaded.table!.columns.find((column) => column.name === name)!;
  const target = createTruthEncoder(task)(columnOf);
  const roles = Uint8Array.from({ length: table.rows }, (_, row) => (row % 4 === 0 ? ROLE.validation : ROLE.train));
  return createMemoryDataset({ task, features: [], main: { table, target, weight: null, roles } });
}

function trainer(epochs = 3): Promise<Trainer> {
  const parameters = resolveParameters(crf.parameters, { epochs }, "setting");
  return crf.createTrainer({ dataset: dataset(), parameters, seed: 7, threads: 1, backend: "auto", notify: () => {} });
}

describe("crf", () => {
  it("learns to find entities that it has not seen", async () => {
    const learning = await trainer(10);
    let last = await learning.step();
    while (!last.done) last = await learning.step();
    expect(last.metrics!["validation.entityF1"]).toBeGreaterThan(0.9);
  });

  it("goes on from any step to the same bytes", async () => {
    const steps = await expectResumable({
      make: () => trainer(),
      outcome: async (finished) => hashState(await finished.model()),
    });
    expect(steps).toBe(3);
  });

  it("refuses a model that does not fit its tags", async () => {
    const content = await (await trainer()).model();
    const context = {
      task: { ...task, classes: ["O", "B-x", "I-x"] },
      features: [],
      threads: 1,
      backend: "auto",
    } as const;
    await expect(crf.createPredictor(content, context)).rejects.toThrow(/fit its attributes/);
  });
});
