import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FeatureBins } from "../../../src/algorithms/trees/binning/feature-bins.ts";
import { createForestMachine } from "../../../src/algorithms/trees/forest/forest-machine.ts";
import {
  type ForestTrees,
  GrowingForest,
  LEAF,
  MISSING_LEFT,
  SET_WORDS,
} from "../../../src/algorithms/trees/forest/forest-trees.ts";
import { placeTree, takeTree } from "../../../src/algorithms/trees/forest/kernel-trees.ts";
import { randomStream } from "../../../src/core/index.ts";
import { drawTwin, type ForestTable, growTwin, type TwinNode } from "../../../src/kernels/forest/twins.ts";

interface Case {
  readonly seed: number;
  readonly rows: number;
  readonly features: number;
  readonly codes: number;
  readonly classes: number;
  readonly weighted: boolean;
  readonly candidates: number;
  readonly maxDepth: number;
  readonly minLeaf: number;
  readonly bootstrap: boolean;
  readonly randomSplits: boolean;
}

const CASES: fc.Arbitrary<Case> = fc.record({
  seed: fc.nat(),
  rows: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 61, max: 900 })),
  features: fc.integer({ min: 1, max: 11 }),
  codes: fc.constantFrom(2, 3, 9, 40, 255),
  classes: fc.constantFrom(1, 1, 2, 3, 7),
  weighted: fc.boolean(),
  candidates: fc.integer({ min: 1, max: 11 }),
  maxDepth: fc.constantFrom(1, 3, 6, 20),
  minLeaf: fc.constantFrom(1, 1, 2.5, 7),
  bootstrap: fc.boolean(),
  randomSplits: fc.boolean(),
});

/** Small whole targets and weights of whole halves: every sum is exact, in whatever order. */
function tableOf(c: Case): ForestTable & { entries: FeatureBins[] } {
  const random = randomStream(c.seed, "table");
  const entries = Array.from({ length: c.features }, (_, column): FeatureBins => {
    const codes = 2 + random.integer(c.codes - 1);
    if (random.float() < 0.3) return { kind: "categorical", column, binOfCode: new Uint8Array(0), codes };
    return {
      kind: "numeric",
      column,
      cuts: Float64Array.from({ length: codes - 2 }, (_, i) => i),
      missing: true,
      codes,
    };
  });
  const bins = entries.map(({ codes }) => Uint8Array.from({ length: c.rows }, () => random.integer(codes)));
  const target = Float64Array.from({ length: c.rows }, (_, row) =>
    c.classes > 1 ? random.integer(c.classes) : bins[0]![row]! - random.integer(8),
  );
  const weight = c.weighted ? Float32Array.from({ length: c.rows }, () => random.integer(5) / 2) : null;
  const missing = entries.map(({ kind, codes }) => (kind === "numeric" ? codes - 1 : -1));
  return { rows: c.rows, bins, missing, target, weight, classes: c.classes, entries };
}

function machineOf(c: Case, table: ReturnType<typeof tableOf>, slots: number, threads: number) {
  const machine = createForestMachine({
    rows: c.rows,
    classes: c.classes,
    weighted: c.weighted,
    features: table.entries,
    slots,
    threads,
    options: {
      trees: slots,
      maxDepth: c.maxDepth,
      minLeafRows: c.minLeaf,
      featureShare: Math.min(1, (c.candidates + 0.5) / c.features),
      bootstrap: c.bootstrap,
      sampleShare: 0.75,
      randomSplits: c.randomSplits,
      balanced: false,
      maxBins: 255,
      timeLimit: null,
    },
  });
  const { memory, stride } = machine;
  table.bins.forEach((column, feature) => {
    column.forEach((bin, row) => {
      memory.bytes[machine.bins + row * stride + feature] = bin;
    });
  });
  new Float64Array(memory.buffer, machine.target, c.rows).set(table.target);
  if (table.weight !== null) new Float32Array(memory.buffer, machine.weight, c.rows).set(table.weight);
  machine.slots.forEach((slot, i) => {
    memory.write(slot, [c.seed, i, i, c.seed]);
  });
  memory.set("SLOT_COUNT", slots);
  return machine;
}

/** A tree of the flat form as nested nodes. */
function nested(trees: ForestTrees, c: Case, entries: readonly FeatureBins[]): TwinNode {
  let splits = 0;
  let leaves = 0;
  let sets = 0;
  const children: (readonly [number, number] | null)[] = [];
  const nodes = Array.from(trees.feature, (feature) => {
    if (feature === LEAF) {
      children.push(null);
      return { value: leafOf(trees, leaves++, c.classes) };
    }
    children.push([2 * splits + 1, 2 * splits + 2]);
    const split = trees.split[splits++]!;
    const entry = entries[feature]!;
    const bits = entry.kind === "categorical" ? trees.categories.subarray(sets * SET_WORDS, ++sets * SET_WORDS) : null;
    const isLeft = Array.from({ length: 256 }, (_, bin) => {
      if (bits !== null) return ((bits[bin >> 5]! >>> (bin & 31)) & 1) === 1;
      return bin === entry.codes - 1 ? split >= MISSING_LEFT : bin <= split % MISSING_LEFT;
    });
    return { feature, isLeft };
  });
  const build = (node: number): TwinNode => {
    const pair = children[node]!;
    const own = nodes[node]!;
    return pair === null ? (own as TwinNode) : ({ ...own, left: build(pair[0]), right: build(pair[1]) } as TwinNode);
  };
  return build(0);
}

function leafOf(trees: ForestTrees, leaf: number, classes: number): number[] {
  if (classes === 1) return [trees.value[leaf]!];
  const number = trees.distribution[leaf]!;
  if (number < classes) return Array.from({ length: classes }, (_, k) => (k === number ? 1 : 0));
  return [...trees.shares.subarray((number - classes) * classes, (number - classes + 1) * classes)];
}

function rounded(node: TwinNode): TwinNode {
  if ("value" in node) return { value: node.value.map(Math.fround) };
  return { ...node, left: rounded(node.left), right: rounded(node.right) };
}

function walk(node: TwinNode, bins: readonly Uint8Array[], row: number): readonly number[] {
  if ("value" in node) return node.value;
  return walk(node.isLeft[bins[node.feature]![row]!] ? node.left : node.right, bins, row);
}

/** Random thresholds come from the group's own draws, which is as many histograms as fit. */
function groupOf({ classes }: Case): number {
  const histogram = 256 * (classes > 1 ? (classes + 1) * 8 : 16) + 544;
  return Math.max(1, Math.min(8, Math.floor(40_960 / histogram)));
}

describe("the forest's kernels beside their naive twins", () => {
  it("draw the same rows, grow the same trees, and judge the rows left out the same", async () => {
    await fc.assert(
      fc.asyncProperty(CASES, async (c) => {
        const table = tableOf(c);
        const machine = machineOf(c, table, 2, 1);
        const { memory } = machine;
        memory.run("growPass");
        memory.run("heldOutPass");
        const counts = new Uint16Array(memory.buffer, machine.heldOutCounts, c.rows);
        const sums = new Float32Array(memory.buffer, machine.heldOutSums, c.rows * c.classes);
        const expectedCounts = new Uint16Array(c.rows);
        const expectedSums = new Float32Array(c.rows * c.classes);
        machine.slots.forEach((slot, i) => {
          const limit = Math.round(0.75 * 2 ** 32);
          const draws = c.bootstrap ? Math.max(1, Math.round(c.rows * 0.75)) : null;
          const drawn = drawTwin(c.rows, [c.seed, i], draws, limit);
          const twin = rounded(
            growTwin(table, drawn, {
              key: [i, c.seed],
              maxDepth: c.maxDepth,
              minLeaf: c.minLeaf,
              candidates: Math.min(c.features, c.candidates),
              group: groupOf(c),
              randomSplits: c.randomSplits,
            }),
          );
          const forest = new GrowingForest();
          const numbers = table.entries.map((_, number) => number);
          takeTree(memory, slot, forest, { numbers, bins: table.entries, classes: c.classes });
          const trees = forest.arrays();
          expect(nested(trees, c, table.entries)).toEqual(twin);
          // Back into the kernel's form: the same bytes.
          const at = (name: string): number => memory.words[(slot + memory.constant(name)) >>> 2]!;
          const size = trees.feature.length * 2;
          const before = memory.words.slice(at("SLOT_NODES") >>> 2, (at("SLOT_NODES") >>> 2) + size);
          const to = { nodes: at("SLOT_NODES"), sets: at("SLOT_SETS"), distributions: at("SLOT_DISTRIBUTIONS") };
          placeTree(memory, to, trees, 0, { bins: table.entries, classes: c.classes }, numbers);
          expect(memory.words.slice(to.nodes >>> 2, (to.nodes >>> 2) + size)).toEqual(before);
          for (let row = 0; row < c.rows; row++) {
            if (drawn[row]! > 0) continue;
            expectedCounts[row]!++;
            walk(twin, table.bins, row).forEach((value, k) => {
              expectedSums[row * c.classes + k]! += value;
            });
          }
        });
        expect(counts).toEqual(expectedCounts);
        expect(sums).toEqual(expectedSums);
        await memory.dispose();
      }),
      { numRuns: 60 },
    );
  });
});
